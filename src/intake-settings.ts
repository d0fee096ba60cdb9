import type { Settings } from './config/settings.ts'
import type { IntakeOptions } from './intake/intake.ts'

type FromSettings = Pick<
  IntakeOptions,
  'cluster' | 'topic' | 'group' | 'fetch' | 'limits' | 'stallTimeoutMs' | 'batchesAtOnce' | 'commitIntervalMs'
>

/** One row by its key, on a lane without work; what a restored database lacks is booked from so long after on. */
const positionCheckMs = 5000

/** What the settings say to the intake. */
export function intakeSettings({ kafka, batch, lane, retry }: Settings): FromSettings {
  return {
    cluster: kafka,
    topic: kafka.topic,
    group: kafka,
    fetch: { maxBytes: kafka.fetchMaxBytes, maxWaitMs: kafka.fetchMaxWaitMs },
    limits: {
      batchMaxEvents: batch.maxEvents,
      batchMaxBytes: batch.maxBytes,
      batchMaxAgeMs: batch.maxAgeMs,
      bufferMaxEvents: lane.bufferEvents,
      retryMinMs: retry.minMs,
      retryMaxMs: retry.maxMs,
      positionCheckMs,
    },
    stallTimeoutMs: lane.stallTimeoutMs,
    batchesAtOnce: batch.atOnce,
    commitIntervalMs: kafka.commitIntervalMs,
  }
}
