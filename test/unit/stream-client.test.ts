import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import { test, type TestContext } from 'node:test'
import { StreamClient } from '../../src/api/stream-client.ts'
import { decodePlace, encodePlace } from '../../src/api/stream-place.ts'
import { noCounts, type BatchChanges, type BookedLine } from '../../src/booking/changes.ts'
import { at, movement, product, warehouse } from '../support/events.ts'
import { waitFor } from '../support/wait.ts'

test('a client that does not read costs a bounded memory, and is told all counts once it reads', async (t) => {
  const { response, socket, client } = await startClient(t, { heartbeatMs: 60_000 })
  client.joined(new Map(), { isResumed: false })
  let told = 0
  let most = 0
  for (; told < 1000 || response.writableLength === 0; told += 1) {
    client.changed(batchOf(told), new Map([[0, told]]))
    await turn()
    most = Math.max(most, response.writableLength)
    assert(told < 20_000, 'it never falls behind')
  }
  // What the kernel takes is not ours; beyond that, one message.
  for (const end = told + 3000; told < end; told += 1) {
    client.changed(batchOf(told), new Map([[0, told]]))
    await turn()
    most = Math.max(most, response.writableLength)
  }
  assert(most < 100_000, `${most} bytes wait to be written`)

  let received = ''
  socket.on('data', (chunk) => (received += String(chunk)))
  const booked = (): number =>
    [...received.matchAll(/"booked":(\d+)/g)].reduce((sum, [, n]) => sum + Number(n), 0)
  await waitFor('all counts', () => booked() === told)
  assert.match(received, new RegExp(`id: ${encodePlace(new Map([[0, told - 1]]))}\n`))
})

test('a client that takes nothing between two heartbeats is cut, one that is slow is not', async (t) => {
  const { response, socket, client, closed } = await startClient(t, { heartbeatMs: 1000, isMocked: true })
  client.joined(new Map(), { isResumed: false })
  let told = 0
  const fallBehind = async (): Promise<void> => {
    for (; !response.writableNeedDrain; told += 1) {
      client.changed(batchOf(told), new Map([[0, told]]))
      await turn()
      assert(told < 200_000, 'it never falls behind')
    }
  }
  await fallBehind()
  t.mock.timers.tick(1000)
  assert.equal(response.destroyed, false)
  socket.resume()
  await waitFor('all that it had not taken', () => !response.writableNeedDrain)
  socket.pause()
  await fallBehind()
  t.mock.timers.tick(1000)
  assert.equal(response.destroyed, false)
  t.mock.timers.tick(1000)
  assert.equal(response.destroyed, true)
  await closed
})

test('a client that reads is not cut, however often heartbeats come', async (t) => {
  const { response, socket, client } = await startClient(t, { heartbeatMs: 5 })
  let beats = 0
  socket.on('data', (chunk) => (beats += String(chunk).split('\n:\n').length - 1))
  client.joined(new Map([[0, 1]]), { isResumed: false })
  await waitFor('heartbeats', () => beats > 20)
  assert.equal(response.destroyed, false)
})

test('what came before a reset is not told after it', async (t) => {
  const { socket, client } = await startClient(t, { heartbeatMs: 60_000 })
  let received = ''
  socket.on('data', (chunk) => (received += String(chunk)))
  client.joined(new Map(), { isResumed: false })
  client.changed(batchOf(1), new Map([[0, 1]]))
  client.reset(new Map([[0, 9]]))
  await waitFor('the reset', () => received.includes('event: reset\nid: v1_0.9\ndata: {}\n\n'))
  client.changed(batchOf(2), new Map([[0, 10]]))
  await waitFor('what comes then', () => received.includes('id: v1_0.a\n'))
  assert.equal(received.match(/event: changes/g)?.length, 1)
})

test('a place is the same after it was written and read, and nothing else is one', () => {
  for (const place of [
    new Map(),
    new Map([[0, 0]]),
    new Map([
      [0, 1],
      [11, 123_456_789_012],
      [5000, 7],
    ]),
  ])
    assert.deepEqual(decodePlace(encodePlace(place)), place)
  for (const text of [
    '',
    'v2',
    'v1_',
    'v1_0',
    'v1_0.',
    'v1_-1.2',
    'v1_0.1 ',
    'v1_0.1_0.2',
    'v1_0.zzzzzzzzzzz',
  ])
    assert.equal(decodePlace(text), null, text)
})

/** A client over a real connection that reads nothing until somebody listens to its socket. */
async function startClient(
  t: TestContext,
  { heartbeatMs, isMocked = false }: { heartbeatMs: number; isMocked?: boolean },
): Promise<{ response: ServerResponse; socket: Socket; client: StreamClient; closed: Promise<void> }> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
  socket.on('error', () => undefined)
  t.after(() => {
    socket.destroy()
    server.close()
  })
  socket.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n')
  const [, response] = (await once(server, 'request')) as [unknown, ServerResponse]
  // Not earlier: the server has intervals of its own.
  if (isMocked) t.mock.timers.enable({ apis: ['setInterval'] })
  const closed = Promise.withResolvers<void>()
  const client = new StreamClient({
    response,
    headers: {},
    heartbeatMs,
    retryMs: 1000,
    messageIntervalMs: 0,
    filter: { warehouses: null, productId: null },
    since: null,
    onClosed: () => closed.resolve(),
  })
  return { response, socket, client, closed: closed.promise }
}

/** One event is booked; fifty lines are told, so that the message is as large as one can be. */
function batchOf(number: number): BatchChanges {
  const key = { warehouseId: warehouse(1), productId: product(1) }
  const times = { occurredAt: at(0), recordedAt: at(number) }
  const line: BookedLine = {
    ...key,
    ...times,
    movementId: movement(number),
    kind: 'arrival',
    line: number + 1,
    change: 1,
    balance: number + 1,
    isReleased: false,
  }
  const counts = { ...noCounts, booked: 1 }
  return {
    counts,
    warehouses: [{ warehouseId: key.warehouseId, counts }],
    cards: [{ ...key, counts }],
    lines: Array.from({ length: 50 }, () => line),
    held: [],
    isCut: { warehouses: false, cards: false, lines: false },
  }
}
