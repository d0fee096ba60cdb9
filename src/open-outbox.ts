/** The outbox of a running service: what is told, where to, and who hears of it. */
import type { Settings } from './config/settings.ts'
import type { Cluster } from './kafka/cluster.ts'
import { Producer } from './kafka/producer.ts'
import { Relay } from './outbox/relay.ts'
import { Database, type Queryable } from './store/database.ts'
import { readOutboxState } from './store/read-outbox.ts'
import type { OutboxContent } from './store/write-outbox.ts'
import type { Logger } from './telemetry/logger.ts'
import type { Metrics, Totals } from './telemetry/metrics.ts'
import type { Waits } from './waits.ts'

export interface OutboxParts {
  readonly settings: Settings
  readonly cluster: Cluster
  readonly waits: Waits
  readonly metrics: Metrics
  readonly logger: Logger
}

export interface Outbox {
  readonly relay: Relay
  readonly readState: (db: Queryable) => Promise<Pick<Totals, 'outboxBatches' | 'outboxOldestSeconds'>>
  /** Ends what is being told, and all connections. */
  stop(): Promise<void>
}

/** What the settings want to be told. */
export function outboxContent({ kafka }: Settings): OutboxContent {
  return { lines: kafka.changesTopic !== '', deadLetters: kafka.deadLetterTopic !== '' }
}

/** Null if nothing is to be told. The relay is started once the schema is up to date. */
export function openOutbox({ settings, cluster, waits, metrics, logger }: OutboxParts): Outbox | null {
  const { postgres, kafka, retry } = settings
  // Topics that others read: whatever they were before, they are written to.
  const open = (topic: string): Producer | null =>
    topic === '' ? null : new Producer({ cluster, topic, isOurTopic: () => Promise.resolve(true) })
  const [changes, deadLetters] = [open(kafka.changesTopic), open(kafka.deadLetterTopic)]
  if (changes === null && deadLetters === null) return null
  const database = new Database({
    ...postgres,
    waits,
    poolSize: 1,
    applicationName: 'bincard outbox',
    queueTimeoutMs: Infinity,
    // The lines of a batch are read by their keys.
    serverSettings: { enable_seqscan: 'off' },
  })
  const relay = new Relay({
    database,
    changes,
    deadLetters,
    retry,
    onTold: (told) => {
      metrics.countTold(told)
      logger.debug(told, 'told')
    },
    onFailed: (fault) => {
      metrics.countFault(fault)
      logger.warn({ err: fault }, 'other topics cannot be told')
    },
  })
  return {
    relay,
    readState: async (db) => {
      const { batches, oldestSeconds } = await readOutboxState(db)
      return { outboxBatches: batches, outboxOldestSeconds: oldestSeconds }
    },
    stop: async () => {
      await relay.stop()
      await Promise.all([changes?.close(), deadLetters?.close()])
      await database.close()
    },
  }
}
