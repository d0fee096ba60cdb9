/**
 * npm run bench:growth -- [--quick] [--json] [--marks 0,1,5,10] [--stretches N] [--messages N] [--warehouses N]
 *                         [--products N] [--partitions N] [--set NAME=VALUE]… [--seed N]
 *
 * What becomes of the service as its books grow: at each mark, in millions of movements, how fast it books beside empty books,
 * how long reads take, and what is on the disk. Starts PostgreSQL with full durability, one for the large books and one
 * for the empty ones, in folders that are removed afterwards, and has the booking itself fill it. The tables, or the JSON, go to the standard output, everything
 * else to the other one.
 */
import { mkdirSync, rmSync } from 'node:fs'
import { removeLeftovers } from '../../stack/leftovers.ts'
import type { Part } from '../../stack/part.ts'
import { freePort } from '../../stack/ports.ts'
import { startPostgres } from '../../stack/postgres.ts'
import { createProgress } from '../../stack/progress.ts'
import { exitCodes, StackError } from '../../stack/stack-error.ts'
import { runFolder, type RunFolder } from '../../stack/state.ts'
import { stopSignal } from '../../stack/stop-signal.ts'
import { Databases } from '../databases.ts'
import { withClient } from '../peer/peer-database.ts'
import { assertRoomFor } from './disk.ts'
import { measureGrowth } from './measure.ts'
import { readOptions, type Options } from './options.ts'
import { reportOf, resultOf } from './report.ts'

const login = { user: 'postgres', password: 'postgres' }

const folders = {
  grown: runFolder(`bench-grown-${process.pid}`),
  empty: runFolder(`bench-empty-${process.pid}`),
}
const progress = createProgress(console.error, Date.now)

process.exitCode = await main(process.argv.slice(2))

async function main(args: readonly string[]): Promise<number> {
  const signal = stopSignal()
  const running: Part[] = []
  try {
    const options = readOptions(args)
    await removeLeftovers('bench', signal)
    mkdirSync(folders.grown.path, { recursive: true })
    await assertRoomFor(Math.max(...options.marks), folders.grown.path)
    const servers = {
      grown: await startServer(options, { folder: folders.grown, running, signal }),
      empty: await startServer(options, { folder: folders.empty, running, signal }),
    }
    const marks = await measureGrowth({
      ...options,
      servers,
      signal,
      say: (line) => progress.say(line),
    })
    console.log(options.json ? JSON.stringify(resultOf(marks), null, 2) : reportOf(marks))
    return 0
  } catch (error) {
    if (!(signal.aborted || error instanceof StackError)) throw error
    console.error(signal.aborted ? 'Stopped.' : String(error))
    return error instanceof StackError ? error.exitCode : exitCodes.failed
  } finally {
    for (const part of running) await part.stop()
    for (const { path } of Object.values(folders)) rmSync(path, { recursive: true, force: true })
  }
}

interface Starting {
  readonly folder: RunFolder
  readonly running: Part[]
  readonly signal: AbortSignal
}

/** With the durability of production; what is set beside the defaults was said on the command line. */
async function startServer({ settings }: Options, { folder, running, signal }: Starting): Promise<Databases> {
  const port = await freePort()
  const start = async (): Promise<Part> => {
    const part = await startPostgres({ folder, port, ...login, durability: 'full', signal })
    running.push(part)
    return part
  }
  const part = await progress.step('PostgreSQL: start', start)
  if (settings.size > 0) {
    await withClient({ host: '127.0.0.1', port, ...login, database: 'postgres' }, async (client) => {
      for (const [name, value] of settings)
        await client.query(`alter system set ${name} = ${client.escapeLiteral(value)}`)
    })
    // Some of them take effect only at a start.
    await part.stop()
    await progress.step('PostgreSQL: start with its settings', start)
  }
  return new Databases({ host: '127.0.0.1', port, ...login })
}
