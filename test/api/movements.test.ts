import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { routes, startApi, type TestApi } from '../support/http.ts'
import { insertLeg, movement, north, rice, south, tea, west } from './ledger-rows.ts'
import { cursorOf, numbers } from './walk.ts'

test('movements are listed by their first report, the last to be recorded first', async (t) => {
  const api = await startMovements(t)
  const { status, body } = await api.get(routes.movements, '/api/movements?limit=2')
  assert.equal(status, 200)
  assert.deepEqual((body as { items: unknown }).items, [
    {
      movement_id: movement(4),
      product_id: tea,
      status: 'awaiting_departure',
      departed: null,
      arrived: 100,
      sender_warehouse_id: null,
      receiver_warehouse_id: west,
      recorded_at: '2025-02-18T12:04:00.000Z',
    },
    {
      movement_id: movement(3),
      product_id: tea,
      status: 'in_transit',
      departed: 100,
      arrived: null,
      sender_warehouse_id: south,
      receiver_warehouse_id: null,
      recorded_at: '2025-02-18T12:03:00.000Z',
    },
  ])
  assert.deepEqual(await list(api, ''), [4, 3, 2, 1])
  assert.deepEqual(await list(api, 'limit=1'), [4, 3, 2, 1])
})

test('a movement keeps its place when its other side comes', async (t) => {
  const api = await startMovements(t)
  const first = await api.get(routes.movements, '/api/movements?limit=1')
  const departure = { movementId: movement(4), leg: 0, warehouseId: north, line: 4 }
  await insertLeg(api.database, { ...departure, recordedAt: '2025-02-18T12:09:00Z' })
  assert.deepEqual(await list(api, `cursor=${cursorOf(first)}`), [3, 2, 1])
  assert.deepEqual(await list(api, ''), [4, 3, 2, 1])
})

test('movements recorded at one time are walked without a gap', async (t) => {
  const api = await startApi(t)
  await api.database.query(
    `insert into movement_leg select ('00000000-0000-4000-9000-' || lpad(n::text, 12, '0'))::uuid, $1, 0, $2, 1,
       now(), 's', 'm', 0, n, '2025-02-18T12:00:00Z', n from generate_series(1, 2500) n`,
    [tea, north],
  )
  const expected = Array.from({ length: 2500 }, (_, index) => 2500 - index)
  assert.deepEqual(await list(api, 'limit=150'), expected)
})

test('movements can be asked by time of recording, by warehouse and by status', async (t) => {
  const api = await startMovements(t)
  assert.deepEqual(await list(api, 'from=2025-02-18T12:02:00Z&to=2025-02-18T12:04:00Z'), [3, 2])
  assert.deepEqual(await list(api, 'to=2025-02-18T15:02:00%2B03:00'), [1])
  assert.deepEqual(await list(api, `warehouse_id=${south}`), [3, 2, 1])
  assert.deepEqual(await list(api, `warehouse_id=${south}&to=2025-02-18T12:03:00Z&limit=1`), [2, 1])
  assert.deepEqual(await list(api, 'status=completed&from=2025-02-18T00:00:00Z'), [1])
  assert.deepEqual(await list(api, `status=short&from=2025-02-18T00:00:00Z&warehouse_id=${north}`), [2])
  assert.deepEqual(await list(api, `status=short&from=2025-02-18T00:00:00Z&warehouse_id=${west}`), [])
})

test('the movements of a card are those booked on it, each once', async (t) => {
  const api = await startMovements(t)
  const card = `warehouse_id=${south}&product_id=${tea}`
  assert.deepEqual(await list(api, card), [3, 2, 1])
  assert.deepEqual(await list(api, `${card}&limit=1`), [3, 2, 1])
  assert.deepEqual(await list(api, `${card}&status=completed`), [1])
  assert.deepEqual(await list(api, `${card}&from=2025-02-18T12:02:00Z&to=2025-02-18T12:03:00Z`), [2])
  assert.deepEqual(await list(api, `warehouse_id=${south}&product_id=${rice}`), [])
})

test('filters that no index answers together are refused, and what works is named', async (t) => {
  const api = await startApi(t)
  const refused: [string, string, RegExp][] = [
    [routes.movements, `/api/movements?product_id=${tea}`, /together with warehouse_id/],
    [
      routes.movements,
      `/api/movements?product_id=${tea}&from=2025-02-18T12:00:00Z`,
      /together with warehouse_id/,
    ],
    [
      routes.movements,
      '/api/movements?status=short',
      /together with from, or with warehouse_id and product_id/,
    ],
    [routes.movements, `/api/movements?status=short&warehouse_id=${north}`, /together with from/],
    [routes.held, `/api/held?product_id=${tea}`, /together with warehouse_id/],
  ]
  for (const [route, path, named] of refused) {
    const { status, body } = await api.get(route, path)
    const { code, detail } = body as { code: string; detail: string }
    assert.deepEqual([path, status, code], [path, 400, 'filters_unsupported'])
    assert.match(detail, named)
  }
})

test('a filter that cannot be read is refused by name', async (t) => {
  const api = await startApi(t)
  const card = `/api/warehouses/${north}/products/${tea}`
  const refused: [string, string, string][] = [
    [routes.movements, '/api/movements?from=yesterday', 'malformed_time'],
    [routes.movements, '/api/movements?to=2025-02-30T00:00:00Z', 'malformed_time'],
    [
      routes.movements,
      '/api/movements?from=2025-02-18T12:00:00Z&from=2025-02-18T12:00:00Z',
      'malformed_time',
    ],
    [routes.movements, '/api/movements?status=lost', 'malformed_filter'],
    [routes.movements, '/api/movements?warehouse_id=7', 'malformed_id'],
    [routes.movements, '/api/movements?cursor=x', 'malformed_cursor'],
    [routes.movements, '/api/movements?offset=5', 'unknown_query_parameter'],
    [routes.transit, '/api/transit?older_than=-1', 'malformed_filter'],
    [routes.transit, '/api/transit?older_than=99999999999', 'malformed_filter'],
    [routes.transit, '/api/transit?warehouse_id=x', 'malformed_id'],
    [routes.card, `${card}?event=loss`, 'malformed_filter'],
    [routes.card, `${card}?to=12`, 'malformed_time'],
  ]
  for (const [route, path, expected] of refused) {
    const { status, body } = await api.get(route, path)
    assert.deepEqual([path, status, (body as { code: string }).code], [path, 400, expected])
  }
})

test('a cursor of one list is refused by every other', async (t) => {
  const api = await startMovements(t)
  const cursor = cursorOf(await api.get(routes.movements, '/api/movements?limit=1'))
  for (const [route, path] of [
    [routes.transit, '/api/transit'],
    [routes.held, '/api/held'],
    [routes.warehouses, '/api/warehouses'],
    [routes.card, `/api/warehouses/${south}/products/${tea}`],
    [routes.movements, `/api/movements?warehouse_id=${south}&product_id=${tea}`],
  ] as const) {
    const answer = await api.get(route, `${path}${path.includes('?') ? '&' : '?'}cursor=${cursor}`)
    assert.deepEqual([path, (answer.body as { code: string }).code], [path, 'malformed_cursor'])
  }
})

test('the lines of a card can be asked by time of recording and by event', async (t) => {
  const api = await startMovements(t)
  const lines = async (query: string) => {
    const seen: number[] = []
    for (let cursor = ''; ;) {
      const path = `/api/warehouses/${south}/products/${tea}?limit=1&${query}${cursor}`
      const answer = await api.get(routes.card, path)
      const { history } = answer.body as { history: { line: number }[] }
      seen.push(...history.map(({ line }) => line))
      const next = cursorOf(answer)
      if (next === null) return seen
      cursor = `&cursor=${next}`
    }
  }
  assert.deepEqual(await lines(''), [4, 3, 2, 1])
  assert.deepEqual(await lines('event=arrival'), [3, 2, 1])
  assert.deepEqual(await lines('event=departure'), [4])
  assert.deepEqual(await lines('from=2025-02-18T12:01:30Z'), [4, 3, 2])
  assert.deepEqual(await lines('from=2025-02-18T12:02:00Z&to=2025-02-18T12:03:00Z'), [3, 2])
  assert.deepEqual(await lines('to=2025-02-18T12:02:00Z'), [1])
  assert.deepEqual(await lines('to=2025-02-18T12:00:00Z'), [])
  assert.deepEqual(await lines('from=2025-02-19T12:00:00Z'), [])
  assert.deepEqual(await lines('from=2025-02-18T12:02:00Z&event=departure'), [4])
})

/**
 * 1 is complete, 2 came in two deliveries and short, 3 only departed, 4 only arrived. Each is recorded a minute after
 * the one before; the south has four lines of tea.
 */
async function startMovements(t: TestContext): Promise<TestApi> {
  const api = await startApi(t)
  const at = (minute: number) => `2025-02-18T12:0${minute}:00Z`
  const legs = [
    { movementId: movement(1), leg: 0, warehouseId: north, recordedAt: at(1), line: 1 },
    { movementId: movement(1), leg: 1, warehouseId: south, recordedAt: at(1), line: 1 },
    { movementId: movement(2), leg: 0, warehouseId: north, recordedAt: at(2), line: 2 },
    { movementId: movement(2), leg: 1, warehouseId: south, quantity: 50, recordedAt: at(2), line: 2 },
    { movementId: movement(2), leg: 2, warehouseId: south, quantity: 40, recordedAt: at(2), line: 3 },
    { movementId: movement(3), leg: 0, warehouseId: south, recordedAt: at(3), line: 4 },
    { movementId: movement(4), leg: 1, warehouseId: west, recordedAt: at(4), line: 1 },
  ]
  for (const leg of legs) await insertLeg(api.database, { ...leg, balance: 1000 })
  return api
}

/** The movements of the list by their numbers, page after page. */
async function list(api: TestApi, query: string): Promise<number[]> {
  return await numbers(api, routes.movements, `/api/movements?${query}`)
}
