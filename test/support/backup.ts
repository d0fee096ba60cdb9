/** Backups of a database, as an operator makes and restores them. */
import { execFile } from 'node:child_process'
import { rmSync } from 'node:fs'
import { promisify } from 'node:util'
import { Fault } from '../../src/fault.ts'
import type { Database, Session } from '../../src/store/database.ts'
import type { OwnPostgres } from './own-postgres.ts'
import { waitFor } from './wait.ts'

export interface Backup {
  restore(): Promise<void>
}

/** The contents of all tables, of one moment; restored in one transaction, under whoever is connected. */
export async function backUpTables(database: Database, name: string): Promise<Backup> {
  const rows = await database.query<{ table: string }>(
    `select table_name as table from information_schema.tables
     where table_schema = 'public' and table_type = 'BASE TABLE' and table_name <> 'migration'`,
  )
  const tables = rows.map(({ table }) => table)
  await persistently(database, async (session) => {
    // Every batch begins with it: the ones under way have ended, the next ones wait.
    await session.query('lock table kafka_position in exclusive mode')
    await session.query(`create schema ${name}`)
    for (const table of tables) await session.query(`create table ${name}.${table} as table ${table}`)
  })
  return {
    restore: () =>
      persistently(database, async (session) => {
        await session.query('lock table kafka_position in access exclusive mode')
        await session.query(`truncate ${tables.join(', ')}`)
        for (const table of tables)
          await session.query(`insert into ${table} overriding system value select * from ${name}.${table}`)
        await session.query(
          `select setval(pg_get_serial_sequence('quarantine', 'quarantine_id'), coalesce(max(quarantine_id), 0) + 1, false)
           from quarantine`,
        )
      }),
  }
}

/** The files of the stopped server; it is started again, and for the restore stopped once more. */
export async function backUpFiles(postgres: OwnPostgres): Promise<Backup> {
  const copy = `${postgres.data}.backup`
  await postgres.stop()
  // With its owner and its rights, without which the server does not start.
  await promisify(execFile)('cp', ['-a', postgres.data, copy])
  await postgres.start()
  return {
    restore: async () => {
      await postgres.stop()
      rmSync(postgres.data, { recursive: true })
      await promisify(execFile)('cp', ['-a', copy, postgres.data])
      await postgres.start()
    },
  }
}

/** Who reads or books at the moment may be in the way: then once more. */
async function persistently(database: Database, work: (session: Session) => Promise<void>): Promise<void> {
  const attempt = async (): Promise<boolean> => {
    try {
      await database.transaction(work)
      return true
    } catch (error) {
      if (error instanceof Fault && error.kind === 'conflict') return false
      throw error
    }
  }
  await waitFor('a moment for the backup', attempt, { limitMs: 120_000 })
}
