import assert from 'node:assert/strict'
import test, { type TestContext } from 'node:test'
import { Fault } from '../../src/fault.ts'
import { listMetrics } from '../../src/telemetry/metric-table.ts'
import { MetricsServer } from '../../src/telemetry/metrics-server.ts'
import { type Metrics, type MetricsOptions, type Totals, createMetrics } from '../../src/telemetry/metrics.ts'

const someTotals: Totals = {
  movementsInTransit: 7,
  heldDepartures: 2,
  quarantineOpen: 1,
  outboxWaiting: 4,
  outboxOldestSeconds: 0.5,
}

test('what was counted is what a scrape shows', async () => {
  const metrics = metricsWith({
    logLinesDropped: () => 2,
    waits: { batch: { oldestMs: () => 1500 } },
    ready: () => ({ postgres: true, kafka: false }),
  })
  metrics.countOutcome({ event: 'departure', outcome: 'booked' }, 40)
  metrics.countOutcome({ event: 'unknown', outcome: 'quarantined' }, 1)
  metrics.countQuarantined('not_json', 1)
  metrics.countReleases(3)
  metrics.countTold('line', 5)
  metrics.countTold('dead_letter', 1)
  metrics.observeBatch({ seconds: 0.03, events: 41 })
  metrics.countFencedBatch()
  metrics.countFault(new Fault({ part: 'kafka', kind: 'outage', code: 'topic_missing', message: 'x' }))
  metrics.setLag(0, 12)
  metrics.markPartitionRunning(0)
  metrics.markPartitionStopped(1)
  metrics.observeRequest({ method: 'GET', route: '/api/movements/:movement_id', status: 404, seconds: 0.001 })
  metrics.countCacheRequest({ cache: 'near', result: 'hit' })
  metrics.countCacheRequest({ cache: 'near', result: 'hit' })
  metrics.setCacheUp(true)

  const withoutBuckets = (await samples(metrics)).filter((line) => !line.includes('_bucket'))
  assert.deepEqual(withoutBuckets, [
    'bincard_events_total{event="departure",outcome="booked"} 40',
    'bincard_events_total{event="departure",outcome="held"} 0',
    'bincard_events_total{event="departure",outcome="duplicate"} 0',
    'bincard_events_total{event="departure",outcome="quarantined"} 0',
    'bincard_events_total{event="arrival",outcome="booked"} 0',
    'bincard_events_total{event="arrival",outcome="duplicate"} 0',
    'bincard_events_total{event="arrival",outcome="quarantined"} 0',
    'bincard_events_total{event="unknown",outcome="quarantined"} 1',
    'bincard_quarantined_total{code="not_json"} 1',
    'bincard_releases_total 3',
    'bincard_batch_seconds_sum 0.03',
    'bincard_batch_seconds_count 1',
    'bincard_batch_events_sum 41',
    'bincard_batch_events_count 1',
    'bincard_kafka_lag{partition="0"} 12',
    'bincard_partition_stopped{partition="0"} 0',
    'bincard_partition_stopped{partition="1"} 1',
    'bincard_faults_total{part="kafka",code="topic_missing"} 1',
    'bincard_fenced_batches_total 1',
    'bincard_movements_in_transit 7',
    'bincard_held_departures 2',
    'bincard_quarantine_open 1',
    'bincard_outbox_waiting 4',
    'bincard_outbox_oldest_seconds 0.5',
    'bincard_outbox_told_total{kind="line"} 5',
    'bincard_outbox_told_total{kind="dead_letter"} 1',
    'bincard_up{part="redis"} 1',
    'bincard_up{part="postgres"} 1',
    'bincard_ready{part="postgres"} 1',
    'bincard_ready{part="kafka"} 0',
    'bincard_cache_requests_total{cache="near",result="hit"} 2',
    'bincard_cache_requests_total{cache="near",result="miss"} 0',
    'bincard_cache_requests_total{cache="redis",result="hit"} 0',
    'bincard_cache_requests_total{cache="redis",result="miss"} 0',
    'bincard_cache_requests_total{cache="none",result="bypass"} 0',
    'bincard_http_requests_total{method="GET",route="/api/movements/:movement_id",status="404"} 1',
    'bincard_http_request_seconds_sum{method="GET",route="/api/movements/:movement_id"} 0.001',
    'bincard_http_request_seconds_count{method="GET",route="/api/movements/:movement_id"} 1',
    'bincard_oldest_wait_seconds{part="batch"} 1.5',
    'bincard_log_lines_dropped_total 2',
    `bincard_build_info{version="1.2.3",node="${process.versions.node}"} 1`,
  ])
})

test('every metric of the table is in a scrape, with its kind, and none is in it that the table lacks', async () => {
  const { body } = await metricsWith({}).render()
  const types = body.split('\n').filter((line) => line.startsWith('# TYPE bincard_'))
  assert.deepEqual(
    types.sort(),
    listMetrics()
      .map(({ name, kind }) => `# TYPE ${name} ${kind}`)
      .sort(),
  )
  assert.match(body, /^process_cpu_seconds_total /m)
})

test('a partition that went to another process vanishes from the scrape', async () => {
  const metrics = metricsWith({})
  for (const partition of [0, 1]) {
    metrics.setLag(partition, 5)
    metrics.markPartitionStopped(partition)
  }
  metrics.forgetPartition(0)
  assert.deepEqual(
    (await samples(metrics)).filter((line) => line.includes('partition=')),
    ['bincard_kafka_lag{partition="1"} 5', 'bincard_partition_stopped{partition="1"} 1'],
  )
})

test('a database that fails leaves the totals out, says so, and they come back with it', async () => {
  const reasons: unknown[] = []
  const away = new Error('away')
  let answers = true
  const metrics = metricsWith({
    totals: () => (answers ? Promise.resolve(someTotals) : Promise.reject(away)),
    onTotalsFailed: (reason) => reasons.push(reason),
  })
  const whileUp = await totalsIn(metrics)
  answers = false
  assert.deepEqual(await totalsIn(metrics), ['bincard_up{part="postgres"} 0'])
  assert.deepEqual(reasons, [away])
  answers = true
  assert.deepEqual(await totalsIn(metrics), whileUp)
})

test('a database that hangs is asked once, however many scrapes wait, and all of them are answered', async () => {
  const hanging = Promise.withResolvers<Totals>()
  const reasons: unknown[] = []
  let calls = 0
  const metrics = metricsWith({
    totals: () => {
      calls += 1
      return hanging.promise
    },
    onTotalsFailed: (reason) => reasons.push(reason),
    totalsTimeoutMs: 20,
  })
  const first = await Promise.all([totalsIn(metrics), totalsIn(metrics)])
  const later = await totalsIn(metrics)
  const down = ['bincard_up{part="postgres"} 0']
  assert.deepEqual([...first, later], [down, down, down])
  assert.deepEqual([calls, reasons.length], [1, 3])
  hanging.resolve(someTotals)
  await hanging.promise
})

test('the server answers GET /metrics and nothing else', async (t) => {
  const { url } = await startServer(t, metricsWith({}).render)
  const scrape = await fetch(`${url}/metrics`)
  assert.equal(scrape.status, 200)
  assert.equal(scrape.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8')
  assert.match(await scrape.text(), /^bincard_build_info/m)
  assert.equal((await fetch(`${url}/`)).status, 404)
  assert.equal((await fetch(`${url}/metrics`, { method: 'POST' })).status, 404)
})

test('a scrape that cannot be made is a 500 without its reason, which is handed on', async (t) => {
  const broken = new Error('hunter2')
  const { url, errors } = await startServer(t, () => Promise.reject(broken))
  const answer = await fetch(`${url}/metrics`)
  assert.equal(answer.status, 500)
  assert.doesNotMatch(await answer.text(), /hunter2/)
  assert.deepEqual(errors, [broken])
})

test('a port in use fails the start, and stopping what never started is nothing', async (t) => {
  const { port } = await startServer(t, metricsWith({}).render)
  const second = new MetricsServer({
    host: '127.0.0.1',
    port,
    render: metricsWith({}).render,
    onError: unexpected,
  })
  await assert.rejects(second.start(), { code: 'EADDRINUSE' })
  await second.stop()
})

test('stop does not wait for a scrape that never ends', async (t) => {
  const { url, server } = await startServer(t, () => new Promise(() => {}))
  const scrape = fetch(`${url}/metrics`).catch(() => 'cut')
  await server.stop()
  assert.equal(await scrape, 'cut')
})

function unexpected(error: unknown): void {
  assert.fail(String(error))
}

function metricsWith(options: Partial<MetricsOptions>): Metrics {
  return createMetrics({
    version: '1.2.3',
    totals: () => Promise.resolve(someTotals),
    onTotalsFailed: unexpected,
    ...options,
  })
}

/** The samples of our own metrics, in the order of the scrape. */
async function samples(metrics: Metrics): Promise<string[]> {
  const { body } = await metrics.render()
  return body.split('\n').filter((line) => line.startsWith('bincard_'))
}

async function totalsIn(metrics: Metrics): Promise<string[]> {
  const names = /^bincard_(movements_in_transit|held_departures|quarantine_open|up)\b/
  return (await samples(metrics)).filter((line) => names.test(line))
}

async function startServer(t: TestContext, render: Metrics['render']) {
  const errors: unknown[] = []
  const onError = (error: unknown) => void errors.push(error)
  const server = new MetricsServer({ host: '127.0.0.1', port: 0, render, onError })
  const { port } = await server.start()
  t.after(() => server.stop())
  return { url: `http://127.0.0.1:${port}`, port, errors, server }
}
