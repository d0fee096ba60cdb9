/**
 * node bench/questions/run.ts [--movements N] [--rounds N] [--json]
 *
 * How long each question takes over large books. Starts a PostgreSQL of its own in a folder that is removed afterwards,
 * has the booking itself fill it, and asks every read of the HTTP interface, one after the other and past the cache. The
 * table, or the JSON, goes to the standard output, everything else to the other one. The exit code is 1 if the median
 * of any question is at its limit or above.
 */
import { rmSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { createClient, type Client } from '../../src/client/client.ts'
import { settingTable } from '../../src/config/setting-table.ts'
import { Database } from '../../src/store/database.ts'
import { migrate } from '../../src/store/migrate.ts'
import { removeLeftovers } from '../../stack/leftovers.ts'
import type { Part } from '../../stack/part.ts'
import { freePort } from '../../stack/ports.ts'
import { ensureDatabase, startPostgres } from '../../stack/postgres.ts'
import { createProgress } from '../../stack/progress.ts'
import { exitCodes, StackError } from '../../stack/stack-error.ts'
import { runFolder } from '../../stack/state.ts'
import { stopSignal } from '../../stack/stop-signal.ts'
import { quantile } from '../figures.ts'
import { load, topic, type Loaded } from './load.ts'
import { questionsOf, type Question } from './question-list.ts'
import { createBenchServer } from './server.ts'
import { isTooSlow, tableOf, type Timing } from './timing.ts'
import { fullShape, reportsOf, type Shape } from './trips.ts'

/** Connections are made, and plans and pages are in memory, before the first time counts. */
const warmUpRounds = 10
/** The statistics of all tables take a minute at most. */
const fillTimeoutMs = 600_000
const login = { host: '127.0.0.1', user: 'postgres', password: 'postgres', database: 'bench' }

const folder = runFolder(`bench-${process.pid}`)
const progress = createProgress(console.error, Date.now)

process.exitCode = await main(process.argv.slice(2))

async function main(args: readonly string[]): Promise<number> {
  const signal = stopSignal()
  const running: Part[] = []
  try {
    const { movements, rounds, json } = readOptions(args)
    await removeLeftovers('bench', signal)
    const port = await freePort()
    const start = () => startPostgres({ folder, port, ...login, durability: 'full', signal })
    running.push(await progress.step('PostgreSQL: start', start))
    const timings = await measure({ port, movements, rounds, signal })
    console.log(json ? JSON.stringify(timings, null, 2) : tableOf(timings))
    return timings.some(isTooSlow) ? exitCodes.failed : 0
  } catch (error) {
    if (!(signal.aborted || error instanceof StackError)) throw error
    console.error(signal.aborted ? 'Stopped.' : String(error))
    return error instanceof StackError ? error.exitCode : exitCodes.failed
  } finally {
    for (const part of running) await part.stop()
    rmSync(folder.path, { recursive: true, force: true })
  }
}

function readOptions(args: readonly string[]): { movements: number; rounds: number; json: boolean } {
  const { values } = parseArgs({
    args: [...args],
    options: {
      movements: { type: 'string', default: String(fullShape.movements) },
      rounds: { type: 'string', default: '200' },
      json: { type: 'boolean', default: false },
    },
  })
  const [movements, rounds] = [Number(values.movements), Number(values.rounds)]
  // Below these a list has no later page, and no share of the values is the hundredth part.
  if (!Number.isSafeInteger(movements) || movements < 100_000)
    throw new StackError('--movements is a whole number, 100000 or more.', exitCodes.wrongUse)
  if (!Number.isSafeInteger(rounds) || rounds < 1)
    throw new StackError('--rounds is a whole number, 1 or more.', exitCodes.wrongUse)
  return { movements, rounds, json: values.json }
}

interface Measuring {
  readonly port: number
  readonly movements: number
  readonly rounds: number
  readonly signal: AbortSignal
}

async function measure({ port, movements, rounds, signal }: Measuring): Promise<Timing[]> {
  await ensureDatabase({ ...login, port }, login.database)
  const shape = { ...fullShape, movements }
  const loaded = await progress.step(`Books: ${movements} movements`, () => fill({ port, shape, signal }))

  const reading = openDatabase(port, {
    statementTimeoutMs: Number(settingTable.postgres.settings.readTimeoutMs.default),
  })
  const server = createBenchServer(reading, topic)
  try {
    const { port: apiPort } = await server.start()
    const client = createClient({ baseUrl: `http://127.0.0.1:${apiPort}` })
    const questions = await progress.step('Lists: turn their pages', () =>
      questionsOf(client, { shape, loaded }),
    )
    const timings: Timing[] = []
    for (const question of questions) {
      signal.throwIfAborted()
      timings.push(await time(question, client, rounds))
      progress.say(tableOf(timings.slice(-1)).split('\n').at(-1) ?? '')
    }
    return timings
  } finally {
    await server.stop()
    await reading.close()
  }
}

async function fill({
  port,
  shape,
  signal,
}: Pick<Measuring, 'port' | 'signal'> & { readonly shape: Shape }): Promise<Loaded> {
  const database = openDatabase(port, { statementTimeoutMs: fillTimeoutMs, enable_seqscan: 'off' })
  try {
    await migrate(database)
    return await load(database, untilStopped(reportsOf(shape), signal), (line) => progress.say(line))
  } finally {
    await database.close()
  }
}

async function time(
  { operation, about, prepare }: Question,
  client: Client,
  rounds: number,
): Promise<Timing> {
  const times: number[] = []
  for (let round = 0; round < warmUpRounds + rounds; round += 1) {
    const ask = prepare(client)
    const startedAt = performance.now()
    await ask()
    if (round >= warmUpRounds) times.push(performance.now() - startedAt)
  }
  return { operation, about, medianMs: quantile(times, 0.5), p99Ms: quantile(times, 0.99) }
}

/** With the service's own defaults, but for what is said. */
function openDatabase(
  port: number,
  {
    statementTimeoutMs,
    ...serverSettings
  }: { readonly statementTimeoutMs: number; readonly enable_seqscan?: 'off' },
): Database {
  return new Database({
    ...login,
    port,
    poolSize: Number(settingTable.postgres.settings.poolSize.default),
    connectTimeoutMs: Number(settingTable.postgres.settings.connectTimeoutMs.default),
    statementTimeoutMs,
    lockTimeoutMs: statementTimeoutMs,
    queueTimeoutMs: 10_000,
    applicationName: 'bincard bench',
    serverSettings,
  })
}

function* untilStopped<Item>(items: Iterable<Item>, signal: AbortSignal): Generator<Item> {
  for (const item of items) {
    signal.throwIfAborted()
    yield item
  }
}
