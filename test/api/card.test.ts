import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cardCursor, encodeCursor } from '../../src/api/cursor.ts'
import { routes, startApi, type Answer } from '../support/http.ts'
import { insertArrivals, insertLeg, movement, north, south, tea } from './ledger-rows.ts'

const path = `/api/warehouses/${north}/products/${tea}`

test('a card shows its stock, what is held, and its lines', async (t) => {
  const api = await startApi(t)
  await insertLeg(api.database, { movementId: movement(1), leg: 0, warehouseId: south, line: null })
  await insertLeg(api.database, { movementId: movement(1), leg: 1, warehouseId: north, line: 1 })
  await insertLeg(api.database, {
    movementId: movement(2),
    leg: 0,
    warehouseId: north,
    quantity: 300,
    line: null,
  })
  const { status, body } = await api.get(routes.card, path)
  assert.equal(status, 200)
  assert.deepEqual(body, {
    warehouse_id: north,
    product_id: tea,
    quantity: 100,
    held_quantity: 300,
    last_line: 1,
    updated_at: '2025-02-18T12:00:01.000Z',
    history: [
      {
        line: 1,
        event: 'arrival',
        change: 100,
        balance: 100,
        movement_id: movement(1),
        counterparty_warehouse_id: south,
        status: 'departure_held',
        timestamp: '2025-02-18T12:00:00.000Z',
        recorded_at: '2025-02-18T12:00:01.000Z',
      },
    ],
    next_cursor: null,
  })
})

test('ids are read in either case and answered in lower case', async (t) => {
  const api = await startApi(t)
  await insertArrivals(api.database, { from: 1, to: 1 })
  const upper = `/api/warehouses/${north.toUpperCase()}/products/${tea.toUpperCase()}`
  assert.equal((await api.get(routes.card, upper)).text, (await api.get(routes.card, path)).text)
})

test('a held quantity beyond 2^53 is answered with all its digits', async (t) => {
  const api = await startApi(t)
  await api.database.query(
    `insert into movement_leg select gen_random_uuid(), $1, 0, $2, 999999999999, now(), 's', 'm', 0, n, now(), null
     from generate_series(1, 9009) n`,
    [tea, north],
  )
  const { text } = await api.get(routes.card, path)
  assert.match(text, /"held_quantity":9008999999990991,/)
})

test('a card that no event mentions is 404, also where its warehouse and its product are known', async (t) => {
  const api = await startApi(t)
  await insertArrivals(api.database, { from: 1, to: 1 })
  const { status, body } = await api.get(routes.card, `/api/warehouses/${south}/products/${tea}`)
  assert.deepEqual([status, codeOf(body)], [404, 'card_unknown'])
})

test('a walk over 120 lines sees each of them once, while new lines come', async (t) => {
  const api = await startApi(t)
  await insertArrivals(api.database, { from: 1, to: 120 })
  const seen: number[][] = []
  for (let query = '', arrived = 120; ; arrived += 1) {
    const page = pageOf(await api.get(routes.card, path + query))
    seen.push(page.history.map(({ line }) => line))
    assert.deepEqual([page.quantity, page.last_line], [arrived, arrived])
    if (page.next_cursor === null) break
    query = `?cursor=${page.next_cursor}`
    await insertArrivals(api.database, { from: arrived + 1, to: arrived + 1 })
  }
  assert.deepEqual(
    seen.map((lines) => lines.length),
    [50, 50, 20],
  )
  assert.deepEqual(
    seen.flat(),
    Array.from({ length: 120 }, (_, index) => 120 - index),
  )
})

test('the limit is kept, from 1 to 200', async (t) => {
  const api = await startApi(t)
  await insertArrivals(api.database, { from: 1, to: 3 })
  const lines = async (limit: number) =>
    pageOf(await api.get(routes.card, `${path}?limit=${limit}`)).history.length
  assert.deepEqual([await lines(1), await lines(2), await lines(200)], [1, 2, 3])
})

test('a limit that is no whole number from 1 to 200 is refused', async (t) => {
  const api = await startApi(t)
  for (const limit of [
    '0',
    '201',
    '-1',
    '1.5',
    'x',
    '',
    '1e9',
    '1e1',
    '0x10',
    '+5',
    '5.0',
    '%205',
    '5&limit=6',
  ]) {
    const { status, body } = await api.get(routes.card, `${path}?limit=${limit}`)
    assert.deepEqual([limit, status, codeOf(body)], [limit, 400, 'limit_out_of_range'])
  }
})

test('a cursor that is broken, made up or of another card is refused', async (t) => {
  const api = await startApi(t)
  await insertArrivals(api.database, { from: 1, to: 3 })
  const card = { warehouseId: north, productId: tea }
  const real = encodeCursor(cardCursor(card), 2)
  const made = (text: string) => Buffer.from(text).toString('base64url')
  const cursors = [
    '',
    'x',
    '!',
    'a'.repeat(600),
    real.slice(0, -1),
    `${real}A`,
    `${real}%3D`,
    `${real}&cursor=${real}`,
    encodeCursor(cardCursor({ ...card, warehouseId: south }), 2),
    encodeCursor(cardCursor({ warehouseId: tea as never, productId: north as never }), 2),
    made(`card2:${north}:${tea}:2`),
    made(`card1:${north}:${tea}:0`),
    made(`card1:${north}:${tea}:-1`),
    made(`card1:${north}:${tea}:02`),
    made(`card1:${north}:${tea}:9999999999999999`),
    made(`card1:${north}:${tea}:2;drop table card_line`),
  ]
  for (const cursor of cursors) {
    const { status, body } = await api.get(routes.card, `${path}?cursor=${cursor}`)
    assert.deepEqual([cursor, status, codeOf(body)], [cursor, 400, 'malformed_cursor'])
  }
  const { history } = pageOf(await api.get(routes.card, `${path}?cursor=${real}`))
  assert.deepEqual(
    history.map(({ line }) => line),
    [1],
  )
})

interface PageBody {
  readonly quantity: number
  readonly last_line: number
  readonly history: readonly { readonly line: number }[]
  readonly next_cursor: string | null
}

function pageOf({ status, body }: Answer): PageBody {
  assert.equal(status, 200)
  return body as PageBody
}

function codeOf(body: unknown): unknown {
  return (body as { code: unknown }).code
}
