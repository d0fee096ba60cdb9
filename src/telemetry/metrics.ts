import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client'
import type { CacheRequest } from '../cache/page-reader.ts'
import type { FaultPart } from '../fault.ts'
import type { EventKind } from '../message/event.ts'
import type { RejectionCode } from '../message/rejection.ts'
import type { OldestWait, WaitPart } from '../waits.ts'
import { type MetricDefinition, metricTable } from './metric-table.ts'

/** What became of one message. A message that cannot be decoded is of the event `unknown`. */
export interface CountedOutcome {
  readonly event: EventKind | 'unknown'
  readonly outcome: 'booked' | 'held' | 'duplicate' | 'quarantined'
}

/** What the database holds now, over all processes. */
export interface Totals {
  readonly movementsInTransit: number
  readonly heldDepartures: number
  readonly quarantineOpen: number
  /** Of the outbox; left out where nothing is told. */
  readonly outboxWaiting?: number
  readonly outboxOldestSeconds?: number
}

/** What other topics are told of. */
export type ToldKind = 'line' | 'dead_letter'

/** One answered request; `route` is the pattern, `unmatched` if there is none, so that the label stays bounded. */
export interface ObservedRequest {
  readonly method: string
  readonly route: string
  readonly status: number
  readonly seconds: number
}

/** What the service counts. None of it throws or waits, except `render`. */
export interface Metrics {
  readonly countOutcome: (outcome: CountedOutcome, count: number) => void
  readonly countQuarantined: (code: RejectionCode, count: number) => void
  readonly countReleases: (count: number) => void
  /** One committed transaction. */
  readonly observeBatch: (batch: { readonly seconds: number; readonly events: number }) => void
  readonly countFencedBatch: () => void
  readonly countFault: (fault: { readonly part: FaultPart; readonly code: string }) => void
  /** Messages between the position and the end of the partition. */
  readonly setLag: (partition: number, messages: number) => void
  readonly markPartitionRunning: (partition: number) => void
  readonly markPartitionStopped: (partition: number) => void
  /** The partition belongs to another process now: its gauges vanish. */
  readonly forgetPartition: (partition: number) => void
  readonly observeRequest: (request: ObservedRequest) => void
  readonly countCacheRequest: (request: CacheRequest) => void
  readonly countTold: (kind: ToldKind, messages: number) => void
  readonly setCacheUp: (isUp: boolean) => void
  /** The text for Prometheus. Waits for the totals at most their time limit, and answers without them then. */
  readonly render: () => Promise<{ readonly contentType: string; readonly body: string }>
}

export interface MetricsOptions {
  readonly version: string
  /** Reads the totals; asked once for each scrape, never twice at a time. */
  readonly totals: () => Promise<Totals>
  /** Why the totals are missing from a scrape. */
  readonly onTotalsFailed: (reason: unknown) => void
  /** How long the oldest wait of each part lasts. */
  readonly waits?: Readonly<Partial<Record<WaitPart, OldestWait>>>
  /** Lines of the log that nobody took, so far. */
  readonly logLinesDropped?: () => number
  /** Whether each part does its work. */
  readonly ready?: () => Readonly<Record<string, boolean>>
  readonly totalsTimeoutMs?: number
}

/** Prometheus gives a scrape 10 s unless told otherwise; the rest of it is made in milliseconds. */
const defaultTotalsTimeoutMs = 2000

/** Metrics with a registry of their own; several may live side by side in one process. */
export function createMetrics(options: MetricsOptions): Metrics {
  const { version, totals, onTotalsFailed, totalsTimeoutMs = defaultTotalsTimeoutMs } = options
  const { logLinesDropped = () => 0, waits = {}, ready: partsReady = () => ({}) } = options
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })

  const events = counter(registry, metricTable.events)
  const quarantined = counter(registry, metricTable.quarantined)
  const releases = counter(registry, metricTable.releases)
  const batchSeconds = histogram(registry, metricTable.batchSeconds)
  const batchEvents = histogram(registry, metricTable.batchEvents)
  const kafkaLag = gauge(registry, metricTable.kafkaLag)
  const partitionStopped = gauge(registry, metricTable.partitionStopped)
  const faults = counter(registry, metricTable.faults)
  const fencedBatches = counter(registry, metricTable.fencedBatches)
  const totalGauges = [
    { gauge: gauge(registry, metricTable.movementsInTransit), key: 'movementsInTransit' },
    { gauge: gauge(registry, metricTable.heldDepartures), key: 'heldDepartures' },
    { gauge: gauge(registry, metricTable.quarantineOpen), key: 'quarantineOpen' },
    { gauge: gauge(registry, metricTable.outboxWaiting), key: 'outboxWaiting' },
    { gauge: gauge(registry, metricTable.outboxOldest), key: 'outboxOldestSeconds' },
  ] as const
  const outboxTold = counter(registry, metricTable.outboxTold)
  const up = gauge(registry, metricTable.up)
  const ready = gauge(registry, metricTable.ready)
  const cacheRequests = counter(registry, metricTable.cacheRequests)
  const httpRequests = counter(registry, metricTable.httpRequests)
  const httpRequestSeconds = histogram(registry, metricTable.httpRequestSeconds)
  const oldestWait = gauge(registry, metricTable.oldestWait)
  const linesDropped = counter(registry, metricTable.logLinesDropped)
  let linesCounted = 0
  gauge(registry, metricTable.buildInfo).set({ version, node: process.versions.node }, 1)

  // Known from the start as 0: Prometheus sees no increase in a series that begins with its first event.
  for (const outcome of possibleOutcomes) events.inc({ ...outcome }, 0)
  for (const kind of ['line', 'dead_letter']) outboxTold.inc({ kind }, 0)
  for (const request of possibleCacheRequests) cacheRequests.inc({ ...request }, 0)

  const readTotals = oneAtATime(totals)

  async function refreshTotals(): Promise<void> {
    try {
      const values = await within(totalsTimeoutMs, readTotals())
      for (const { gauge: total, key } of totalGauges) {
        const value = values[key]
        if (value === undefined) total.remove()
        else total.set(value)
      }
      up.set({ part: 'postgres' }, 1)
    } catch (error) {
      for (const { gauge: total } of totalGauges) total.remove()
      up.set({ part: 'postgres' }, 0)
      onTotalsFailed(error)
    }
  }

  return {
    countOutcome: ({ event, outcome }, count) => events.inc({ event, outcome }, count),
    countQuarantined: (code, count) => quarantined.inc({ code }, count),
    countReleases: (count) => releases.inc(count),
    observeBatch(batch) {
      batchSeconds.observe(batch.seconds)
      batchEvents.observe(batch.events)
    },
    countFencedBatch: () => fencedBatches.inc(),
    countFault: ({ part, code }) => faults.inc({ part, code }),
    setLag: (partition, messages) => kafkaLag.set({ partition: String(partition) }, messages),
    markPartitionRunning: (partition) => partitionStopped.set({ partition: String(partition) }, 0),
    markPartitionStopped: (partition) => partitionStopped.set({ partition: String(partition) }, 1),
    forgetPartition(partition) {
      kafkaLag.remove({ partition: String(partition) })
      partitionStopped.remove({ partition: String(partition) })
    },
    observeRequest({ method, route, status, seconds }) {
      httpRequests.inc({ method, route, status: String(status) })
      httpRequestSeconds.observe({ method, route }, seconds)
    },
    countCacheRequest: ({ cache, result }) => cacheRequests.inc({ cache, result }),
    countTold: (kind, messages) => outboxTold.inc({ kind }, messages),
    setCacheUp: (isUp) => up.set({ part: 'redis' }, isUp ? 1 : 0),
    async render() {
      await refreshTotals()
      for (const [part, isReady] of Object.entries(partsReady())) ready.set({ part }, isReady ? 1 : 0)
      for (const [part, wait] of Object.entries(waits)) oldestWait.set({ part }, wait.oldestMs() / 1000)
      const lines = logLinesDropped()
      linesDropped.inc(lines - linesCounted)
      linesCounted = lines
      return { contentType: registry.contentType, body: await registry.metrics() }
    },
  }
}

/** Only departures are held, and what cannot be decoded can only go into quarantine. */
const possibleOutcomes: readonly CountedOutcome[] = [
  { event: 'departure', outcome: 'booked' },
  { event: 'departure', outcome: 'held' },
  { event: 'departure', outcome: 'duplicate' },
  { event: 'departure', outcome: 'quarantined' },
  { event: 'arrival', outcome: 'booked' },
  { event: 'arrival', outcome: 'duplicate' },
  { event: 'arrival', outcome: 'quarantined' },
  { event: 'unknown', outcome: 'quarantined' },
]

const possibleCacheRequests: readonly CacheRequest[] = [
  { cache: 'near', result: 'hit' },
  { cache: 'near', result: 'miss' },
  { cache: 'redis', result: 'hit' },
  { cache: 'redis', result: 'miss' },
  { cache: 'none', result: 'bypass' },
]

/** Many scrapes at once, or a database that hangs, must not pile up queries: who comes later shares the answer. */
function oneAtATime<Value>(read: () => Promise<Value>): () => Promise<Value> {
  let running: Promise<Value> | undefined
  return () => {
    running ??= read().finally(() => {
      running = undefined
    })
    return running
  }
}

async function within<Value>(limitMs: number, work: Promise<Value>): Promise<Value> {
  const { promise: expired, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error(`The totals took longer than ${limitMs} ms.`)), limitMs)
  try {
    return await Promise.race([work, expired])
  } finally {
    clearTimeout(timer)
  }
}

type Defined<Label extends string> = MetricDefinition & { readonly labels: readonly Label[] }

function counter<Label extends string>(registry: Registry, definition: Defined<Label>): Counter<Label> {
  const { name, help, labels } = definition
  return new Counter({ name, help, labelNames: labels, registers: [registry] })
}

function gauge<Label extends string>(registry: Registry, definition: Defined<Label>): Gauge<Label> {
  const { name, help, labels } = definition
  return new Gauge({ name, help, labelNames: labels, registers: [registry] })
}

function histogram<Label extends string>(registry: Registry, definition: Defined<Label>): Histogram<Label> {
  const { name, help, labels, buckets = [] } = definition
  return new Histogram({ name, help, labelNames: labels, buckets: [...buckets], registers: [registry] })
}
