/**
 * The whole service, wired in the order in which the data flows:
 *
 *   Kafka ─▶ intake (lanes) ─▶ decode ─▶ decide ─▶ one transaction ─▶ PostgreSQL ─▶ reads ─▶ HTTP
 *
 * Nothing here waits for Kafka or PostgreSQL to be there: the service comes up, says in its readiness what it
 * misses, and takes up work by itself.
 */
import { randomUUID } from 'node:crypto'
import { createServer } from './api/server.ts'
import { defaultLimits } from './api/limits.ts'
import type { DependencyHealth } from './api/dependencies.ts'
import type { Settings } from './config/settings.ts'
import { DatabaseProbe, healthOf } from './health.ts'
import { reportIntake } from './intake-report.ts'
import { BackOff } from './intake/back-off.ts'
import { toIntakeFault } from './intake/intake-fault.ts'
import { Intake } from './intake/intake.ts'
import type { LaneStore } from './intake/lane.ts'
import type { Micros } from './message/event.ts'
import { Database } from './store/database.ts'
import { migrate } from './store/migrate.ts'
import { NearState } from './store/near-state.ts'
import { readPosition, readTally, startPosition } from './store/position.ts'
import { writeBatch } from './store/write-batch.ts'
import type { Logger } from './telemetry/logger.ts'
import { MetricsServer } from './telemetry/metrics-server.ts'
import { createMetrics } from './telemetry/metrics.ts'

export interface ServiceOptions {
  readonly settings: Settings
  readonly logger: Logger
  readonly version: string
}

/** A running service. `stop` ends it in order: what is under way is finished, nothing new is begun. */
export interface Service {
  readonly port: number
  readonly metricsPort: number
  stop(): Promise<void>
}

/** A migration may rewrite a table, and waits for another migrator. */
const migrationTimeoutMs = 30 * 60_000

/** Listens at once; migrates and begins to book as soon as PostgreSQL and Kafka are there. */
export async function startService({ settings, logger, version }: ServiceOptions): Promise<Service> {
  const { postgres, kafka, batch, lane, retry, nearState, http } = settings
  const clock = (): Micros => (Date.now() * 1000) as Micros

  // Store
  const open = (name: string, statementTimeoutMs: number): Database =>
    new Database({ ...postgres, statementTimeoutMs, applicationName: `bincard ${name}` })
  const writing = open('intake', postgres.statementTimeoutMs)
  const reading = open('reads', postgres.readTimeoutMs)
  const writer = {
    database: writing,
    nearState: new NearState(nearState.cards),
    newToken: () => randomUUID(),
  }
  const store: LaneStore = {
    write: (written) => writeBatch(writer, written),
    readPosition: (partition) => readPosition(writing, partition),
    startPosition: (partition, start) => startPosition(writing, partition, start),
  }
  const probe = new DatabaseProbe(reading)

  // Telemetry
  const metrics = createMetrics({
    version,
    totals: async () => {
      const { movementsInTransit, departuresHeld, messagesQuarantined } = await readTally(reading)
      return { movementsInTransit, heldDepartures: departuresHeld, quarantineOpen: messagesQuarantined }
    },
    onTotalsFailed: (error) => logger.warn({ err: error }, 'the totals are missing from a scrape'),
  })
  const metricsServer = new MetricsServer({
    ...settings.metrics,
    render: () => metrics.render(),
    onError: (error) => logger.error({ err: error }, 'a scrape failed'),
  })

  // Intake
  const intake = new Intake({
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
    },
    stallTimeoutMs: lane.stallTimeoutMs,
    commitIntervalMs: kafka.commitIntervalMs,
    store,
    observer: reportIntake({ metrics, logger }),
    clock,
    random: () => Math.random(),
  })

  // Reads
  let migration: DependencyHealth = { state: 'starting', detail: 'The schema is being brought up to date.' }
  const api = createServer({
    host: http.host,
    port: http.port,
    database: reading,
    health: () => healthOf({ postgres: probe.health, migration, intake: intake.health }),
    observe: (observation) => metrics.observeRequest(observation),
    logger,
    version,
    limits: { ...defaultLimits, maxBodyBytes: http.bodyLimitBytes, requestTimeoutMs: http.requestTimeoutMs },
  })

  const { port } = await api.start()
  const { port: metricsPort } = await metricsServer.start()
  probe.start()
  logger.info({ port, metricsPort }, 'listening')

  const stopping = new AbortController()
  const preparing = prepare()

  async function prepare(): Promise<void> {
    const backOff = new BackOff({ minMs: retry.minMs, maxMs: retry.maxMs, random: () => Math.random() })
    while (!stopping.signal.aborted) {
      const database = open('migration', migrationTimeoutMs)
      try {
        const applied = await migrate(database)
        logger.info({ applied }, 'the schema is up to date')
        migration = { state: 'ok', detail: null }
        intake.start()
        return
      } catch (error) {
        migration = {
          state: 'failing',
          detail: 'The schema could not be brought up to date; the log says why.',
        }
        metrics.countFault(toIntakeFault(error))
        logger.warn({ err: error }, 'the schema could not be brought up to date')
      } finally {
        await database.close()
      }
      await backOff.wait(stopping.signal)
    }
  }

  return {
    port,
    metricsPort,
    stop: async () => {
      stopping.abort()
      await preparing
      await Promise.all([intake.stop(), api.stop()])
      await Promise.all([metricsServer.stop(), probe.stop()])
      await Promise.all([writing.close(), reading.close()])
      logger.info('stopped')
    },
  }
}
