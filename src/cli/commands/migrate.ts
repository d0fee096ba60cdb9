import type { Command } from 'commander'
import { formatTimestamp } from '../../message/timestamp.ts'
import { listMigrations, migrate, type MigrationState } from '../../store/migrate.ts'
import { withDatabase } from '../connect.ts'
import type { CommandContext } from '../context.ts'
import { CommandFailure } from '../exit-codes.ts'
import { tableLines } from '../table.ts'

export function addMigrate(program: Command, context: CommandContext): void {
  const command = program
    .command('migrate')
    .description('bring the schema of the database up to date; bincard serve does so by itself')
    .option('--dry-run', 'print the SQL that would be run, and run nothing')
    .option('--json', 'as JSON, a migration on each line')
    .addHelpText(
      'after',
      '\nExamples:\n  bincard migrate --dry-run\n  bincard migrate\n  bincard migrate status',
    )
    .action(async ({ dryRun, json }: { readonly dryRun?: true; readonly json?: true }) => {
      await (dryRun === true ? printPending(context, json === true) : apply(context, json === true))
    })
  command
    .command('status')
    .description('which migrations are applied; exit code 1 if one is missing')
    .option('--json', 'as JSON, a migration on each line')
    .addHelpText('after', '\nExample:\n  bincard migrate status')
    .action(async (_own: object, status: Command) => {
      // Of an option that both have the parent takes the value.
      const { json } = status.optsWithGlobals<{ readonly json?: true }>()
      await printStatus(context, json === true)
    })
}

async function apply(context: CommandContext, asJson: boolean): Promise<void> {
  const { output } = context
  const applied = await withDatabase(context, 'migration', (database) => migrate(database))
  for (const name of applied) await (asJson ? output.json({ name }) : output.data(name))
  output.say(applied.length === 0 ? 'The schema is up to date.' : `Applied ${applied.length}.`)
}

async function printPending(context: CommandContext, asJson: boolean): Promise<void> {
  const { output } = context
  const pending = (await readAll(context)).filter(({ appliedAt }) => appliedAt === null)
  for (const { name, text } of pending)
    await (asJson ? output.json({ name, sql: text ?? '' }) : output.data(`-- ${name}\n${text ?? ''}`))
  output.say(pending.length === 0 ? 'The schema is up to date.' : `${pending.length} would be applied.`)
}

async function printStatus(context: CommandContext, asJson: boolean): Promise<void> {
  const { output } = context
  const all = (await readAll(context)).map(({ name, appliedAt, text }) => ({
    name,
    applied_at: appliedAt === null ? null : formatTimestamp(appliedAt),
    known: text !== null,
  }))
  if (asJson) for (const one of all) await output.json(one)
  else {
    const columns = [
      { title: 'Migration', text: (row: (typeof all)[number]) => row.name },
      { title: 'Applied', text: (row: (typeof all)[number]) => row.applied_at ?? 'pending' },
      { title: '', text: (row: (typeof all)[number]) => (row.known ? '' : 'of a newer version') },
    ]
    for (const line of tableLines(columns, all)) await output.data(line)
  }
  if (all.some(({ applied_at: at }) => at === null))
    throw new CommandFailure('wrong', 'The schema is not up to date: bincard migrate.')
}

async function readAll(context: CommandContext): Promise<MigrationState[]> {
  return await withDatabase(context, 'migration', (database) => listMigrations(database))
}
