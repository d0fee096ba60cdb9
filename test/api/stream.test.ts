import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { defaultLimits } from '../../src/api/limits.ts'
import type { MovementEvent } from '../../src/message/event.ts'
import { changesOf, countsOf, openStream, type StreamedMessage } from '../support/event-stream.ts'
import { arrival, departure, movement, product, warehouse } from '../support/events.ts'
import { ask, impatientMs, openTestDatabase, routes, startApi, type TestApi } from '../support/http.ts'
import { testKey } from '../support/keys.ts'
import { freshLedger, type TestLedger } from '../support/ledger.ts'
import { waitFor } from '../support/wait.ts'

/** Messages of the same client are far enough apart to be put together, and near enough for a test. */
const limits = { ...defaultLimits, streamMessageIntervalMs: 100, streamHeartbeatMs: 60_000 }

/** A server on a ledger that another process books on: nothing wakes the server, it has to look. */
async function start(
  t: TestContext,
  changes: Parameters<typeof startApi>[1] = {},
  limitMs?: number,
): Promise<TestApi & { readonly ledger: TestLedger; readonly stream: string }> {
  const ledger = await freshLedger(t)
  const database = openTestDatabase(t, ledger.address, limitMs)
  const api = await startApi(t, { limits, database, ...changes })
  return { ...api, ledger, stream: `${api.url}/api/stream` }
}

const isReady = (messages: readonly StreamedMessage[]): boolean =>
  messages.some(({ event }) => event === 'ready')
const hasBooked = (count: number) => (messages: readonly StreamedMessage[]) =>
  countsOf(messages)['booked'] === count

test('a client is told of bookings, holds, releases, duplicates and quarantine, with what a page must reload', async (t) => {
  const { ledger, stream } = await start(t)
  const reader = await openStream(t, stream)
  const head = ['content-type', 'cache-control', 'x-accel-buffering'].map((name) =>
    reader.response.headers.get(name),
  )
  assert.deepEqual(head, ['text/event-stream; charset=utf-8', 'no-cache', 'no'])
  await reader.until('the first message', isReady)
  assert.deepEqual(reader.messages[0]?.data, { resumed: false })
  assert.match(reader.text(), /^retry: 2000\n\n/)

  await ledger.book([departure({ movement: 1, quantity: 5 })])
  await reader.until('the departure that is held', (all) => countsOf(all)['held'] === 1)
  const known = arrival({ movement: 2, quantity: 7 })
  await ledger.book([known, known, departure({ movement: 1, quantity: 6 })])
  await reader.until('its release', (all) => countsOf(all)['released'] === 1)
  assert.deepEqual(countsOf(reader.messages), {
    held: 1,
    booked: 1,
    duplicate: 1,
    quarantined: 1,
    released: 1,
  })

  const card = { warehouse_id: warehouse(1), product_id: product(1) }
  const [first, second] = changesOf(reader.messages)
  const { recorded_at: _, ...held } = (first?.held[0] ?? {}) as Record<string, unknown>
  const timestamp = '2025-01-01T00:00:00.000Z'
  assert.deepEqual(held, { ...card, movement_id: movement(1), quantity: 5, timestamp })
  const lines = second?.bookings.map((line) => ({ ...line, recorded_at: null }))
  const own = { ...card, timestamp, recorded_at: null }
  assert.deepEqual(lines, [
    { ...own, movement_id: movement(1), event: 'departure', line: 2, change: -5, balance: 2, released: true },
    { ...own, movement_id: movement(2), event: 'arrival', line: 1, change: 7, balance: 7, released: false },
  ])
  assert.deepEqual(
    [second?.cards, second?.movements, second?.more],
    [[card], [movement(1), movement(2)], false],
  )
})

test('many batches become few messages, bounded, with exact counts', async (t) => {
  const { ledger, stream } = await start(t)
  const reader = await openStream(t, stream)
  await reader.until('the first message', isReady)
  const started = performance.now()
  for (let n = 0; n < 40; n += 1) await ledger.book(arrivals({ from: n * 30 + 1, count: 30 }))
  await reader.until('all that was booked', hasBooked(1200))
  const messages = changesOf(reader.messages)
  const mostMessages = Math.ceil((performance.now() - started) / limits.streamMessageIntervalMs) + 1
  assert(messages.length <= mostMessages && messages.length < 40, `${messages.length} messages`)
  assert(messages.every(({ bookings, cards }) => bookings.length <= 50 && cards.length <= 50))
  assert(messages.some(({ more }) => more))
  const last = messages.at(-1)?.bookings[0]
  assert.deepEqual([last?.movement_id, last?.line], [movement(1200), 1200])
})

test('a client that comes back misses nothing, and hears nothing twice, also at another process', async (t) => {
  const { ledger, stream } = await start(t)
  const elsewhere = await startApi(t, { limits, database: openTestDatabase(t, ledger.address) })
  await ledger.book(arrivals({ from: 1, count: 3 }), 0)
  const first = await openStream(t, stream)
  await first.until('the first message', isReady)
  await ledger.book(arrivals({ from: 4, count: 3 }), 1)
  await first.until('what is booked', hasBooked(3))
  first.leave()

  for (let n = 0; n < 150; n += 1) await ledger.book(arrivals({ from: 10 + n, count: 1 }), n % 3)
  const headers = { 'last-event-id': first.lastId() }
  const second = await openStream(t, `${elsewhere.url}/api/stream`, { headers })
  await second.until('what was missed', hasBooked(150))
  assert.deepEqual(second.messages[0]?.data, { resumed: true })
  assert.equal(second.messages[0]?.id, first.lastId())
  await ledger.book(arrivals({ from: 1000, count: 2 }))
  await second.until('what comes then', hasBooked(152))
  assert.equal(
    second.messages.some(({ event }) => event === 'reset'),
    false,
  )
})

test('who was away too long, or comes with an id of something else, is told to load everything again', async (t) => {
  const { ledger, stream } = await start(t)
  await ledger.book(arrivals({ from: 1, count: 1 }))
  const first = await openStream(t, stream)
  await first.until('the first message', isReady)
  first.leave()
  await ledger.database.query('update kafka_position set batches = batches + 600')
  await ledger.book(arrivals({ from: 2, count: 1 }))
  for (const id of [first.lastId(), 'v1_0.zz', 'v1_7.1', 'v1_0.1_0.1', 'nonsense', '']) {
    const back = await openStream(t, stream, { headers: { 'last-event-id': id } })
    await back.until(`a reset for ${id}`, (all) => all.some(({ event }) => event === 'reset'))
    assert.deepEqual(
      back.messages.map(({ event }) => event),
      ['reset'],
    )
    await ledger.book(arrivals({ from: 100 + (await nextMovement(ledger)), count: 1 }))
    await back.until('what comes then', hasBooked(1))
    back.leave()
  }
})

test('a database that was set back resets all who listen', async (t) => {
  const { ledger, stream } = await start(t)
  await ledger.book(arrivals({ from: 1, count: 1 }))
  await ledger.book(arrivals({ from: 2, count: 1 }))
  const reader = await openStream(t, stream)
  await reader.until('the first message', isReady)
  await ledger.database.query('update kafka_position set batches = 1')
  await reader.until('a reset', (all) => all.some(({ event }) => event === 'reset'))
})

test('filters and keys limited to warehouses let through only what is theirs', async (t) => {
  const scoped = testKey('north', 'read', [warehouse(1)])
  const free = testKey('all', 'read')
  const access = { keys: [scoped.key, free.key], requestsPerSecond: 0 }
  const { ledger, stream } = await start(t, { access })
  const open = async (query: string, { headers }: typeof scoped) => {
    const reader = await openStream(t, stream + query, { headers })
    await reader.until('the first message', isReady)
    return reader
  }
  const readers = {
    ofKey: await open('', scoped),
    ofKeyAndProduct: await open(`?product_id=${product(2)}`, scoped),
    ofWarehouse: await open(`?warehouse_id=${warehouse(2).toUpperCase()}`, free),
    ofProduct: await open(`?product_id=${product(2)}`, free),
    ofNothing: await open(`?product_id=${product(9)}`, free),
    ofAll: await open('', free),
  }
  await ledger.book([
    arrival({ movement: 1, warehouse: 1, product: 1, quantity: 1 }),
    arrival({ movement: 2, warehouse: 2, product: 2, quantity: 1 }),
    arrival({ movement: 3, warehouse: 1, product: 2, quantity: 1 }),
    departure({ movement: 4, warehouse: 2, product: 1, quantity: 9 }),
  ])
  await readers.ofAll.until('everything', hasBooked(3))
  const told = async (reader: (typeof readers)['ofAll'], booked: number) => {
    await reader.until('its part', hasBooked(booked))
    const [changes] = changesOf(reader.messages)
    return [...(changes?.bookings ?? []), ...(changes?.held ?? [])]
      .map(({ movement_id: id }) => id)
      .toSorted()
  }
  assert.deepEqual(await told(readers.ofKey, 2), [movement(1), movement(3)])
  assert.deepEqual(await told(readers.ofKeyAndProduct, 1), [movement(3)])
  assert.deepEqual(await told(readers.ofWarehouse, 1), [movement(2), movement(4)])
  assert.deepEqual(countsOf(readers.ofWarehouse.messages), { booked: 1, held: 1 })
  assert.deepEqual(await told(readers.ofProduct, 2), [movement(2), movement(3)])
  assert.deepEqual(changesOf(readers.ofNothing.messages), [])
  const ofScope = [readers.ofKey, readers.ofKeyAndProduct].map((reader) => reader.text()).join('')
  assert.equal(ofScope.includes(warehouse(2)), false)

  const outside = await ask(`${stream}?warehouse_id=${warehouse(2)}`, { headers: scoped.headers })
  assert.deepEqual([outside.status, (outside.body as { code: string }).code], [403, 'outside_scope'])
})

test('as many clients as may follow it are let in, the next is told to come again, and a place that is free is given', async (t) => {
  const api = await start(t, { limits: { ...limits, maxStreamClients: 2 } })
  const first = await openStream(t, api.stream)
  await openStream(t, api.stream)
  const { status, body, headers } = await api.get(routes.stream, '/api/stream')
  assert.deepEqual(
    [status, (body as { code: string }).code, headers.get('retry-after')],
    [503, 'stream_full', '2'],
  )
  first.leave()
  await waitFor('a free place', async () => (await ask(api.stream)).status === 200)
})

test('wrong filters are refused, and HEAD is not a way to follow it', async (t) => {
  const api = await start(t)
  for (const [query, code] of [
    ['?warehouse_id=x', 'malformed_id'],
    ['?product_id=x', 'malformed_id'],
    ['?cursor=x', 'unknown_query_parameter'],
  ]) {
    const { status, body } = await api.get(routes.stream, `/api/stream${query}`)
    assert.deepEqual([status, (body as { code: string }).code], [400, code])
  }
  assert.equal((await ask(api.stream, { method: 'HEAD' })).status, 405)
})

test('heartbeats keep the connection, and carry the place for who has nothing to hear', async (t) => {
  const { ledger, stream } = await start(t, {
    limits: { ...limits, streamHeartbeatMs: 50, connectionTimeoutMs: 300 },
  })
  const reader = await openStream(t, `${stream}?product_id=${product(9)}`)
  await reader.until('the first message', isReady)
  await ledger.book(arrivals({ from: 1, count: 1 }))
  await waitFor('a newer place', () => reader.lastId() === 'v1_0.1')
  const begun = performance.now()
  const beats = reader.text().split('\n:\n').length
  await waitFor('time enough to be cut', () => performance.now() - begun > 700)
  assert(reader.text().split('\n:\n').length >= beats + 5)
  assert.deepEqual(
    reader.messages.map(({ event }) => event),
    ['ready'],
  )
})

test('no time-out of an answer ends it, and it is observed once, when it begins', async (t) => {
  const api = await start(t, { limits: { ...limits, answerTimeoutMs: 100, requestTimeoutMs: 1000 } })
  const reader = await openStream(t, api.stream)
  const begun = performance.now()
  await waitFor('all time-outs', () => performance.now() - begun > 1500)
  await api.ledger.book(arrivals({ from: 1, count: 1 }))
  await reader.until('what is booked', hasBooked(1))
  await Promise.all([api.server.stop(), reader.ended])
  const observed = api.observed.filter(({ route }) => route === '/api/stream')
  assert.deepEqual(
    observed.map(({ method, status, seconds }) => [method, status, seconds < 1]),
    [['GET', 200, true]],
  )
})

test('the limit of requests counts it, and a page of an allowed origin may follow it', async (t) => {
  const api = await start(t, {
    access: { keys: null, requestsPerSecond: 2 },
    corsOrigins: ['https://dashboard.example'],
  })
  const headers = { origin: 'https://dashboard.example' }
  const reader = await openStream(t, api.stream, { headers })
  assert.equal(reader.response.headers.get('access-control-allow-origin'), 'https://dashboard.example')
  const statuses = await Promise.all([1, 2, 3, 4].map(async () => (await ask(api.stream)).status))
  assert(statuses.includes(429), String(statuses))
})

test('a stop ends it at once', async (t) => {
  const { server, stream } = await start(t)
  const readers = await Promise.all([openStream(t, stream), openStream(t, stream)])
  await Promise.all(readers.map((reader) => reader.until('the first message', isReady)))
  const begun = performance.now()
  await Promise.all([server.stop(), ...readers.map(({ ended }) => ended)])
  assert(performance.now() - begun < 1000)
})

test('while PostgreSQL does not answer a client waits, and is told what came when it does again', async (t) => {
  const { ledger, stream } = await start(t, {}, impatientMs)
  const reader = await openStream(t, stream)
  await reader.until('the first message', isReady)
  await ledger.database.transaction(async (session) => {
    await session.query('lock table kafka_position in access exclusive mode')
    const begun = performance.now()
    await waitFor('a read that fails', () => performance.now() - begun > 1.5 * impatientMs)
  })
  await ledger.book(arrivals({ from: 1, count: 1 }))
  await reader.until('what was booked', hasBooked(1))
})

/** Of one piece each, all on one card. */
function arrivals({ from, count }: { from: number; count: number }): MovementEvent[] {
  return Array.from({ length: count }, (_, n) => arrival({ movement: from + n, quantity: 1 }))
}

async function nextMovement({ database }: TestLedger): Promise<number> {
  const [row] = await database.query<{ count: number }>('select count(*) from movement_leg')
  return row?.count ?? 0
}

test('a stop does not wait for who has left', async (t) => {
  const { server, stream } = await start(t)
  const reader = await openStream(t, stream)
  await reader.until('the first message', isReady)
  reader.leave()
  const begun = performance.now()
  await server.stop()
  assert(performance.now() - begun < 1000)
})
