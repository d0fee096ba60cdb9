import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, createServer, type AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { suite, test } from 'node:test'
import type { Session } from '../../src/store/database.ts'
import { classifyError } from '../../src/api/classify-error.ts'
import { defaultLimits } from '../../src/api/limits.ts'
import { problems } from '../../src/api/problems.ts'
import { samples } from '../../src/api/samples.ts'
import { Fault, type FaultKind } from '../../src/fault.ts'
import { kafkaFault } from '../../src/kafka/kafka-fault.ts'
import { ask, impatientMs, openFreshDatabase, openTestDatabase, routes, startApi } from '../support/http.ts'
import { waitFor } from '../support/wait.ts'
import { north, tea } from './ledger-rows.ts'

const cardPath = `/api/warehouses/${north}/products/${tea}`
const movementPath = `/api/movements/${samples.movementId}`
const nowhere = { user: 'nobody', password: 'none', database: 'none', host: '127.0.0.1' }

test('an id that is no UUID is refused, whatever it is', async (t) => {
  const api = await startApi(t)
  const ids = [
    '1',
    '%20',
    `${tea}0`,
    `{${tea}}`,
    `urn:uuid:${tea}`,
    tea.replaceAll('-', ''),
    'a'.repeat(2000),
    '%00',
    '☃',
  ]
  for (const id of ids) {
    const { status, body } = await api.get(routes.movement, `/api/movements/${id}`)
    assert.deepEqual([id, status, codeOf(body)], [id, 400, 'malformed_id'])
  }
  for (const path of [`/api/warehouses/x/products/${tea}`, `/api/warehouses/${north}/products/x`]) {
    const { status, body } = await api.get(routes.card, path)
    assert.deepEqual([path, status, codeOf(body)], [path, 400, 'malformed_id'])
  }
})

test('each problem has a page at its type, which says what it means and what to do; nothing else does', async (t) => {
  const { url } = await startApi(t)
  const list = await (await fetch(`${url}/problems`)).text()
  for (const [code, { title, remedy }] of Object.entries(problems)) {
    assert.ok(list.includes(`<a href="problems/${code}">`), code)
    const answer = await fetch(`${url}/problems/${code}`)
    assert.equal(answer.status, 200, code)
    assert.equal(answer.headers.get('content-type'), 'text/html; charset=utf-8')
    assert.match(
      answer.headers.get('content-security-policy') ?? '',
      /^default-src 'none'; script-src 'self';/,
    )
    const page = unescaped(await answer.text())
    for (const part of [code, title, remedy, `"type": "/problems/${code}"`])
      assert.ok(page.includes(part), `${code}: ${part}`)
  }
  for (const code of ['nothing', '__proto__', 'constructor', '%3Cscript%3E']) {
    const answer = await ask(`${url}/problems/${code}`)
    assert.deepEqual([answer.status, codeOf(answer.body)], [404, 'route_unknown'], code)
  }
})

function unescaped(html: string): string {
  return html
    .replaceAll('&quot;', '"')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
}

test('a query parameter that the route does not know is refused by name', async (t) => {
  const api = await startApi(t)
  const asked = [
    [routes.movement, `${movementPath}?limit=1`, 'limit'],
    [routes.card, `${cardPath}?Limit=1`, 'Limit'],
    [routes.card, `${cardPath}?__proto__=1`, '__proto__'],
  ] as const
  for (const [route, path, name] of asked) {
    const { status, body } = await api.get(route, path)
    assert.equal(status, 400)
    assert.deepEqual(body, {
      type: '/problems/unknown_query_parameter',
      title: 'The route has no such query parameter',
      status: 400,
      detail: `The route has no query parameter "${name}".`,
      instance: path.split('?')[0],
      code: 'unknown_query_parameter',
    })
  }
})

test('a whole number of an address is written in digits, and in no more of them than 2^53 has', async (t) => {
  const api = await startApi(t)
  const cases = [
    [routes.movements, '/api/movements?limit=', 'limit_out_of_range'],
    [routes.transit, '/api/transit?older_than=', 'malformed_filter'],
    [routes.quarantined, '/api/quarantine/', 'malformed_quarantine_id'],
  ] as const
  for (const [route, before, expected] of cases) {
    for (const number of ['0x10', '1e1', '1.0', '+1', '%201', '1%00', '9'.repeat(400)]) {
      const { status, body } = await api.get(route, before + number)
      assert.deepEqual([before + number, status, codeOf(body)], [before + number, 400, expected])
    }
  }
})

test('a body that is no UTF-8 is no JSON, and one of another media type is not read', async (t) => {
  const api = await startApi(t)
  const cases = [
    ['application/json', Buffer.from('{"cards":["\xff"]}', 'latin1'), 400, 'malformed_body'],
    ['application/json; charset=utf-8', Buffer.from('{'), 400, 'malformed_body'],
    ['text/plain', Buffer.from('{}'), 415, 'unsupported_media_type'],
  ] as const
  for (const [type, body, status, code] of cases) {
    const answer = await api.send('/api/cards/query', { headers: { 'content-type': type }, body })
    assert.deepEqual([type, answer.status, codeOf(answer.body)], [type, status, code])
  }
})

test('an address that cannot be decoded is refused, and observed', async (t) => {
  const api = await startApi(t)
  const { status, body } = await api.get(routes.movement, '/api/movements/%zz')
  assert.deepEqual([status, codeOf(body)], [400, 'malformed_url'])
  const { method, route } = api.observed.at(-1) ?? {}
  assert.deepEqual([method, route, api.observed.at(-1)?.status], ['GET', 'unmatched', 400])
})

test('an unknown address is 404, before its body is read', async (t) => {
  const { url } = await startApi(t)
  for (const init of [{}, { method: 'POST', body: '<a/>', headers: { 'content-type': 'application/xml' } }]) {
    const { status, headers, body } = await ask(`${url}/api/movement?x=1`, init)
    assert.deepEqual([status, headers.get('content-type')], [404, 'application/problem+json; charset=utf-8'])
    assert.deepEqual(body, {
      type: '/problems/route_unknown',
      title: 'There is nothing at this address',
      status: 404,
      detail: 'There is nothing at this address.',
      instance: '/api/movement',
      code: 'route_unknown',
    })
  }
})

test('a known address refuses other methods, names its own, and reads no body', async (t) => {
  const { url } = await startApi(t)
  for (const path of [movementPath, cardPath, '/health/live', '/health/ready', '/openapi.json', '/docs/']) {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
      const body = method === 'POST' ? { body: '{', headers: { 'content-type': 'application/json' } } : {}
      const answer = await ask(url + path, { method, ...body })
      assert.deepEqual(
        [path, method, answer.status, answer.headers.get('allow'), codeOf(answer.body)],
        [path, method, 405, 'GET, HEAD', 'method_not_allowed'],
      )
    }
  }
})

test('a head that is too large, no HTTP, or never complete is refused in the same form', async (t) => {
  const limits = { ...defaultLimits, requestTimeoutMs: 500 }
  const { url } = await startApi(t, { limits })
  const port = Number(new URL(url).port)
  const cases = [
    [`GET /health/live HTTP/1.1\r\nhost: a\r\nx: ${'a'.repeat(20_000)}\r\n\r\n`, 'headers_too_large'],
    ['HELO\r\n\r\n', 'malformed_request'],
    ['GET /health/live HTTP/1.1\r\nhost: a\r\n', 'request_timed_out'],
  ] as const
  for (const [sent, code] of cases) {
    const socket = connect(port, '127.0.0.1')
    socket.write(sent)
    const [head = '', body = ''] = (await text(socket)).split('\r\n\r\n')
    assert.match(head, new RegExp(`^HTTP/1.1 ${problems[code].status} `))
    assert.match(head, /content-type: application\/problem\+json/)
    assert.deepEqual(JSON.parse(body), {
      type: `/problems/${code}`,
      title: problems[code].title,
      status: problems[code].status,
      detail: `${problems[code].title}.`,
      instance: '',
      code,
    })
  }
})

suite('while the database is away, both reads answer 503 within three seconds', () => {
  test('nobody listens', async (t) => {
    const port = await portOfNobody()
    await assertUnavailable(
      await startApi(t, { database: openTestDatabase(t, { ...nowhere, port }, impatientMs) }),
    )
  })

  test('somebody listens and says nothing', async (t) => {
    const silent = createServer(() => {}).listen(0, '127.0.0.1')
    await once(silent, 'listening')
    t.after(() => silent.close())
    const { port } = silent.address() as AddressInfo
    await assertUnavailable(
      await startApi(t, { database: openTestDatabase(t, { ...nowhere, port }, impatientMs) }),
    )
  })

  test('statements hang', async (t) => {
    const api = await startApi(t, { database: await openFreshDatabase(t, impatientMs) })
    await api.database.transaction(async (session) => {
      await lockTables(session)
      await assertUnavailable(api)
    })
    const { status } = await api.get(routes.movement, movementPath)
    assert.equal(status, 404)
  })

  async function assertUnavailable(api: Awaited<ReturnType<typeof startApi>>): Promise<void> {
    const started = performance.now()
    const answers = await Promise.all([
      api.get(routes.movement, movementPath),
      api.get(routes.card, cardPath),
    ])
    assert(performance.now() - started < 3000)
    for (const { status, headers, body } of answers) {
      assert.deepEqual([status, headers.get('retry-after'), codeOf(body)], [503, '2', 'database_unavailable'])
    }
    assert.equal(api.logged.length, 2)
  }
})

test('an answer that takes too long is given up, and what still comes of it harms nothing', async (t) => {
  const api = await startApi(t, { limits: { ...defaultLimits, answerTimeoutMs: 200 } })
  await api.database.transaction(async (session) => {
    await lockTables(session)
    for (const [route, path] of [
      [routes.movement, movementPath],
      [routes.card, cardPath],
    ] as const) {
      const { status, headers, body } = await api.get(route, path)
      assert.deepEqual([status, headers.get('retry-after'), codeOf(body)], [503, '2', 'answer_timed_out'])
    }
  })
  await waitFor(
    'an answer in time',
    async () => (await api.get(routes.movement, movementPath)).status === 404,
  )
})

test('an error of ours is 500, says nothing of what is inside, and is logged', async (t) => {
  const api = await startApi(t)
  await api.database.query(`insert into card_line values ($1, $2, 1, $2, 1, 1, 1, now(), now())`, [
    north,
    tea,
  ])
  const { status, body } = await api.get(routes.card, cardPath)
  assert.equal(status, 500)
  assert.deepEqual(body, {
    type: '/problems/internal_error',
    title: 'Something went wrong here',
    status: 500,
    detail: 'Something went wrong here.',
    instance: cardPath,
    code: 'internal_error',
  })
  assert.match(api.logged.join(''), /line 1 of a card has no leg/)
})

test('every error has its problem', () => {
  const fault = (part: 'postgres' | 'kafka', kind: FaultKind) =>
    new Fault({ part, kind, code: 'some_code', message: 'A secret.' })
  const coded = (code: string, statusCode: number) =>
    Object.assign(new Error('A secret.'), { code, statusCode })
  const cases = [
    [fault('postgres', 'outage'), 'database_unavailable'],
    [fault('postgres', 'conflict'), 'database_unavailable'],
    [fault('postgres', 'refused'), 'internal_error'],
    [fault('postgres', 'halt'), 'internal_error'],
    [fault('kafka', 'outage'), 'broker_unavailable'],
    [fault('kafka', 'refused'), 'internal_error'],
    [kafkaFault('topic_recreated'), 'topic_recreated'],
    [coded('FST_ERR_CTP_BODY_TOO_LARGE', 413), 'body_too_large'],
    [coded('FST_ERR_CTP_INVALID_MEDIA_TYPE', 415), 'unsupported_media_type'],
    [coded('FST_ERR_CTP_INVALID_JSON_BODY', 400), 'malformed_body'],
    [coded('FST_ERR_CTP_EMPTY_JSON_BODY', 400), 'malformed_body'],
    [coded('FST_ERR_MAX_PARAM_LENGTH', 414), 'malformed_url'],
    [coded('FST_ERR_HANDLER_TIMEOUT', 503), 'answer_timed_out'],
    [coded('ERR_SOMETHING', 500), 'internal_error'],
    [new TypeError('A secret.'), 'internal_error'],
    ['A secret.', 'internal_error'],
  ] as const
  for (const [error, code] of cases) assert.deepEqual(classifyError(error), { code })
})

async function portOfNobody(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

function codeOf(body: unknown): unknown {
  return (body as { code: unknown }).code
}

/** Until the end of the transaction, however long its session says nothing meanwhile. */
async function lockTables(session: Session): Promise<void> {
  await session.query('set local idle_in_transaction_session_timeout = 0')
  await session.query('lock table movement_leg, card_line in access exclusive mode')
}
