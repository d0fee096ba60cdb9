import assert from 'node:assert/strict'
import { test } from 'node:test'
import { items } from '../../src/client/client.ts'
import { routes, startApi, type Answer } from '../support/http.ts'
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
import { codeOf } from './walk.ts'

test('warehouses are listed by id with their short codes', async (t) => {
  const api = await startApi(t)
  await insertWarehouses(api.database, { [south]: 'WH-2', [north]: 'WH-1', [west]: null })
  assert.deepEqual((await api.client.listWarehouses()).items, [
    { warehouse_id: north, source: 'WH-1', last_recorded_at: '2025-02-18T12:00:01.000Z' },
    { warehouse_id: south, source: 'WH-2', last_recorded_at: '2025-02-18T12:00:01.000Z' },
    { warehouse_id: west, source: null, last_recorded_at: '2025-02-18T12:00:01.000Z' },
  ])
  const walked = await Array.fromAsync(items(api.client.listWarehouses, { limit: 1 }))
  assert.deepEqual(
    walked.map((item) => item.warehouse_id),
    [north, south, west],
  )
})

test('a warehouse shows the quantity of each product, also of one of which only departures are held', async (t) => {
  const api = await startApi(t)
  await insertWarehouses(api.database, { [north]: 'WH-1', [south]: 'WH-2' })
  await insertArrivals(api.database, { from: 1, to: 3 })
  await insertLeg(api.database, {
    movementId: movement(9),
    productId: rice,
    leg: 0,
    warehouseId: north,
    line: null,
  })
  await insertLeg(api.database, { movementId: movement(8), leg: 1, warehouseId: south, line: 1 })
  const expected = [
    {
      warehouse_id: north,
      product_id: tea,
      quantity: 3,
      last_line: 3,
      updated_at: '2025-02-18T12:00:01.000Z',
    },
    { warehouse_id: north, product_id: rice, quantity: 0, last_line: 0, updated_at: null },
  ]
  const { listWarehouseProducts } = api.client
  const asked = { warehouse_id: north }
  assert.deepEqual((await listWarehouseProducts(asked)).items, expected)
  assert.deepEqual(await Array.fromAsync(items(listWarehouseProducts, { ...asked, limit: 1 })), expected)
})

test('a product shows the quantity in each warehouse that has a card of it', async (t) => {
  const api = await startApi(t)
  await insertWarehouses(api.database, { [north]: 'WH-1', [south]: 'WH-2', [west]: 'WH-3' })
  await insertArrivals(api.database, { from: 1, to: 3 })
  await insertLeg(api.database, { movementId: movement(9), leg: 0, warehouseId: west, line: null })
  const expected = [
    {
      warehouse_id: north,
      product_id: tea,
      quantity: 3,
      last_line: 3,
      updated_at: '2025-02-18T12:00:01.000Z',
    },
    { warehouse_id: west, product_id: tea, quantity: 0, last_line: 0, updated_at: null },
  ]
  const { listProductWarehouses } = api.client
  const asked = { product_id: tea }
  assert.deepEqual((await listProductWarehouses(asked)).items, expected)
  assert.deepEqual(await Array.fromAsync(items(listProductWarehouses, { ...asked, limit: 1 })), expected)
})

test('a warehouse or product that no event mentions is 404', async (t) => {
  const api = await startApi(t)
  const warehouse = await api.get(routes.warehouseProducts, `/api/warehouses/${north}/products`)
  const product = await api.get(routes.productWarehouses, `/api/products/${tea}/warehouses`)
  assert.deepEqual([warehouse.status, codeOf(warehouse)], [404, 'warehouse_unknown'])
  assert.deepEqual([product.status, codeOf(product)], [404, 'product_unknown'])
})

test('1,000 cards are answered at once, in the order of the question', async (t) => {
  const api = await startApi(t)
  await insertWarehouses(api.database, { [north]: 'WH-1' })
  await insertArrivals(api.database, { from: 1, to: 3 })
  const known = { warehouse_id: north.toUpperCase(), product_id: tea }
  const unknown = { warehouse_id: south, product_id: tea }
  const cards = Array.from({ length: 1000 }, (_, index) => (index % 2 === 0 ? unknown : known))
  const answer = await api.client.queryCards({ body: { cards } })
  assert.equal(answer.items.length, 1000)
  assert.deepEqual(answer.items.slice(0, 2), [
    { warehouse_id: south, product_id: tea, quantity: 0, last_line: 0, updated_at: null },
    {
      warehouse_id: north,
      product_id: tea,
      quantity: 3,
      last_line: 3,
      updated_at: '2025-02-18T12:00:01.000Z',
    },
  ])
})

test('a question about no card, too many, or what is no card is refused, and says where', async (t) => {
  const api = await startApi(t)
  const card = { warehouse_id: north, product_id: tea }
  const bodies: [unknown, string][] = [
    [{}, 'as a whole'],
    [{ cards: [] }, 'at /cards'],
    [{ cards: Array.from({ length: 1001 }, () => card) }, 'at /cards'],
    [{ cards: [card, { ...card, product_id: 'tea' }] }, 'at /cards/1/product_id'],
    [{ cards: [{ ...card, quantity: 1 }] }, 'at /cards/0'],
    [{ cards: [card], more: 1 }, 'as a whole'],
  ]
  for (const [body, where] of bodies) {
    const answer = await api.post(routes.cardsQuery, '/api/cards/query', body)
    assert.deepEqual([answer.status, codeOf(answer)], [400, 'malformed_request'])
    assert.equal(detailOf(answer), `The body is not as the description says ${where}.`)
  }
})

function detailOf({ body }: Answer): unknown {
  return (body as { detail: unknown }).detail
}
