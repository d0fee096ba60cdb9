/** The schema, brought up to date before anything is booked, however long that takes. */
import type { Settings } from './config/settings.ts'
import type { Fault } from './fault.ts'
import { BackOff } from './intake/back-off.ts'
import { toIntakeFault } from './intake/intake-fault.ts'
import { realTime } from './intake/time.ts'
import { Database } from './store/database.ts'
import { isUpToDate, migrate } from './store/migrate.ts'

export interface MigratingOptions {
  /** Asked whether there is anything to do. */
  readonly database: Database
  readonly settings: Pick<Settings, 'postgres' | 'retry'>
  readonly signal: AbortSignal
  /** The names of what this process has applied; none if all was there. */
  readonly onMigrated: (applied: readonly string[]) => void
  readonly onFailed: (fault: Fault) => void
}

/** A migration may rewrite a large table. */
const migrationTimeoutMs = 30 * 60_000

/** Tries until it succeeds, or is called off: another replica may be at the schema, or PostgreSQL away. */
export async function untilMigrated({
  database,
  settings,
  signal,
  onMigrated,
  onFailed,
}: MigratingOptions): Promise<void> {
  const { minMs, maxMs } = settings.retry
  const backOff = new BackOff({ minMs, maxMs, random: () => Math.random(), time: realTime })
  while (!signal.aborted) {
    try {
      onMigrated((await isUpToDate(database)) ? [] : await migrateSlowly(settings))
      return
    } catch (error) {
      onFailed(toIntakeFault(error))
    }
    await backOff.wait(signal)
  }
}

async function migrateSlowly({ postgres }: Pick<Settings, 'postgres'>): Promise<string[]> {
  const database = new Database({
    ...postgres,
    poolSize: 1,
    applicationName: 'bincard migration',
    statementTimeoutMs: migrationTimeoutMs,
    queueTimeoutMs: Infinity,
  })
  try {
    return await migrate(database)
  } finally {
    await database.close()
  }
}
