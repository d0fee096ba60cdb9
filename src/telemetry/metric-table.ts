/** One metric: everything that the code and the reference say about it. */
export interface MetricDefinition {
  readonly name: string
  readonly kind: 'counter' | 'gauge' | 'histogram'
  /** All of them bounded: codes, routes and partitions, never ids. */
  readonly labels: readonly string[]
  /** One or two sentences; the unit is the end of the name. */
  readonly help: string
  /** Upper bounds of a histogram, in the unit of its name. */
  readonly buckets?: readonly number[]
}

/** All metrics of our own; `docs/reference/metrics.md` is made from this table. */
export const metricTable = {
  events: {
    name: 'bincard_events_total',
    kind: 'counter',
    labels: ['event', 'outcome'],
    help: 'Messages by kind of event (departure, arrival, unknown if it could not be decoded) and outcome (booked, held, duplicate, quarantined), counted after the commit.',
  },
  quarantined: {
    name: 'bincard_quarantined_total',
    kind: 'counter',
    labels: ['code'],
    help: 'Messages put into quarantine, by code of the rejection.',
  },
  releases: {
    name: 'bincard_releases_total',
    kind: 'counter',
    labels: [],
    help: 'Held departures that were booked because stock came in.',
  },
  batchSeconds: {
    name: 'bincard_batch_seconds',
    kind: 'histogram',
    labels: [],
    help: 'Time from the start of a transaction to its commit.',
    buckets: [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10],
  },
  batchEvents: {
    name: 'bincard_batch_events',
    kind: 'histogram',
    labels: [],
    help: 'Messages in one committed transaction.',
    buckets: [1, 5, 10, 50, 100, 500, 1000, 2000, 5000, 10_000],
  },
  kafkaLag: {
    name: 'bincard_kafka_lag',
    kind: 'gauge',
    labels: ['partition'],
    help: 'Messages of a partition of this process that are not booked yet.',
  },
  partitionStopped: {
    name: 'bincard_partition_stopped',
    kind: 'gauge',
    labels: ['partition'],
    help: '1 if a partition of this process was stopped for good and waits for a person, else 0.',
  },
  faults: {
    name: 'bincard_faults_total',
    kind: 'counter',
    labels: ['part', 'code'],
    help: 'Faults of the machinery, by part and code.',
  },
  fencedBatches: {
    name: 'bincard_fenced_batches_total',
    kind: 'counter',
    labels: [],
    help: 'Batches rolled back because the position had moved: another process owns the partition.',
  },
  movementsInTransit: {
    name: 'bincard_movements_in_transit',
    kind: 'gauge',
    labels: [],
    help: 'Pairs of movement and product whose departed and arrived quantities differ. Read from PostgreSQL at each scrape; absent if it does not answer.',
  },
  heldDepartures: {
    name: 'bincard_held_departures',
    kind: 'gauge',
    labels: [],
    help: 'Departures that wait for stock. Read from PostgreSQL at each scrape; absent if it does not answer.',
  },
  quarantineOpen: {
    name: 'bincard_quarantine_open',
    kind: 'gauge',
    labels: [],
    help: 'Messages in quarantine that wait for a person. Read from PostgreSQL at each scrape; absent if it does not answer.',
  },
  outboxTold: {
    name: 'bincard_outbox_told_total',
    kind: 'counter',
    labels: ['kind'],
    help: 'Messages that this process has told other topics of, by kind (line or dead_letter), those that came twice among them.',
  },
  outboxWaiting: {
    name: 'bincard_outbox_waiting',
    kind: 'gauge',
    labels: [],
    help: 'Batches of lines, and dead letters, of which other topics are still to be told, up to 10,000 of each. Read from PostgreSQL at each scrape; absent if it does not answer, or nothing is told.',
  },
  outboxOldest: {
    name: 'bincard_outbox_oldest_seconds',
    kind: 'gauge',
    labels: [],
    help: 'How long the oldest of these waits, 0 if none does. Read from PostgreSQL at each scrape; absent if it does not answer, or nothing is told.',
  },
  up: {
    name: 'bincard_up',
    kind: 'gauge',
    labels: ['part'],
    help: '1 if the part answered this scrape, else 0. The part is postgres or, where there is a cache, redis: 1 while answers come from the cache.',
  },
  ready: {
    name: 'bincard_ready',
    kind: 'gauge',
    labels: ['part'],
    help: '1 if the part does its work, else 0, as /health/ready says it: postgres (with its schema), kafka (the place in the consumer group), intake (no partition of this process waits or has stopped).',
  },
  cacheRequests: {
    name: 'bincard_cache_requests_total',
    kind: 'counter',
    labels: ['cache', 'result'],
    help: 'Questions for pages that may be cached, by cache (near is the memory of the process, redis is asked for what is not there) and result (hit or miss); none and bypass where no cache was asked.',
  },
  httpRequests: {
    name: 'bincard_http_requests_total',
    kind: 'counter',
    labels: ['method', 'route', 'status'],
    help: 'Requests to the API, by pattern of the route and status of the answer.',
  },
  httpRequestSeconds: {
    name: 'bincard_http_request_seconds',
    kind: 'histogram',
    labels: ['method', 'route'],
    help: 'Time from the request to the end of its answer.',
    buckets: [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5],
  },
  oldestWait: {
    name: 'bincard_oldest_wait_seconds',
    kind: 'gauge',
    labels: ['part'],
    help: 'How long the oldest wait of this process lasts at this moment, 0 if there is none. The part is postgres (a statement), kafka (a request), redis (a command), http (an answer) or batch (its transaction, with the wait for a connection). Each has its limit; one that goes on and on hangs.',
  },
  logLinesDropped: {
    name: 'bincard_log_lines_dropped_total',
    kind: 'counter',
    labels: [],
    help: 'Lines of the log that were dropped, because whoever reads standard output did not take them, or is gone.',
  },
  buildInfo: {
    name: 'bincard_build_info',
    kind: 'gauge',
    labels: ['version', 'node'],
    help: 'Always 1; the labels tell the version of the service and of Node.',
  },
} as const satisfies Readonly<Record<string, MetricDefinition>>

/** All metrics of our own, in the order of the table. */
export function listMetrics(): readonly MetricDefinition[] {
  return Object.values<MetricDefinition>(metricTable)
}
