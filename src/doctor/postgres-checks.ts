/** PostgreSQL: reachable, of a version that suits, safe against a crash, its schema up to date, its clock, its room. */
import { statfs } from 'node:fs/promises'
import { isIPv4 } from 'node:net'
import type { Settings } from '../config/settings.ts'
import { Fault } from '../fault.ts'
import type { Micros } from '../message/event.ts'
import type { Database } from '../store/database.ts'
import { listMigrations } from '../store/migrate.ts'
import { readServer, type ServerState } from '../store/read-server.ts'
import { failed, ok, unknown, warning, type Check } from './check.ts'

const oldestVersion = 150_000
const clockWarningMs = 1000
const clockLimitMs = 60_000
/** Below that a busy day fills the disk. */
const littleRoomBytes = 5 * 1024 ** 3
/** A process has three more than it reads and books with: readiness and metrics, and what tells other topics. */
const furtherConnections = 3

export async function* checkPostgres(
  database: Database,
  { postgres, batch }: Pick<Settings, 'postgres' | 'batch'>,
  clock: () => Micros,
): AsyncGenerator<Check, boolean> {
  const address = `${postgres.host}:${postgres.port}`
  let server: ServerState
  const asked = clock()
  try {
    server = await readServer(database)
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    yield failed(
      'postgres.reachable',
      `${error.code} at ${address}: ${error.message}`,
      'Is it running, and are POSTGRES_HOST, POSTGRES_PORT, POSTGRES_USER, POSTGRES_PASSWORD and POSTGRES_DB right?',
    )
    return false
  }
  const answered = clock()
  yield ok('postgres.reachable', `${address}, database ${postgres.database}.`)
  yield checkVersion(server)
  yield checkEngine(server)
  yield checkDurability(server)
  yield checkWrites(server)
  yield checkEncoding(server)
  yield checkConnections(server, postgres.poolSize + batch.atOnce + furtherConnections)
  yield checkClock(server.now, { asked, answered })
  yield await checkRoom(server, postgres.host)
  const migrations = yield* checkMigrations(database)
  return migrations
}

function checkVersion({ versionNumber }: ServerState): Check {
  const version = `${Math.floor(versionNumber / 10_000)}.${versionNumber % 10_000}`
  if (versionNumber >= oldestVersion) return ok('postgres.version', `PostgreSQL ${version}.`)
  return failed(
    'postgres.version',
    `PostgreSQL ${version}.`,
    'Bincard needs PostgreSQL 15 or newer: upgrade the server.',
  )
}

const otherEngines = ['CockroachDB', 'YugabyteDB', '-YB-', 'Greenplum', 'Redshift'] as const

function checkEngine({ version, citus }: ServerState): Check {
  const other = otherEngines.find((name) => version.includes(name))
  if (other !== undefined) {
    return warning(
      'postgres.engine',
      `The server is ${other}.`,
      'Bincard is proven on PostgreSQL; anything else is at your own risk.',
    )
  }
  if (citus === null) return ok('postgres.engine', 'Plain PostgreSQL.')
  return warning(
    'postgres.engine',
    `PostgreSQL with Citus ${citus}.`,
    'Where the tables are distributed, Citus refuses the statement that locks the warehouses: deploy/citus/README.md.',
  )
}

function checkDurability({ synchronousCommit, fsync, fullPageWrites }: ServerState): Check {
  const name = 'postgres.durability'
  if (fsync !== 'on' || fullPageWrites !== 'on') {
    return failed(
      name,
      `fsync is ${fsync}, full_page_writes is ${fullPageWrites}: a crash may destroy the database.`,
      'Switch both on. (For tests it does not matter.)',
    )
  }
  if (synchronousCommit === 'off') {
    return failed(
      name,
      'synchronous_commit is off: after a crash, lines that people have seen are gone for a while.',
      "alter role … set synchronous_commit = 'on'",
    )
  }
  return ok(name, `fsync, full_page_writes and synchronous_commit (${synchronousCommit}) are on.`)
}

function checkWrites({ isReadOnly, mayWrite }: ServerState): Check {
  const name = 'postgres.writes'
  if (isReadOnly)
    return failed(
      name,
      'The server takes no writes.',
      'Name the primary in POSTGRES_HOST, or end its read-only mode.',
    )
  if (!mayWrite)
    return failed(
      name,
      'The user may not write the ledger.',
      'Grant it insert, update and delete, or name the owner in POSTGRES_USER.',
    )
  return ok(name, 'The user may write.')
}

function checkEncoding({ encoding }: ServerState): Check {
  if (encoding === 'UTF8') return ok('postgres.encoding', 'UTF8.')
  return failed(
    'postgres.encoding',
    `The encoding is ${encoding}.`,
    "Make the database with encoding 'UTF8': sources and message ids are any text.",
  )
}

function checkConnections({ connections, maxConnections }: ServerState, wanted: number): Check {
  const name = 'postgres.connections'
  const detail = `${connections} of ${maxConnections} connections are in use; a process takes up to ${wanted}.`
  if (maxConnections - connections >= wanted) return ok(name, detail)
  return warning(
    name,
    detail,
    'Raise max_connections, or lower POSTGRES_POOL_SIZE. A running process counts already.',
  )
}

/** The server's moment lies between question and answer, if the clocks agree. */
function checkClock(
  server: Micros,
  { asked, answered }: { readonly asked: Micros; readonly answered: Micros },
): Check {
  const name = 'postgres.clock'
  const offMs = Math.round(
    (server < asked ? asked - server : server > answered ? server - answered : 0) / 1000,
  )
  const detail = `This machine's clock and the server's differ by ${offMs} ms.`
  if (offMs < clockWarningMs) return ok(name, detail)
  const cure =
    'Synchronise both with NTP: reports dated more than a day ahead are quarantined, and ages are told by the clock.'
  return offMs < clockLimitMs ? warning(name, detail, cure) : failed(name, detail, cure)
}

async function checkRoom({ databaseBytes, dataFolder }: ServerState, host: string): Promise<Check> {
  const name = 'postgres.disk'
  const size = `The database has ${gigabytes(databaseBytes)} GB`
  const isHere = host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'))
  if (!isHere || dataFolder === null)
    return unknown(
      name,
      `${size}; how much room is left can only be seen on the server.`,
      'Watch its disk: 1 million events take some 0.6 GB.',
    )
  try {
    const { bavail, bsize } = await statfs(dataFolder)
    const free = bavail * bsize
    const detail = `${size}; ${gigabytes(free)} GB are free.`
    return free >= littleRoomBytes
      ? ok(name, detail)
      : warning(name, detail, 'Make room: 1 million events take some 0.6 GB.')
  } catch {
    return unknown(
      name,
      `${size}; its folder cannot be looked at from here.`,
      'Watch its disk: 1 million events take some 0.6 GB.',
    )
  }
}

function gigabytes(bytes: number): string {
  return (bytes / 1024 ** 3).toFixed(1)
}

async function* checkMigrations(database: Database): AsyncGenerator<Check, boolean> {
  const name = 'postgres.schema'
  const migrations = await listMigrations(database)
  const pending = migrations.filter(({ appliedAt }) => appliedAt === null)
  const newer = migrations.filter(({ text }) => text === null)
  if (pending.length === migrations.length)
    yield warning(
      name,
      'The database has no schema yet.',
      'bincard migrate, or bincard serve, which does it by itself.',
    )
  else if (pending.length > 0)
    yield warning(
      name,
      `${pending.length} migrations are to come.`,
      'bincard migrate, or bincard serve, which does it by itself.',
    )
  else if (newer.length > 0)
    yield warning(name, `A newer version has applied ${newer.length} migrations.`, 'Upgrade this one.')
  else yield ok(name, `All ${migrations.length} migrations are applied.`)
  return pending.length === 0
}
