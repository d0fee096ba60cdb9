/**
 * Looks whether everything that the service needs is there and suits, and says how to mend what does not. It changes
 * nothing, and goes on where something fails, so that all of it is told at once.
 */
import { readRedis } from '../cache/read-redis.ts'
import { loadEnvironment } from '../config/environment.ts'
import { readSettings, SettingsError, type Settings } from '../config/settings.ts'
import { Fault } from '../fault.ts'
import type { Micros } from '../message/event.ts'
import type { Database } from '../store/database.ts'
import { readPositions, type BookedPosition } from '../store/move-position.ts'
import { readTally } from '../store/position.ts'
import { failed, ok, unknown, warning, type Check } from './check.ts'
import { checkKafka, checkOutTopics } from './kafka-checks.ts'
import { checkPostgres } from './postgres-checks.ts'
import { checkTraces } from './trace-check.ts'

export interface DoctorOptions {
  /** Where `.env` may be. */
  readonly folder: string
  readonly environment: NodeJS.ProcessEnv
  /** Version of Node, such as 24.1.0. */
  readonly nodeVersion: string
  readonly openDatabase: (settings: Settings) => Database
  readonly clock: () => Micros
  /** The service that should be running. */
  readonly serviceUrl: string
  readonly signal: AbortSignal
}

const oldestNode = 24
/** A bootstrap server, a leader, Redis or the service that says nothing. */
const answerLimitMs = 10_000

/** Each check as soon as it is made. Throws only what is an error of ours. */
export async function* examine(options: DoctorOptions): AsyncGenerator<Check> {
  const { clock, signal } = options
  yield checkNode(options.nodeVersion)
  const settings = yield* checkSettings(options)
  if (settings === null) return
  const database = options.openDatabase(settings)
  let positions: readonly BookedPosition[] | null = null
  try {
    const isReady = yield* checkPostgres(database, settings, clock)
    if (isReady) {
      positions = await readPositions(database, settings.kafka.topic)
      yield* checkWaiting(database)
    }
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    const cure = 'May the user of POSTGRES_USER read all tables of the ledger?'
    yield failed('postgres.books', `${error.code}: ${error.message}`, cure)
  } finally {
    await database.close()
  }
  yield* checkKafka({ ...settings, positions, signal })
  yield* checkOutTopics(settings, signal)
  yield await checkRedis(settings)
  yield* checkTraces(loadEnvironment(options.folder, options.environment).environment)
  yield await checkService(options)
}

function checkNode(version: string): Check {
  const isNew = Number(version.split('.', 1)[0]) >= oldestNode
  return isNew
    ? ok('node', `Node ${version}.`)
    : failed('node', `Node ${version}.`, `Install Node ${oldestNode} or newer.`)
}

async function* checkSettings({
  folder,
  environment,
}: DoctorOptions): AsyncGenerator<Check, Settings | null> {
  try {
    const loaded = loadEnvironment(folder, environment)
    for (const text of loaded.warnings) yield warning('settings', text, 'Correct the name in .env.')
    const settings = readSettings(loaded.environment)
    yield ok('settings', 'All of them can be read.')
    return settings
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error
    for (const { name, value, allowed } of error.problems) {
      const given = value === null ? 'its value' : JSON.stringify(value)
      yield failed(`settings ${name}`, `${given}: ${allowed}.`, 'See docs/reference/settings.md.')
    }
    return null
  }
}

/** What waits for a person. */
async function* checkWaiting(database: Database): AsyncGenerator<Check> {
  const { messagesQuarantined, departuresHeld } = await readTally(database)
  const detail = `${messagesQuarantined} messages are in quarantine, ${departuresHeld} departures are held.`
  yield messagesQuarantined === 0
    ? ok('books.waiting', detail)
    : warning('books.waiting', detail, 'bincard quarantine list, and see docs/quarantine.md.')
}

async function checkRedis({ cache }: Settings): Promise<Check> {
  const name = 'redis'
  if (cache.ttlSeconds === 0) return ok(name, 'No cache is wanted (CACHE_TTL is 0).')
  const address = `${cache.host}:${cache.port}`
  try {
    const { version, maxmemory, maxmemoryPolicy } = await readRedis({ ...cache, timeoutMs: answerLimitMs })
    const detail = `Redis ${version} at ${address}, maxmemory ${maxmemory === 0 ? 'unlimited' : maxmemory}, ${maxmemoryPolicy}.`
    if (maxmemory !== 0 && maxmemoryPolicy === 'noeviction')
      return warning(
        name,
        detail,
        'Set maxmemory-policy to allkeys-lru: a full Redis would refuse every write of the cache.',
      )
    return ok(name, detail)
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    return warning(
      name,
      `${error.code} at ${address}: ${error.message}`,
      'Everything works without it, only slower. Is it running, and are REDIS_HOST and REDIS_PORT right? CACHE_TTL=0 does without.',
    )
  }
}

async function checkService({ serviceUrl, signal }: DoctorOptions): Promise<Check> {
  const name = 'service'
  const start = 'bincard serve; or name its address with --url or BINCARD_URL.'
  try {
    const answer = await fetch(`${serviceUrl}/health/ready`, {
      signal: AbortSignal.any([signal, AbortSignal.timeout(answerLimitMs)]),
    })
    const health = (await answer.json()) as {
      status?: unknown
      dependencies?: Record<string, { detail?: unknown }>
    }
    if (answer.ok) return ok(name, `${serviceUrl} is ready.`)
    const details = Object.values(health.dependencies ?? {}).flatMap(({ detail }) =>
      typeof detail === 'string' ? detail : [],
    )
    return failed(
      name,
      `${serviceUrl} is ${String(health.status)}. ${details.join(' ')}`,
      'What it misses is told above; its log says more.',
    )
  } catch {
    signal.throwIfAborted()
    return unknown(name, `Nothing answers at ${serviceUrl}.`, start)
  }
}
