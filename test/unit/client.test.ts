import assert from 'node:assert/strict'
import test from 'node:test'
import {
  BincardProblem,
  createClient,
  items,
  pages,
  UnexpectedAnswer,
  type Fetch,
} from '../../src/client/client.ts'
import { problemBody } from '../../src/api/problems.ts'
import { samples } from '../../src/api/samples.ts'

const { movementId, receiverId, productId } = samples

test('arguments go where the description has them: into the path, the query, the body', async () => {
  const { fetch, sent } = answering(Response.json({}))
  const client = createClient({ baseUrl: 'http://bincard/stock/', apiKey: 'secret', fetch })
  const card = { warehouse_id: receiverId, product_id: productId }
  await client.getCard({ ...card, limit: 2, after: '0:17', cursor: undefined })
  await client.getMovement({ movement_id: 'a/b?c' })
  await client.queryCards({ body: { cards: [card] } })
  await client.postEvents({ body: [], mediaType: 'application/cloudevents-batch+json', dry_run: true })
  await client.listHeld()
  assert.deepEqual(sent, [
    {
      call: `GET http://bincard/stock/api/warehouses/${receiverId}/products/${productId}?limit=2&after=0%3A17`,
      key: 'Bearer secret',
    },
    { call: 'GET http://bincard/stock/api/movements/a%2Fb%3Fc', key: 'Bearer secret' },
    {
      call: 'POST http://bincard/stock/api/cards/query',
      key: 'Bearer secret',
      type: 'application/json',
      body: { cards: [card] },
    },
    {
      call: 'POST http://bincard/stock/api/events?dry_run=true',
      key: 'Bearer secret',
      type: 'application/cloudevents-batch+json',
      body: [],
    },
    { call: 'GET http://bincard/stock/api/held', key: 'Bearer secret' },
  ])
})

test('a problem is thrown with its code, its status and the time after which to try again', async () => {
  const problem = problemBody({ code: 'database_unavailable' }, '/api/held')
  const headers = { 'content-type': 'application/problem+json; charset=utf-8', 'retry-after': '5' }
  const { fetch } = answering(new Response(JSON.stringify(problem), { status: 503, headers }))
  await assert.rejects(createClient({ baseUrl: '', fetch }).listHeld(), (error) => {
    assert(error instanceof BincardProblem)
    const { code, status, detail, retryAfterSeconds, message } = error
    assert.deepEqual(
      { code, status, detail, retryAfterSeconds, message, problem: error.problem },
      {
        code: 'database_unavailable',
        status: 503,
        detail: problem.detail,
        retryAfterSeconds: 5,
        message: `database_unavailable: ${problem.detail}`,
        problem,
      },
    )
    return true
  })
})

test('what the service never answers is not taken for its answer', async () => {
  const json = { 'content-type': 'application/json' }
  const foreign = [
    new Response('<h1>Bad gateway</h1>', { status: 502, headers: { 'content-type': 'text/html' } }),
    Response.json({ message: 'no upstream' }, { status: 502 }),
    new Response('{"movement_id":', { status: 200, headers: json }),
    new Response('welcome', { status: 200, headers: { 'content-type': 'text/plain' } }),
    new Response(null, { status: 204 }),
    Response.json({ error: 'none of ours' }, { headers: { 'content-type': 'application/problem+json' } }),
  ]
  for (const response of foreign) {
    const { status } = response
    const { fetch } = answering(response)
    const asked = createClient({ baseUrl: 'http://bincard', fetch }).getMovement({ movement_id: movementId })
    await assert.rejects(asked, (error) => error instanceof UnexpectedAnswer && error.status === status)
  }
})

test('an answer that is no success is one, where the description says so', async () => {
  const { fetch } = answering(Response.json({ status: 'not_ready', dependencies: {} }, { status: 503 }))
  const { status } = await createClient({ baseUrl: 'http://bincard', fetch }).getReadiness()
  assert.equal(status, 'not_ready')
})

test('a walk asks for each page once, also for an empty one, and not beyond where the loop ends', async () => {
  const { fetch, sent } = answering(
    Response.json({ items: [1, 2], next_cursor: 'b' }),
    Response.json({ items: [], next_cursor: 'c' }),
    Response.json({ items: [3], next_cursor: null }),
  )
  const client = createClient({ baseUrl: 'http://bincard', fetch })
  assert.deepEqual(await Array.fromAsync(items(client.listHeld, { limit: 2, cursor: 'a' })), [1, 2, 3])
  assert.deepEqual(
    sent.map(({ call }) => call),
    ['a', 'b', 'c'].map((cursor) => `GET http://bincard/api/held?limit=2&cursor=${cursor}`),
  )
  for await (const _ of pages(client.listHeld, {})) break
  assert.equal(sent.length, 4)
})

test('a call ends with the signal it was given', async () => {
  const client = createClient({
    baseUrl: 'http://bincard',
    fetch: async (_, init) => {
      init.signal?.throwIfAborted()
      return Response.json({})
    },
  })
  const signal = AbortSignal.abort(new Error('too late'))
  await assert.rejects(client.listHeld({}, { signal }), /too late/)
})

interface Sent {
  readonly call: string
  readonly key?: string
  readonly type?: string
  readonly body?: unknown
}

/** A `fetch` that answers these in turn, then the first again, and notes what it was asked. */
function answering(...responses: readonly Response[]): { fetch: Fetch; sent: Sent[] } {
  const sent: Sent[] = []
  const fetch: Fetch = async (url, init) => {
    const headers = new Headers(init.headers)
    const [key, type] = [headers.get('authorization'), headers.get('content-type')]
    const response = responses[sent.length % responses.length]
    sent.push({
      call: `${init.method} ${url}`,
      ...(key === null ? {} : { key }),
      ...(type === null ? {} : { type }),
      ...(typeof init.body === 'string' ? { body: JSON.parse(init.body) } : {}),
    })
    assert(response !== undefined)
    return response.clone()
  }
  return { fetch, sent }
}
