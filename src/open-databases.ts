/** PostgreSQL of a running service: three pools, so that none of its kinds of work waits for another. */
import type { Settings } from './config/settings.ts'
import { Database } from './store/database.ts'
import type { Tracing } from './tracing/tracing.ts'
import type { Waits } from './waits.ts'

export interface Databases {
  /** Batches of the intake. */
  readonly writing: Database
  /** What requests ask for. */
  readonly reading: Database
  /** One connection apart: however busy the readers are, readiness and metrics speak of PostgreSQL itself. */
  readonly watching: Database
}

export function openDatabases({
  settings: { postgres, batch },
  waits,
  tracing,
}: {
  readonly settings: Settings
  readonly waits: Waits
  readonly tracing: Tracing
}): Databases {
  const server = { ...postgres, waits }
  return {
    writing: new Database({
      ...server,
      ...tracing.database,
      poolSize: batch.atOnce,
      applicationName: 'bincard intake',
      queueTimeoutMs: Infinity,
      // Every read of a batch has its index; below some 700,000 rows the planner would rather scan the whole table for
      // a batch's 5,000 keys (measured: 56-211 ms instead of 17-47 ms).
      serverSettings: { enable_seqscan: 'off' },
    }),
    reading: new Database({
      ...server,
      ...tracing.database,
      applicationName: 'bincard reads',
      statementTimeoutMs: postgres.readTimeoutMs,
      queueTimeoutMs: postgres.connectTimeoutMs,
    }),
    watching: new Database({
      ...server,
      poolSize: 1,
      applicationName: 'bincard watch',
      statementTimeoutMs: postgres.readTimeoutMs,
      queueTimeoutMs: postgres.readTimeoutMs,
    }),
  }
}
