/** Traces as a collector gets them: from a produced message to its COMMIT, and from a request to what it read. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { createServer } from 'node:net'
import { after, suite, test } from 'node:test'
import { departureEvent } from '../../src/api/samples.ts'
import { bincardWith, settingsOf } from '../support/bincard.ts'
import { freshDatabase, freshTopic, redisAddress } from '../support/environment.ts'
import { listen } from '../support/listen.ts'
import { send } from '../support/send.ts'
import { startService } from '../support/service-process.ts'
import { startTraceReceiver, type ReceivedSpan } from '../support/trace-receiver.ts'
import { waitFor } from '../support/wait.ts'

const owner = { after }
const collector = await startTraceReceiver(owner)
const database = await freshDatabase(owner)
const topic = await freshTopic(owner, 1)
const redis = redisAddress()
const service = await startService(owner, {
  database,
  topic,
  environment: {
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_EXPORTER_OTLP_HEADERS: 'x-tenant=stock',
    OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
    OTEL_BSP_SCHEDULE_DELAY: '50',
    CACHE_TTL: '60',
    REDIS_HOST: redis.host,
    REDIS_PORT: String(redis.port),
    REDIS_TIMEOUT_MS: '1000',
  },
})
await service.ready()
await waitFor('the cache', async () => (await service.metric('bincard_up{part="redis"}')) === 1)

const { data } = departureEvent
const cardPath = `/api/warehouses/${data.warehouse_id}/products/${data.product_id}`
const movementOf = (n: number): string => `aaaaaaaa-0000-4000-8000-${String(n).padStart(12, '0')}`
const arrival = (n: number): string =>
  JSON.stringify({
    ...departureEvent,
    id: `arrival ${n}`,
    subject: null,
    data: { ...data, movement_id: movementOf(n), event: 'arrival' },
  })

suite('traces', () => {
  test('a message with a context has its booking in its sender’s trace, linked with its batch, which has the COMMIT', async () => {
    const sender = newContext()
    await send(topic, [
      { partition: 0, value: arrival(1), headers: { traceparent: Buffer.from(sender.traceparent) } },
      { partition: 0, value: arrival(2) },
    ])
    const booking = await collector.find('the booking', ({ traceId }) => traceId === sender.traceId)
    assert.deepEqual(
      [booking.name, booking.kind, booking.parentId, booking.failed],
      [`book ${topic}`, 5, sender.spanId, false],
    )
    assert.deepEqual(pick(booking, ['bincard.outcome', 'bincard.event', 'bincard.movement_id']), {
      'bincard.outcome': 'booked',
      'bincard.event': 'arrival',
      'bincard.movement_id': movementOf(1),
    })
    assert.deepEqual(pick(booking, ['messaging.system', 'messaging.kafka.offset', 'cloudevents.event_id']), {
      'messaging.system': 'kafka',
      'messaging.kafka.offset': 0,
      'cloudevents.event_id': 'arrival 1',
    })
    const batch = await collector.find('its batch', ({ spanId }) => spanId === booking.links[0])
    assert.deepEqual([batch.name, batch.kind, batch.parentId], [`process ${topic}`, 5, ''])
    assert.deepEqual(batch.links, [sender.spanId])
    const transaction = await childOf(batch, 'postgresql transaction')
    const commit = await childOf(transaction, 'postgresql commit')
    assert.ok(isBefore(commit.endNanos, booking.endNanos) && isBefore(booking.endNanos, batch.endNanos))
    assert.ok(isBefore(booking.startNanos, batch.startNanos), 'it begins when the message was read')
  })

  test('CloudEvents’ own extension in a header is a context as well, and what is not understood says why', async () => {
    const sender = newContext()
    await send(topic, [
      { partition: 0, value: '{', headers: { ce_traceparent: Buffer.from(sender.traceparent) } },
    ])
    const booking = await collector.find('the message', ({ traceId }) => traceId === sender.traceId)
    assert.deepEqual(pick(booking, ['bincard.outcome', 'bincard.quarantine.code']), {
      'bincard.outcome': 'quarantined',
      'bincard.quarantine.code': 'not_json',
    })
  })

  test('an event by HTTP is one trace: request, message, booking, and the reading of its outcome', async () => {
    const asker = newContext()
    const answer = await request('/api/events', asker, { method: 'POST', body: arrival(3) })
    assert.equal(answer.status, 200)
    const server = await collector.find('the request', ({ parentId }) => parentId === asker.spanId)
    assert.deepEqual([server.name, server.kind, server.traceId], ['POST /api/events', 2, asker.traceId])
    assert.equal(server.attributes['http.response.status_code'], 200)
    const sent = await childOf(server, `send ${topic}`)
    assert.equal(sent.kind, 4)
    const booking = await childOf(sent, `book ${topic}`)
    const waiting = await childOf(server, 'wait for the booking')
    assert.ok(booking.traceId === asker.traceId && waiting.attributes['bincard.booked'] === true)
    await waitFor('the outcome being read', () =>
      childrenOf(server).some(
        ({ name, startNanos }) => name.startsWith('postgresql ') && isBefore(waiting.endNanos, startNanos),
      ),
    )
  })

  test('a read says where its page came from, and has what was asked of PostgreSQL beneath it', async () => {
    const first = newContext()
    await request(cardPath, first)
    const miss = await collector.find('the first read', ({ parentId }) => parentId === first.spanId)
    assert.equal(miss.name, 'GET /api/warehouses/:warehouse_id/products/:product_id')
    assert.equal(miss.attributes['url.path'], cardPath)
    const reading = await childOf(miss, 'read page')
    await childOf(reading, 'postgresql snapshot')
    assert.equal(miss.attributes['bincard.cache'], 'miss')

    const second = newContext()
    await request(cardPath, second)
    const hit = await collector.find('the second read', ({ parentId }) => parentId === second.spanId)
    assert.equal(hit.attributes['bincard.cache'], 'hit')
    assert.deepEqual(childrenOf(hit), [])
  })

  test('a refused request is told as such, and an unsampled one not at all', async () => {
    const refused = newContext()
    await request('/api/movements/nothing', refused)
    const span = await collector.find('the refusal', ({ parentId }) => parentId === refused.spanId)
    assert.deepEqual([span.attributes['http.response.status_code'], span.failed], [400, false])
    const unsampled = newContext('00')
    await request('/api/warehouses', unsampled)
    const later = newContext()
    await request('/api/warehouses', later)
    await collector.find('the later one', ({ parentId }) => parentId === later.spanId)
    assert.deepEqual(
      collector.spans.filter(({ traceId }) => traceId === unsampled.traceId),
      [],
    )
  })

  test('nothing that runs by itself has a span: each begins with a message or a request', () => {
    const roots = collector.spans.filter(({ parentId }) => parentId === '')
    assert.ok(roots.length > 0)
    assert.deepEqual([...new Set(roots.map(({ name }) => name))], [`process ${topic}`])
    assert.equal(collector.resource['service.name'], 'bincard')
    assert.equal(collector.resource['deployment.environment.name'], 'test')
    assert.equal(collector.headers['x-tenant'], 'stock')
  })
})

test('a collector that is away, and values that are of no use, keep nobody from booking, and are told of', async (t) => {
  const closed = createServer()
  const port = await listen(closed)
  closed.close()
  const lonely = await startService(t, {
    database: await freshDatabase(t),
    topic: await freshTopic(t, 1),
    environment: {
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
      OTEL_EXPORTER_OTLP_TIMEOUT: '300',
      OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
      OTEL_TRACES_SAMPLER: 'some',
      OTEL_BSP_SCHEDULE_DELAY: '50',
    },
  })
  await lonely.ready()
  const answer = await fetch(`http://127.0.0.1:${lonely.port}/api/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(departureEvent),
  })
  assert.equal(answer.status, 200)
  await waitFor('a line about the collector', () =>
    lonely.log.some((line) => line.includes('"part":"traces"')),
  )
  for (const name of ['OTEL_EXPORTER_OTLP_PROTOCOL', 'OTEL_TRACES_SAMPLER'])
    assert.ok(lonely.log.some((line) => line.includes(`${name} is not used`)))
  assert.equal(await lonely.end('SIGTERM'), 0)
  assert.deepEqual(lonely.errors, [])
})

test('the doctor says whether the collector takes traces, and asks for none where none are sent', async () => {
  const examine = async (environment: Record<string, string>): Promise<string[]> => {
    const { stdout } = await bincardWith({ ...settingsOf({ database, topic }), ...environment })('doctor')
    return stdout.split('\n').filter((line) => line.includes('traces'))
  }
  assert.deepEqual(await examine({}), [])
  assert.deepEqual(await examine({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url }), [
    '✓ traces  The collector takes them.',
  ])
  const [refused = ''] = await examine({ OTEL_EXPORTER_OTLP_ENDPOINT: `${collector.url}/elsewhere` })
  assert.match(refused, /^! traces {2}The collector does not take them: /)
})

interface TraceContext {
  readonly traceId: string
  readonly spanId: string
  readonly traceparent: string
}

/** A span begins by the clock of the day, in whole milliseconds, and ends by one that is finer. */
function isBefore(one: bigint, other: bigint): boolean {
  return one <= other + 2_000_000n
}

function newContext(flags = '01'): TraceContext {
  const [traceId, spanId] = [randomBytes(16).toString('hex'), randomBytes(8).toString('hex')]
  return { traceId, spanId, traceparent: `00-${traceId}-${spanId}-${flags}` }
}

async function request(
  path: string,
  { traceparent }: TraceContext,
  init: RequestInit = {},
): Promise<Response> {
  const headers = { traceparent, ...(init.body === undefined ? {} : { 'content-type': 'application/json' }) }
  const answer = await fetch(`http://127.0.0.1:${service.port}${path}`, { ...init, headers })
  await answer.arrayBuffer()
  return answer
}

function childrenOf({ spanId }: ReceivedSpan): ReceivedSpan[] {
  return collector.spans.filter(({ parentId }) => parentId === spanId)
}

async function childOf({ spanId }: ReceivedSpan, name: string): Promise<ReceivedSpan> {
  return await collector.find(name, (span) => span.parentId === spanId && span.name === name)
}

function pick(span: ReceivedSpan, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(names.map((name) => [name, span.attributes[name]]))
}
