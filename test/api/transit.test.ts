import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import type { WarehouseId } from '../../src/message/event.ts'
import { routes, startApi, type TestApi } from '../support/http.ts'
import {
  insertArrivals,
  insertLeg,
  insertWarehouses,
  movement,
  north,
  rice,
  south,
  tea,
  west,
} from './ledger-rows.ts'
import { itemsOf, numbers } from './walk.ts'

test('what is under way is listed from the oldest on, with its age, both sides and status', async (t) => {
  const api = await startOpenMovements(t)
  const items = itemsOf(await api.get(routes.transit, '/api/transit'))
  assert.deepEqual(
    items.map(({ age_seconds: age, ...item }) => ({ ...item, isOld: Number(age) > 86_400 })),
    [
      open(1, { status: 'in_transit', quantity: 100, departed: 100, sender: north, day: 10, isOld: true }),
      open(2, {
        status: 'short',
        quantity: 3,
        departed: 100,
        arrived: 97,
        sender: north,
        receiver: south,
        day: 11,
        isOld: true,
      }),
      open(3, {
        status: 'awaiting_departure',
        quantity: -5,
        arrived: 5,
        receiver: west,
        day: 12,
        isOld: true,
      }),
      open(4, { status: 'in_transit', quantity: 1, departed: 1, sender: south, day: null, isOld: false }),
    ].map(({ since, ...item }, index) => ({ ...item, since: index === 3 ? items[3]?.['since'] : since })),
  )
  assert.deepEqual(await numbers(api, routes.transit, '/api/transit?limit=1'), [1, 2, 3, 4])
})

test('what is under way can be asked by age and by warehouse, whichever side it is', async (t) => {
  const api = await startOpenMovements(t)
  const ask = (query: string) => numbers(api, routes.transit, `/api/transit?limit=1&${query}`)
  assert.deepEqual(await ask('older_than=86400'), [1, 2, 3])
  assert.deepEqual(await ask(`warehouse_id=${south}`), [2, 4])
  assert.deepEqual(await ask(`warehouse_id=${south}&older_than=86400`), [2])
})

test('differences are what departed and arrived in different quantities', async (t) => {
  const api = await startOpenMovements(t)
  assert.deepEqual(await numbers(api, routes.differences, '/api/differences'), [2])
})

test('more open movements than one page looks at are walked to the end', async (t) => {
  const api = await startApi(t)
  await api.database.query(
    `insert into movement_leg select ('00000000-0000-4000-9000-' || lpad(n::text, 12, '0'))::uuid, $1, 0,
       case when n = 2400 then $2::uuid else $3::uuid end, 1, now(), 's', 'm', 0, n, now(), n
     from generate_series(1, 2500) n`,
    [tea, south, north],
  )
  await api.database.query('insert into transit select movement_id, product_id, 1, $1 from movement_leg', [
    '2025-02-18T12:00:00Z',
  ])
  assert.deepEqual(await numbers(api, routes.transit, `/api/transit?warehouse_id=${south}`), [2400])
  assert.equal((await numbers(api, routes.transit, '/api/transit?limit=200')).length, 2500)
})

test('what is held is listed card by card, the oldest first, with what it lacks', async (t) => {
  const api = await startApi(t)
  await insertWarehouses(api.database, { [north]: 'WH-1', [south]: 'WH-2' })
  await insertArrivals(api.database, { from: 1, to: 3 })
  const held = (number: number, warehouseId: WarehouseId, day: number) =>
    insertLeg(api.database, {
      movementId: movement(number),
      leg: 0,
      warehouseId,
      quantity: 10 + number,
      occurredAt: `2025-02-${day}T12:00:00Z`,
      line: null,
    })
  await held(11, south, 10)
  await held(12, north, 12)
  await held(13, north, 11)
  const items = itemsOf(await api.get(routes.held, '/api/held'))
  assert.deepEqual(items[0], {
    warehouse_id: north,
    product_id: tea,
    movement_id: movement(13),
    quantity: 23,
    balance: 3,
    missing: 20,
    timestamp: '2025-02-11T12:00:00.000Z',
    recorded_at: '2025-02-18T12:00:01.000Z',
  })
  const ask = (query: string) => numbers(api, routes.held, `/api/held?limit=1&${query}`)
  assert.deepEqual(await ask(''), [13, 12, 11])
  assert.deepEqual(await ask(`warehouse_id=${south}`), [11])
  assert.deepEqual(await ask(`warehouse_id=${north}&product_id=${tea}`), [13, 12])
  assert.deepEqual(await ask(`warehouse_id=${north}&product_id=${rice}`), [])

  // A place is one of the whole order: a list with a filter goes on from it, wherever it lies.
  const cursorAfter = async (query: string): Promise<string> => {
    const { body } = await api.get(routes.held, `/api/held?${query}`)
    return String((body as { next_cursor: unknown }).next_cursor)
  }
  const [ofNorth, ofSouth] = north < south ? ['limit=1', 'limit=3'] : ['limit=2', 'limit=1']
  await held(14, west, 10)
  await held(15, south, 13)
  const [beyondNorth, beyondSouth] = [await cursorAfter(ofNorth), await cursorAfter(ofSouth)]
  assert.deepEqual(await ask(`warehouse_id=${north}&cursor=${beyondNorth}`), [12])
  assert.deepEqual(await ask(`warehouse_id=${south}&cursor=${beyondNorth}`), [11, 15])
  assert.deepEqual(await ask(`warehouse_id=${south}&product_id=${tea}&cursor=${beyondSouth}`), [15])
  assert.deepEqual(await ask(`warehouse_id=${north}&cursor=${beyondSouth}`), [])
  assert.deepEqual(await ask(`warehouse_id=${south}&product_id=${tea}&cursor=${beyondNorth}`), [11, 15])
})

/** Of each status one; the day is that of the oldest report. */
async function startOpenMovements(t: TestContext): Promise<TestApi> {
  const api = await startApi(t)
  const at = (day: number) => `2025-02-${day}T12:00:00Z`
  const now = new Date().toISOString()
  const legs = [
    { number: 1, leg: 0, warehouseId: north, occurredAt: at(10) },
    { number: 2, leg: 0, warehouseId: north, occurredAt: at(11) },
    { number: 2, leg: 1, warehouseId: south, quantity: 97, occurredAt: at(13) },
    { number: 3, leg: 1, warehouseId: west, quantity: 5, occurredAt: at(12) },
    { number: 4, leg: 0, warehouseId: south, quantity: 1, occurredAt: now },
    { number: 5, leg: 0, warehouseId: south, occurredAt: at(9) },
    { number: 5, leg: 1, warehouseId: north, occurredAt: at(9) },
  ]
  for (const [index, { number, ...leg }] of legs.entries()) {
    const line = { line: index + 1, balance: 1000 }
    await insertLeg(api.database, { ...leg, ...line, movementId: movement(number) })
  }
  await api.database.query(
    `insert into transit
     select movement_id, product_id, sum(case when leg = 0 then quantity else -quantity end), min(occurred_at)
     from movement_leg group by 1, 2 having sum(case when leg = 0 then quantity else -quantity end) <> 0`,
  )
  return api
}

interface OpenExpectation {
  readonly status: string
  readonly quantity: number
  readonly departed?: number
  readonly arrived?: number
  readonly sender?: WarehouseId
  readonly receiver?: WarehouseId
  readonly day: number | null
  readonly isOld: boolean
}

function open(number: number, expected: OpenExpectation) {
  return {
    movement_id: movement(number),
    product_id: tea,
    status: expected.status,
    departed: expected.departed ?? null,
    arrived: expected.arrived ?? null,
    sender_warehouse_id: expected.sender ?? null,
    receiver_warehouse_id: expected.receiver ?? null,
    quantity: expected.quantity,
    since: expected.day === null ? null : `2025-02-${expected.day}T12:00:00.000Z`,
    isOld: expected.isOld,
  }
}
