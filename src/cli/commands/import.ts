import { readFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { connectService } from '../connect.ts'
import type { CommandContext } from '../context.ts'
import { CommandFailure } from '../exit-codes.ts'
import { serviceOptions, type ServiceFlags } from '../list-options.ts'
import { countOf, counted } from '../output.ts'

interface ImportFlags extends ServiceFlags {
  readonly asOf?: string
  readonly dryRun?: true
}

export function addImport(program: Command, context: CommandContext): void {
  const command = program.command('import').description('bring in what there is already')
  serviceOptions(
    command
      .command('opening-stock')
      .description(
        'what lies on the shelves at the beginning: CSV, or a JSON object on each line (*.ndjson, *.jsonl)',
      )
      .argument('<file>'),
  )
    .option('--as-of <timestamp>', 'when it was counted, for rows without a timestamp; RFC 3339')
    .option('--dry-run', 'only say what would become of it')
    .addHelpText(
      'after',
      '\nExample:\n  bincard import opening-stock stock.csv --as-of 2026-01-01T00:00:00Z --dry-run',
    )
    .action(async (file: string, flags: ImportFlags) => await importOpeningStock(context, file, flags))
}

async function importOpeningStock(context: CommandContext, file: string, flags: ImportFlags): Promise<void> {
  const { output } = context
  const body = await readFile(file, 'utf8')
  const mediaType = /\.(ndjson|jsonl)$/i.test(file) ? 'application/x-ndjson' : 'text/csv'
  output.say(`${file}: ${countOf(Buffer.byteLength(body))} bytes; the answer comes when all of it is booked.`)
  const result = await connectService(context, flags).postOpeningStock({
    as_of: flags.asOf,
    dry_run: flags.dryRun,
    body,
    mediaType,
  })
  const { rows, outcomes, conflicts } = result
  if (flags.json === true) await output.json(result)
  else {
    const counts = Object.entries(outcomes).filter(([, count]) => count > 0)
    await output.data(
      `${counted(rows, 'row')}: ${counts.map(([name, count]) => `${countOf(count)} ${name}`).join(', ')}`,
    )
    for (const { line, code, detail } of conflicts) await output.data(`line ${line}  ${code}  ${detail}`)
  }
  if (outcomes.quarantined > 0)
    throw new CommandFailure('wrong', `${countOf(outcomes.quarantined)} rows contradict what is booked.`)
}
