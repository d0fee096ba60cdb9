/**
 * The whole service, wired in the order in which the data flows:
 *
 *   Kafka ─▶ intake (lanes) ─▶ decode ─▶ decide ─▶ one transaction ─▶ PostgreSQL ─▶ reads ─▶ HTTP
 *                                                        └─ bars ─▶ cache (Redis) ─────┘
 *
 * Nothing here waits for Kafka, PostgreSQL or Redis to be there: the service comes up, says in its readiness what it
 * misses, and takes up work by itself.
 */
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { AnswerDeadlines } from './api/answer-deadlines.ts'
import { createServer } from './api/server.ts'
import { defaultLimits } from './api/limits.ts'
import type { DependencyHealth, Health } from './api/dependencies.ts'
import { uncachedPages } from './cache/page-reader.ts'
import type { Settings } from './config/settings.ts'
import { DatabaseProbe, healthOf, readyParts, Serving } from './health.ts'
import { createIngest } from './ingest.ts'
import { reportIntake } from './intake-report.ts'
import { intakeSettings } from './intake-settings.ts'
import { Intake } from './intake/intake.ts'
import { EndOffsets } from './kafka/end-offsets.ts'
import { Producer } from './kafka/producer.ts'
import { ChangeFeed } from './live/change-feed.ts'
import type { Micros } from './message/event.ts'
import { openDatabases } from './open-databases.ts'
import { openOutbox, outboxContent } from './open-outbox.ts'
import { createOpeningStock } from './opening-stock.ts'
import { openPageCache } from './open-page-cache.ts'
import { createQuarantineDesk } from './quarantine-desk.ts'
import { BookedPositions } from './store/booked-positions.ts'
import { noPageBars } from './store/batch-bars.ts'
import { BookingRate } from './store/booking-rate.ts'
import { readCacheEpoch } from './store/cache-epoch.ts'
import { NearState } from './store/near-state.ts'
import { readPosition, readTally, startPosition } from './store/position.ts'
import { writeBatch } from './store/write-batch.ts'
import type { Logger } from './telemetry/logger.ts'
import { MetricsServer } from './telemetry/metrics-server.ts'
import { createMetrics } from './telemetry/metrics.ts'
import { noTracing, type Tracing } from './tracing/tracing.ts'
import { untilMigrated } from './until-migrated.ts'
import { createWaits } from './waits.ts'

export interface ServiceOptions {
  readonly settings: Settings
  readonly logger: Logger
  readonly version: string
  /** Folder of the built dashboard. */
  readonly dashboard: string
  /** Lines of the log that nobody took. */
  readonly logLinesDropped?: () => number
  /** Ends with the service. */
  readonly tracing?: Tracing
}

/** A running service. */
export interface Service {
  readonly port: number
  readonly metricsPort: number
  /**
   * Ends it in order. Readiness says so at once, and the intake hands its partitions on; the API goes on answering for
   * `drainMs`, until nobody sends anything here; then what is under way is finished, and nothing new is begun.
   */
  stop(options: { readonly drainMs: number }): Promise<void>
}

/** Listens at once; migrates and begins to book as soon as PostgreSQL and Kafka are there. */
export async function startService({
  settings,
  logger,
  version,
  dashboard,
  logLinesDropped = () => 0,
  tracing = noTracing,
}: ServiceOptions): Promise<Service> {
  const { postgres, kafka, cache, nearState, http } = settings
  const clock = (): Micros => (Date.now() * 1000) as Micros
  const stopping = new AbortController()
  const isStopping = (): boolean => stopping.signal.aborted

  // What is waited for
  const waits = createWaits()
  const answers = new AnswerDeadlines()
  const cluster = { ...kafka, waits: waits.kafka }

  // PostgreSQL
  const { writing, reading, watching } = openDatabases({ settings, waits: waits.postgres, tracing })
  const probe = new DatabaseProbe(watching)
  const booked = new BookedPositions({ database: reading, topic: kafka.topic })
  const positions = tracing.positions(booked)
  const rate = new BookingRate(watching)
  const feed = new ChangeFeed({
    database: reading,
    topic: kafka.topic,
    onFailed: (error) => logger.warn({ err: error }, 'what is booked cannot be read for the stream'),
  })

  // Telemetry
  const metrics = createMetrics({
    version,
    totals: async () => {
      const { movementsInTransit, departuresHeld, messagesQuarantined } = await readTally(watching)
      const totals = {
        movementsInTransit,
        heldDepartures: departuresHeld,
        quarantineOpen: messagesQuarantined,
      }
      return outbox === null ? totals : { ...totals, ...(await outbox.readState(watching)) }
    },
    onTotalsFailed: (error) => logger.warn({ err: error }, 'the totals are missing from a scrape'),
    logLinesDropped,
    waits: { ...waits, http: answers },
    ready: () => readyParts(health()),
  })
  const metricsServer = new MetricsServer({
    ...settings.metrics,
    render: () => metrics.render(),
    onError: (error) => logger.error({ err: error }, 'a scrape failed'),
  })

  // What a batch is written to: the store, and the cache that it is kept true to
  const readEpoch = () => readCacheEpoch(watching)
  const pageCache = openPageCache({ cache, postgres, readEpoch, waits: waits.redis, metrics, logger })
  const writer = {
    database: writing,
    nearState: new NearState(nearState.cards),
    newToken: () => randomUUID(),
    pageBars: pageCache ?? noPageBars,
    outbox: outboxContent(settings),
  }
  const store = tracing.store({
    write: (written) => waits.batch.during(() => writeBatch(writer, written)),
    readPosition: (partition) => readPosition(writing, partition),
    startPosition: (partition, start) => startPosition(writing, partition, start),
  })

  // What other topics are told of
  const outbox = openOutbox({ settings, cluster, waits: waits.postgres, metrics, logger })

  // Intake
  const report = reportIntake({ metrics, logger })
  const intake = new Intake({
    ...intakeSettings(settings),
    cluster,
    store,
    observer: {
      ...report,
      booked: (written) => {
        report.booked(written)
        booked.advance({ ...written.partition, nextOffset: written.slice.to.nextOffset })
        feed.wake()
        outbox?.wake()
      },
    },
    clock,
    random: () => Math.random(),
  })

  // Ways in besides Kafka
  const producer = new Producer({
    cluster,
    topic: kafka.topic,
    isOurTopic: (topicId) => booked.areOf(topicId),
  })
  const { bookingWaitMs } = http
  const messages = tracing.producer(producer, kafka.topic)
  const ways = { database: reading, producer: messages, positions, bookingWaitMs, clock }
  const ingest = createIngest(ways)
  const openingStock = createOpeningStock({ ...ways, openingWaitMs: http.openingWaitMs })
  const quarantine = createQuarantineDesk(ways)

  // Reads
  const ends = new EndOffsets({
    cluster,
    topic: kafka.topic,
    onFailed: (fault) => logger.warn({ err: fault }, 'the lag is not known'),
  })
  const serving = new Serving(() => ({ migration, intake: intake.health, isStopping: isStopping() }))
  let migration: DependencyHealth = { state: 'starting', detail: 'The schema is being brought up to date.' }
  const api = createServer({
    host: http.host,
    port: http.port,
    database: reading,
    pages: tracing.pages(pageCache ?? uncachedPages(metrics.countCacheRequest)),
    ingest,
    openingStock,
    quarantine,
    positions,
    countPartitions: async () => {
      try {
        return await producer.countPartitions()
      } catch (error) {
        logger.warn({ err: error }, 'the number of partitions is not known')
        return null
      }
    },
    feed,
    topic: kafka.topic,
    logEnds: () => ends.read(),
    bookingRate: () => rate.read(),
    bookingHistory: () => rate.history(),
    overdue: {
      transitSeconds: settings.attention.transitOverdueSeconds,
      heldSeconds: settings.attention.heldOverdueSeconds,
    },
    health,
    serving: () => serving.status,
    isStopping,
    answers,
    observe: (observation) => metrics.observeRequest(observation),
    beginRequest: tracing.beginRequest,
    logger,
    version,
    dashboard,
    limits: {
      ...defaultLimits,
      maxBodyBytes: http.bodyLimitBytes,
      maxBatchBytes: http.batchLimitBytes,
      maxOpeningBytes: http.openingLimitBytes,
      openingWaitMs: http.openingWaitMs,
      bookingWaitMs,
      maxStreamClients: http.streamClients,
      requestTimeoutMs: http.requestTimeoutMs,
    },
    access: {
      keys: http.keys.length === 0 ? null : http.keys,
      requestsPerSecond: http.requestsPerSecond,
    },
    corsOrigins: http.corsOrigins,
  })
  if (http.keys.length === 0)
    logger.info({ host: http.host }, 'no API keys: the API is open to all who reach it')

  const { port: metricsPort } = await metricsServer.start()
  const { port } = await api.start().catch(async (error: unknown) => {
    await metricsServer.stop()
    throw error
  })
  probe.start()
  rate.start()
  serving.start()
  pageCache?.start()
  logger.info({ port, metricsPort }, 'listening')

  const preparing = prepare()

  function health(): Health {
    return healthOf({ postgres: probe.health, migration, intake: intake.health, isStopping: isStopping() })
  }

  /** The schema, then the intake, and whatever else writes. */
  async function prepare(): Promise<void> {
    await untilMigrated({
      database: writing,
      settings,
      signal: stopping.signal,
      onMigrated: (applied) => {
        if (applied.length > 0) logger.info({ applied }, 'the schema is up to date')
      },
      onFailed: (fault) => {
        migration = { state: 'failing', detail: `The schema is not up to date. ${fault.message}` }
        metrics.countFault(fault)
        logger.warn({ err: fault }, 'the schema is not up to date')
      },
    })
    if (isStopping()) return
    migration = { state: 'ok', detail: null }
    intake.start()
    outbox?.start()
  }

  return {
    port,
    metricsPort,
    stop: async ({ drainMs }) => {
      stopping.abort()
      serving.stop()
      await Promise.all([preparing.then(() => intake.stop()), sleep(drainMs).then(() => api.stop())])
      await outbox?.stop()
      await Promise.all([metricsServer.stop(), probe.stop(), rate.stop(), feed.stop()])
      await Promise.all([producer.close(), pageCache?.stop()])
      await Promise.all([writing.close(), reading.close(), watching.close(), tracing.stop()])
      logger.info('stopped')
    },
  }
}
