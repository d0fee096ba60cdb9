import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Database, Session } from './database.ts'

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
 * once and any number of times. A migration that only a newer version knows is left alone, so that old and new
 * replicas can work side by side; one that was edited after it was applied is refused.
 */
export async function migrate(database: Database): Promise<string[]> {
  const migrations = await readMigrations()
  return await database.transaction(async (session) => {
    await session.query(`set local lock_timeout = 0; set local statement_timeout = 0`)
    await session.query(`select pg_advisory_xact_lock(${lockKey})`)
    const applied = await readApplied(session)
    for (const [version, { name, checksum }] of applied) {
      const known = migrations.find((migration) => migration.version === version)
      if (known !== undefined && known.checksum !== checksum)
        throw new Error(`Migration ${name} was changed after it was applied.`)
    }
    const pending = migrations.filter(({ version }) => !applied.has(version))
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

async function readApplied(session: Session): Promise<Map<number, { name: string; checksum: string }>> {
  await session.query(`
    create table if not exists migration (
      version integer not null,
      name text not null,
      checksum text not null,
      applied_at timestamptz not null default clock_timestamp(),
      constraint migration_key primary key (version)
    )`)
  const rows = await session.query<{ version: number; name: string; checksum: string }>(
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
