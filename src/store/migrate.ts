import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Micros } from '../message/event.ts'
import type { Database, Queryable } from './database.ts'
import { postgresFault } from './postgres-fault.ts'

const folder = join(import.meta.dirname, 'migrations')
/** Any number, as long as it is always the same: one migrator works, the others wait. */
const lockKey = 7_246_221

interface Migration {
  readonly version: number
  readonly name: string
  readonly text: string
  readonly checksum: string
}

/**
 * Brings the schema up to date, forward only, and answers the names of what it applied. Safe to run by many at
 * once and any number of times: one works, the others get the Fault `migration_running`, to try again later. A
 * migration that only a newer version knows is left alone, so that old and new replicas can work side by side; one
 * that was edited after it was applied is refused. `database` must allow statements that rewrite a table.
 */
export async function migrate(database: Database): Promise<string[]> {
  return await database.transaction(async (session) => {
    const [lock] = await session.query<{ taken: boolean }>(
      `select pg_try_advisory_xact_lock(${lockKey}) as taken`,
    )
    if (lock?.taken !== true) throw postgresFault('migration_running')
    await session.query(`
      create table if not exists migration (
        version integer not null,
        name text not null,
        checksum text not null,
        applied_at timestamptz not null default clock_timestamp(),
        constraint migration_key primary key (version)
      )`)
    const pending = await readPending(session)
    for (const { version, name, text, checksum } of pending) {
      await session.query(text)
      await session.query('insert into migration (version, name, checksum) values ($1, $2, $3)', [
        version,
        name,
        checksum,
      ])
    }
    return pending.map(({ name }) => name)
  })
}

/** Nothing to migrate: quick to ask, with ordinary limits. */
export async function isUpToDate(database: Database): Promise<boolean> {
  const [found] = await database.query<{ there: boolean }>(
    "select to_regclass('migration') is not null as there",
  )
  return found?.there === true && (await readPending(database)).length === 0
}

/** A migration, and whether it is applied. */
export interface MigrationState {
  readonly name: string
  /** When it was applied; null for one that is still to come. */
  readonly appliedAt: Micros | null
  /** Its SQL; null for one that only a newer version knows. */
  readonly text: string | null
}

/** All migrations, in their order: those of this version, and those that a newer one has applied. */
export async function listMigrations(db: Queryable): Promise<MigrationState[]> {
  const [found] = await db.query<{ there: boolean }>("select to_regclass('migration') is not null as there")
  const known = await readMigrations()
  const applied =
    found?.there === true
      ? await db.query<{ version: number; name: string; appliedAt: Micros }>(
          'select version, name, applied_at as "appliedAt" from migration order by version',
        )
      : []
  const times = new Map(applied.map(({ version, appliedAt }) => [version, appliedAt]))
  const newer = applied.filter(({ version }) => known.every((migration) => migration.version !== version))
  return [
    ...known.map(({ version, name, text }) => ({ name, appliedAt: times.get(version) ?? null, text })),
    ...newer.map(({ name, appliedAt }) => ({ name, appliedAt, text: null })),
  ]
}

async function readPending(db: Queryable): Promise<Migration[]> {
  const migrations = await readMigrations()
  const applied = await readApplied(db)
  for (const [version, { name, checksum }] of applied) {
    const known = migrations.find((migration) => migration.version === version)
    if (known !== undefined && known.checksum !== checksum) {
      throw new Error(`Migration ${name} was changed after it was applied.`)
    }
  }
  return migrations.filter(({ version }) => !applied.has(version))
}

async function readApplied(db: Queryable): Promise<Map<number, { name: string; checksum: string }>> {
  const rows = await db.query<{ version: number; name: string; checksum: string }>(
    'select version, name, checksum from migration order by version',
  )
  return new Map(rows.map(({ version, name, checksum }) => [version, { name, checksum }]))
}

async function readMigrations(): Promise<Migration[]> {
  const files = (await readdir(folder)).filter((file) => /^\d{4}-.*\.sql$/.test(file)).sort()
  return await Promise.all(
    files.map(async (file) => {
      const text = await readFile(join(folder, file), 'utf8')
      const checksum = createHash('sha256').update(text).digest('hex')
      return { version: Number(file.slice(0, 4)), name: file.replace(/\.sql$/, ''), text, checksum }
    }),
  )
}
