import assert from 'node:assert/strict'
import { test } from 'node:test'
import { heldMovement, samples } from '../../src/api/samples.ts'
import type { MovementId, ProductId, WarehouseId } from '../../src/message/event.ts'
import type { Queryable } from '../../src/store/database.ts'
import { routes, startApi } from '../support/http.ts'
import { insertLeg, movement, north, rice, south, tea, west } from './ledger-rows.ts'

test('the two sample messages, sent to an empty system, are answered as the description shows', async (t) => {
  const api = await startApi(t)
  await insertSamples(api.database)
  const { status, body } = await api.get(routes.movement, `/api/movements/${samples.movementId}`)
  assert.equal(status, 200)
  assert.deepEqual(body, heldMovement)
  assert.deepEqual([heldMovement.elapsed_seconds, heldMovement.quantity_difference], [8520, 0])
})

test('an id is read in either case and answered in lower case', async (t) => {
  const api = await startApi(t)
  await insertSamples(api.database)
  const path = `/api/movements/${samples.movementId.toUpperCase()}`
  assert.deepEqual((await api.get(routes.movement, path)).body, heldMovement)
})

test('several products have an entry each, and the microseconds are kept', async (t) => {
  const api = await startApi(t)
  const own = { movementId: movement(1) }
  await insertLeg(api.database, {
    ...own,
    leg: 0,
    warehouseId: north,
    line: 1,
    occurredAt: '2025-02-18T12:00:00.000001Z',
  })
  await insertLeg(api.database, {
    ...own,
    leg: 1,
    warehouseId: south,
    quantity: 60,
    line: 1,
    occurredAt: '2025-02-18T13:00:00Z',
  })
  await insertLeg(api.database, {
    ...own,
    leg: 2,
    warehouseId: west,
    quantity: 30,
    line: 1,
    occurredAt: '2025-02-18T13:00:01Z',
  })
  await insertLeg(api.database, {
    ...own,
    productId: rice,
    leg: 0,
    warehouseId: north,
    line: null,
    occurredAt: '2025-02-18T12:30:00Z',
  })

  const { body } = await api.get(routes.movement, `/api/movements/${movement(1)}`)
  const { events, ...rest } = body as { events: { offset: number }[] }
  assert.equal(events.length, 4)
  const entry = {
    status: 'short',
    product_id: tea,
    sender: {
      warehouse_id: north,
      source: 'WH-0001',
      timestamp: '2025-02-18T12:00:00.000001Z',
      quantity: 100,
    },
    receiver: {
      warehouse_id: south,
      source: 'WH-0001',
      timestamp: '2025-02-18T13:00:01.000Z',
      quantity: 90,
      deliveries: 2,
    },
    elapsed_seconds: 3600.999999,
    quantity_difference: -10,
    flags: ['partial_deliveries', 'future_timestamp'],
  }
  const riceEntry = {
    status: 'departure_held',
    product_id: rice,
    sender: { warehouse_id: north, source: 'WH-0001', timestamp: '2025-02-18T12:30:00.000Z', quantity: 100 },
    receiver: null,
    elapsed_seconds: null,
    quantity_difference: null,
    flags: ['future_timestamp'],
  }
  assert.deepEqual(rest, { movement_id: movement(1), ...entry, products: [entry, riceEntry] })
})

test('a mismatch of products is answered with both sides', async (t) => {
  const api = await startApi(t)
  await insertLeg(api.database, { movementId: movement(1), leg: 0, warehouseId: north, line: 1 })
  await insertLeg(api.database, {
    movementId: movement(1),
    productId: rice,
    leg: 1,
    warehouseId: south,
    line: 1,
  })
  const { body } = await api.get(routes.movement, `/api/movements/${movement(1)}`)
  const { status, flags, elapsed_seconds, quantity_difference } = body as Record<string, unknown>
  assert.deepEqual(
    { status, flags, elapsed_seconds, quantity_difference },
    { status: 'mismatched', flags: ['product_mismatch'], elapsed_seconds: 0, quantity_difference: null },
  )
})

test('a movement that no event mentions is 404', async (t) => {
  const api = await startApi(t)
  const path = `/api/movements/${movement(404)}`
  const { status, body } = await api.get(routes.movement, path)
  assert.equal(status, 404)
  assert.deepEqual(body, {
    type: '/problems/movement_unknown',
    title: 'No accepted event mentions this movement',
    status: 404,
    detail: 'No accepted event mentions this movement.',
    instance: path,
    code: 'movement_unknown',
  })
})

test('HEAD answers the headers of GET without its body', async (t) => {
  const api = await startApi(t)
  await insertSamples(api.database)
  const path = `/api/movements/${samples.movementId}`
  const head = await api.get(routes.movement, path, { method: 'HEAD' })
  const get = await api.get(routes.movement, path)
  assert.deepEqual([head.status, head.text], [200, ''])
  assert.equal(head.headers.get('content-length'), String(Buffer.byteLength(get.text)))
})

async function insertSamples(db: Queryable): Promise<void> {
  const common = {
    movementId: samples.movementId as MovementId,
    productId: samples.productId as ProductId,
    messageId: samples.messageId,
  }
  for (const [leg, event] of heldMovement.events.entries()) {
    await insertLeg(db, {
      ...common,
      leg,
      warehouseId: event.warehouse_id as WarehouseId,
      occurredAt: event.timestamp,
      recordedAt: event.recorded_at,
      source: event.source,
      offset: event.offset,
      line: event.card_line,
    })
  }
}
