/** The outbox of a running service: what is told, where to, and who hears of it. */
import type { Settings } from './config/settings.ts'
import type { Cluster } from './kafka/cluster.ts'
import { Producer } from './kafka/producer.ts'
import { Relay } from './outbox/relay.ts'
import { tellDeadLetters, tellLines } from './outbox/tell.ts'
import { Database, type Queryable } from './store/database.ts'
import { readOutboxState } from './store/read-outbox.ts'
import type { OutboxContent } from './store/write-outbox.ts'
import type { Logger } from './telemetry/logger.ts'
import type { Metrics, ToldKind, Totals } from './telemetry/metrics.ts'
import type { Waits } from './waits.ts'

export interface OutboxParts {
  readonly settings: Settings
  readonly cluster: Cluster
  readonly waits: Waits
  readonly metrics: Metrics
  readonly logger: Logger
}

export interface Outbox {
  start(): void
  /** Something was booked here. */
  wake(): void
  readonly readState: (db: Queryable) => Promise<Pick<Totals, 'outboxWaiting' | 'outboxOldestSeconds'>>
  /** Ends what is being told, and all connections. */
  stop(): Promise<void>
}

/** What the settings want to be told. */
export function outboxContent({ kafka }: Settings): OutboxContent {
  return { lines: kafka.changesTopic !== '', deadLetters: kafka.deadLetterTopic !== '' }
}

/** A transaction that tells waits for Kafka; with its share of messages a minute is plenty. */
const idleTimeoutMs = 60_000

/** Null if nothing is to be told. Started once the schema is up to date. */
export function openOutbox({ settings, cluster, waits, metrics, logger }: OutboxParts): Outbox | null {
  const { postgres, kafka, retry } = settings
  const content = outboxContent(settings)
  if (!content.lines && !content.deadLetters) return null
  const database = new Database({
    ...postgres,
    waits,
    poolSize: 2,
    applicationName: 'bincard outbox',
    queueTimeoutMs: Infinity,
    serverSettings: {
      // The lines of a batch are read by their keys.
      enable_seqscan: 'off',
      idle_in_transaction_session_timeout: String(idleTimeoutMs),
    },
  })
  const relays: Relay[] = []
  const producers: Producer[] = []
  const open = (topic: string, kind: ToldKind, tell: typeof tellLines): void => {
    // A topic that others read: whatever it was before, it is written to.
    const producer = new Producer({ cluster, topic, isOurTopic: () => Promise.resolve(true) })
    producers.push(producer)
    relays.push(
      new Relay({
        tell: () => tell(database, producer),
        retry,
        onTold: (messages) => metrics.countTold(kind, messages),
        onFailed: (fault) => {
          metrics.countFault(fault)
          logger.warn({ err: fault, topic }, 'another topic cannot be told')
        },
      }),
    )
  }
  if (content.lines) open(kafka.changesTopic, 'line', tellLines)
  if (content.deadLetters) open(kafka.deadLetterTopic, 'dead_letter', tellDeadLetters)
  return {
    start: () => {
      for (const relay of relays) relay.start()
    },
    wake: () => {
      for (const relay of relays) relay.wake()
    },
    readState: async (db) => {
      const { waiting, oldestSeconds } = await readOutboxState(db)
      return { outboxWaiting: waiting, outboxOldestSeconds: oldestSeconds }
    },
    stop: async () => {
      await Promise.all(relays.map((relay) => relay.stop()))
      await Promise.all(producers.map((producer) => producer.close()))
      await database.close()
    },
  }
}
