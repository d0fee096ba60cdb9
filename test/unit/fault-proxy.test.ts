/** What other tests take for granted when they make a line slow, silent, closed or cut. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { suite, test, type TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { faultProxy, type FaultProxy } from '../support/fault-proxy.ts'
import { waitFor } from '../support/wait.ts'

const host = '127.0.0.1'
/** Long enough for loopback by far; what has not come by then was held back. */
const longMs = 150

suite('the fault proxy', () => {
  test('passes bytes later by the delay, in each direction', async (t) => {
    const proxy = await faultProxy(t, await echoServer(t))
    const client = await open(t, proxy)
    proxy.delay(longMs)
    const sentAt = performance.now()
    client.socket.write('there and back')
    await waitFor('the echo', () => client.received() === 'there and back')
    const tookMs = performance.now() - sentAt
    // A timer may be early by a millisecond.
    assert(tookMs >= 2 * longMs - 2, `${tookMs} ms`)
  })

  test('keeps the order of bytes when the delay becomes shorter', async (t) => {
    const proxy = await faultProxy(t, await echoServer(t))
    const client = await open(t, proxy)
    let sent = ''
    for (let n = 0; n < 50; n += 1) {
      proxy.delay(50 - n)
      sent += `${n},`
      client.socket.write(`${n},`)
      await sleep(1)
    }
    await waitFor('all of it', () => client.received().length === sent.length)
    assert.equal(client.received(), sent)
  })

  test('when silent takes connections and bytes, and lets them through afterwards', async (t) => {
    const proxy = await faultProxy(t, await echoServer(t))
    const before = await open(t, proxy)
    proxy.silence(true)
    const during = await open(t, proxy)
    for (const { socket } of [before, during]) socket.write('one,')
    await sleep(longMs)
    for (const { socket } of [before, during]) socket.write('two')
    assert.deepEqual([before.received(), during.received()], ['', ''])
    proxy.silence(false)
    for (const client of [before, during]) await waitFor('the echo', () => client.received() === 'one,two')
  })

  test('when closed refuses new connections and keeps the old, and is back on its port', async (t) => {
    const proxy = await faultProxy(t, await echoServer(t))
    const old = await open(t, proxy)
    await proxy.refuse(true)
    await assert.rejects(open(t, proxy), { code: 'ECONNREFUSED' })
    old.socket.write('still here')
    await waitFor('the echo', () => old.received() === 'still here')
    await proxy.refuse(false)
    const fresh = await open(t, proxy)
    fresh.socket.write('hello')
    await waitFor('the echo', () => fresh.received() === 'hello')
  })

  test('when cut ends all connections on both sides, and takes new ones', async (t) => {
    const server = await echoServer(t)
    const proxy = await faultProxy(t, server)
    const clients = [await open(t, proxy), await open(t, proxy)]
    await waitFor('both at the server', () => server.connections() === 2)
    proxy.cut()
    await waitFor('the end of both', () => clients.every(({ socket }) => socket.closed))
    await waitFor('none at the server', () => server.connections() === 0)
    const fresh = await open(t, proxy)
    fresh.socket.write('hello')
    await waitFor('the echo', () => fresh.received() === 'hello')
  })

  test('is silent in one direction alone, if so told', async (t) => {
    const server = await serverOf(t, (socket) => void socket.on('data', () => socket.write('heard,')))
    const proxy = await faultProxy(t, server)
    const client = await open(t, proxy)
    proxy.silence(true, 'toClient')
    client.socket.write('one')
    await sleep(longMs)
    assert.equal(client.received(), '')
    proxy.silence(true, 'toServer')
    proxy.silence(false, 'toClient')
    await waitFor('the answer that waited', () => client.received() === 'heard,')
    client.socket.write('two')
    await sleep(longMs)
    assert.equal(client.received(), 'heard,')
    proxy.silence(false)
    await waitFor('the second answer', () => client.received() === 'heard,heard,')
  })

  test('lets through no more than its limit', async (t) => {
    const proxy = await faultProxy(t, await echoServer(t))
    const client = await open(t, proxy)
    proxy.limit(10_000, 'toServer')
    const sentAt = performance.now()
    for (let n = 0; n < 4; n += 1) {
      client.socket.write('x'.repeat(500))
      await sleep(5)
    }
    await waitFor('all of it', () => client.received().length === 2000)
    const tookMs = performance.now() - sentAt
    assert(tookMs >= 198, `${tookMs} ms`)
  })

  test('resets all connections, so that both sides see an error', async (t) => {
    const errors: unknown[] = []
    const server = await serverOf(t, (socket) => socket.on('error', (error) => errors.push(error)))
    const proxy = await faultProxy(t, server)
    const client = await open(t, proxy)
    client.socket.on('error', (error) => errors.push(error))
    await waitFor('the server', () => server.connections() === 1)
    proxy.reset()
    await waitFor('the end', () => client.socket.closed && server.connections() === 0)
    assert.deepEqual(
      errors.map((error) => (error as { code: string }).code),
      ['ECONNRESET', 'ECONNRESET'],
    )
    assert.equal(proxy.connections, 0)
  })

  test('ends one direction, and the other goes on', async (t) => {
    let heardEnd = false
    const server = await serverOf(t, (socket) => {
      socket.allowHalfOpen = true
      socket.on('end', () => {
        heardEnd = true
        setTimeout(() => socket.end('last words'), 20)
      })
      socket.resume()
    })
    const proxy = await faultProxy(t, server)
    const client = await open(t, proxy)
    await waitFor('the server', () => server.connections() === 1)
    proxy.halfClose('toServer')
    await waitFor('the last words', () => client.received() === 'last words')
    assert(heardEnd)
  })

  test('shows all bytes, and resets the connection on whose bytes it is told to', async (t) => {
    const proxy = await faultProxy(t, await echoServer(t))
    const [good, bad] = [await open(t, proxy), await open(t, proxy)]
    proxy.watch((bytes) => (bytes.includes('commit') ? 'reset' : 'pass'))
    bad.socket.write('commit')
    good.socket.write('select')
    await waitFor('the end of one', () => bad.socket.closed)
    await waitFor('the echo of the other', () => good.received() === 'select')
    proxy.watch(null)
    good.socket.write(' commit')
    await waitFor('the echo', () => good.received() === 'select commit')
  })

  test('delivers what a server said before it closed, however slowly', async (t) => {
    const proxy = await faultProxy(t, await serverOf(t, (socket) => socket.end('goodbye')))
    proxy.delay(longMs)
    const client = await open(t, proxy)
    await waitFor('the end', () => client.socket.closed)
    assert.equal(client.received(), 'goodbye')
  })

  test('ends the connection when its server is not there', async (t) => {
    const server = await echoServer(t)
    server.close()
    const client = await open(t, await faultProxy(t, server))
    await waitFor('the end', () => client.socket.closed)
  })
})

interface TestServer {
  readonly host: string
  readonly port: number
  connections(): number
  close(): void
}

function echoServer(t: TestContext): Promise<TestServer> {
  return serverOf(t, (socket) => void socket.pipe(socket))
}

async function serverOf(t: TestContext, serve: (socket: Socket) => void): Promise<TestServer> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => sockets.delete(socket))
    serve(socket)
  })
  server.listen(0, host)
  await once(server, 'listening')
  const close = (): void => {
    for (const socket of sockets) socket.destroy()
    server.close()
  }
  t.after(close)
  const address = server.address()
  assert(address !== null && typeof address === 'object')
  return { host, port: address.port, connections: () => sockets.size, close }
}

interface TestClient {
  readonly socket: Socket
  received(): string
}

async function open(t: TestContext, { port }: FaultProxy): Promise<TestClient> {
  const socket = connect({ host, port })
  t.after(() => socket.destroy())
  let received = ''
  socket.on('data', (bytes) => (received += bytes.toString()))
  await once(socket, 'connect')
  socket.on('error', () => undefined)
  return { socket, received: () => received }
}
