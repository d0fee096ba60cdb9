import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import type { Health } from '../../src/api/dependencies.ts'
import { AnswerDeadlines } from '../../src/api/answer-deadlines.ts'
import { defaultLimits } from '../../src/api/limits.ts'
import { samples } from '../../src/api/samples.ts'
import type { Queryable } from '../../src/store/database.ts'
import { ask, healthy, routes, startApi } from '../support/http.ts'
import { sendBody } from '../support/rude-clients.ts'
import { waitFor } from '../support/wait.ts'

const movementPath = `/api/movements/${samples.movementId}`

test('liveness is always 200', async (t) => {
  const api = await startApi(t)
  const { status, body } = await api.get(routes.live, '/health/live')
  assert.deepEqual([status, body], [200, { status: 'alive' }])
})

test('readiness is 200 while all is well and 503 while not, and names each dependency with its state', async (t) => {
  let health: Health = healthy
  const api = await startApi(t, { health: () => health })
  const well = await api.get(routes.ready, '/health/ready')
  assert.deepEqual([well.status, well.body], [200, healthy])

  const failing = { state: 'failing', detail: 'The broker does not answer.' } as const
  const starting = { state: 'starting', detail: null } as const
  const { postgres } = healthy.dependencies
  health = { status: 'not_ready', dependencies: { postgres, kafka: failing, intake: starting } }
  const ill = await api.get(routes.ready, '/health/ready')
  assert.deepEqual([ill.status, ill.body], [503, health])
})

test('requests are wanted from its start on until its stop, and no sooner or later', async (t) => {
  let status: 'starting' | 'serving' | 'stopping' = 'starting'
  const api = await startApi(t, { serving: () => status })
  for (const [now, code] of [
    ['starting', 503],
    ['serving', 200],
    ['stopping', 503],
  ] as const) {
    status = now
    const answer = await api.get(routes.serving, '/health/serving')
    assert.deepEqual([answer.status, answer.body], [code, { status }])
  }
})

test('every request is observed by the pattern of its route, never by its address', async (t) => {
  const api = await startApi(t)
  api.observed.length = 0
  await ask(api.url + movementPath)
  await ask(api.url + movementPath, { method: 'HEAD' })
  await ask(api.url + movementPath, { method: 'DELETE' })
  await ask(`${api.url}/${samples.movementId}`)
  await ask(`${api.url}/health/live`)
  assert.deepEqual(
    api.observed.map(({ method, route, status }) => [method, route, status]),
    [
      ['GET', '/api/movements/:movement_id', 404],
      ['HEAD', '/api/movements/:movement_id', 404],
      ['DELETE', '/api/movements/:movement_id', 405],
      ['GET', 'unmatched', 404],
      ['GET', '/health/live', 200],
    ],
  )
  assert(api.observed.every(({ seconds }) => seconds > 0 && seconds < 10))
})

test('every answer is marked as data: not stored unasked, not sniffed, not framed', async (t) => {
  const { url } = await startApi(t)
  for (const path of [movementPath, '/nowhere', '/%zz', '/health/live', '/openapi.json']) {
    const { headers } = await ask(url + path)
    const expected = {
      'cache-control': 'no-cache',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    }
    const sent = Object.keys(expected).map((name) => [name, headers.get(name)])
    assert.deepEqual(Object.fromEntries(sent), expected)
  }
})

test('while the service is about to stop, each answer closes its connection', async (t) => {
  let isStopping = false
  const api = await startApi(t, { isStopping: () => isStopping })
  assert.equal((await ask(`${api.url}/health/live`)).headers.get('connection'), 'keep-alive')
  isStopping = true
  for (const path of ['/health/live', movementPath, '/nowhere'])
    assert.equal((await ask(api.url + path)).headers.get('connection'), 'close')
})

test('a client that is slow to send its request is told so, not that the service was', async (t) => {
  const limits = { ...defaultLimits, answerTimeoutMs: 50, requestTimeoutMs: 1500 }
  const api = await startApi(t, { limits })
  const socket = connect(Number(new URL(api.url).port), '127.0.0.1')
  const received = text(socket)
  const head = ['POST /api/cards/query HTTP/1.1', 'host: a', 'content-type: application/json']
  socket.write([...head, 'content-length: 100', '', '{'].join('\r\n'))
  assert.match(await received, /^HTTP\/1.1 408 .*"code":"request_timed_out"/s)
  assert.deepEqual(api.logged, [])
})

test('a client that sends a body too large reads the answer, though it was still sending', async (t) => {
  const { url } = await startApi(t)
  const port = Number(new URL(url).port)
  for (const tellsLength of [true, false]) {
    const sending = Array.from({ length: 10 }, () =>
      sendBody(port, { path: '/api/cards/query', bytes: 10_000_000, tellsLength }),
    )
    assert.deepEqual(new Set(await Promise.all(sending)), new Set([413]))
  }
})

test('a stop finishes the running request, and then waits for nothing', async (t) => {
  const answers = new AnswerDeadlines()
  const api = await startApi(t, { answers })
  const running = await api.database.transaction(async (session) => {
    await session.query('lock table movement_leg in access exclusive mode')
    const answer = ask(api.url + movementPath)
    await untilSomeoneWaits(api.database)
    assert(answers.oldestMs() > 0)
    return { answer, stopped: api.server.stop() }
  })
  const answer = await running.answer
  assert.deepEqual([answer.status, answer.headers.get('connection')], [404, 'close'])
  const answered = performance.now()
  await waitFor('nobody to wait any more', () => answers.oldestMs() === 0)
  await running.stopped
  assert(performance.now() - answered < 5000)
  await assert.rejects(ask(`${api.url}/health/live`))
})

test('a stop does not wait for what does not end', { timeout: 10_000 }, async (t) => {
  const api = await startApi(t, { limits: { ...defaultLimits, stopTimeoutMs: 200 } })
  const socket = connect(Number(new URL(api.url).port), '127.0.0.1')
  socket.on('error', () => {})
  await once(socket, 'connect')
  socket.write('GET /health/live HTTP/1.1\r\nhost: a\r\n')
  const started = performance.now()
  await api.server.stop()
  assert(performance.now() - started < 2000)
})

test('a stop closes idle connections at once', async (t) => {
  const api = await startApi(t)
  const socket = connect(Number(new URL(api.url).port), '127.0.0.1')
  const received = text(socket)
  socket.write('GET /health/live HTTP/1.1\r\nhost: a\r\n\r\n')
  await once(socket, 'readable')
  await api.server.stop()
  assert.match(await received, /alive/)
})

test('a start on a taken port fails and says so', async (t) => {
  const { url } = await startApi(t)
  await assert.rejects(startApi(t, { port: Number(new URL(url).port) }), { code: 'EADDRINUSE' })
})

/** Until a session of this database waits for a lock. */
async function untilSomeoneWaits(database: Queryable): Promise<void> {
  // Not in the session that locks: PostgreSQL shows a transaction the same activity all along.
  const sql = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
  await waitFor('a statement that waits', async () => (await database.query(sql)).length > 0)
}
