import { createWriteStream } from 'node:fs'
import { Option, type Command } from 'commander'
import { exportTables, type ExportName } from '../../books/export.ts'
import { withDatabase } from '../connect.ts'
import type { CommandContext } from '../context.ts'
import { walkOptions, type WalkFlags } from '../options.ts'
import { countOf, Output } from '../output.ts'

interface ExportFlags extends Pick<WalkFlags, 'rows'> {
  readonly format: 'ndjson' | 'csv'
  readonly output?: string
}

export function addExport(program: Command, context: CommandContext): void {
  const command = program.command('export').description('write out the books, straight from the database')
  for (const name of Object.keys(exportTables) as ExportName[]) {
    walkOptions(command.command(name).description(exportTables[name].about))
      .addOption(
        new Option('--format <format>', 'of the output').choices(['ndjson', 'csv']).default('ndjson'),
      )
      .option('--output <file>', 'write there instead of to standard output; must not exist')
      .addHelpText('after', `\nExample:\n  bincard export ${name} --format csv > ${name}.csv`)
      .action(async (flags: ExportFlags) => await runExport(context, name, flags))
  }
}

async function runExport(context: CommandContext, name: ExportName, flags: ExportFlags): Promise<void> {
  const { signal } = context
  const { exportRows, csvLine } = await import('../../books/export.ts')
  const file = flags.output === undefined ? null : createWriteStream(flags.output, { flags: 'wx' })
  const now = (): number => performance.now()
  const output = file === null ? context.output : new Output({ stdout: file, stderr: process.stderr, now })
  // Told at the next line, or when the file is closed.
  const failed = Promise.withResolvers<never>()
  failed.promise.catch(() => undefined)
  file?.on('error', failed.reject)
  let rows = 0
  const { columns } = exportTables[name]
  if (flags.format === 'csv') await Promise.race([output.data(csvLine(columns)), failed.promise])
  await withDatabase(context, 'export', async (database) => {
    for await (const row of exportRows(name, { database, rowsAtOnce: flags.rows, signal })) {
      const line =
        flags.format === 'csv' ? csvLine(columns.map((column) => row[column] ?? null)) : JSON.stringify(row)
      await Promise.race([output.data(line), failed.promise])
      if (output.isClosed) break
      rows += 1
      if (file !== null) context.output.progress({ label: 'rows', done: rows, total: 0 })
    }
  })
  if (file !== null) await Promise.race([new Promise<void>((resolve) => file.end(resolve)), failed.promise])
  context.output.end()
  context.output.say(`${countOf(rows)} ${name}.`)
}
