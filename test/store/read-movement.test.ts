import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseTimestamp } from '../../src/message/timestamp.ts'
import { readMovement } from '../../src/store/read-movement.ts'
import { insertLeg, movement, north, south, tea } from '../api/ledger-rows.ts'
import { openFreshDatabase } from '../support/http.ts'

test('a movement is read with every leg as it was recorded', async (t) => {
  const database = await openFreshDatabase(t)
  const common = {
    movementId: movement(1),
    source: 'WH-3322',
    messageId: 'b3b5',
    recordedAt: '2025-02-18T12:12:57.204001Z',
  }
  await insertLeg(database, {
    ...common,
    leg: 0,
    warehouseId: north,
    occurredAt: '2025-02-18T12:12:56Z',
    offset: 17,
    line: null,
  })
  await insertLeg(database, { ...common, leg: 1, warehouseId: south, quantity: 1e12, line: 3, offset: 18 })
  await insertLeg(database, { movementId: movement(2), leg: 1, warehouseId: south, line: 4 })

  const legs = await readMovement(database, movement(1))
  const recordedAt = parseTimestamp(common.recordedAt)
  const stored = { productId: tea, source: 'WH-3322', messageId: 'b3b5', partition: 0, recordedAt }
  assert.deepEqual(
    legs.toSorted((a, b) => a.leg - b.leg).map((leg) => ({ ...leg })),
    [
      {
        ...stored,
        leg: 0,
        warehouseId: north,
        quantity: 100,
        occurredAt: parseTimestamp('2025-02-18T12:12:56Z'),
        offset: 17,
        line: null,
      },
      {
        ...stored,
        leg: 1,
        warehouseId: south,
        quantity: 1e12,
        occurredAt: parseTimestamp('2025-02-18T12:00:00Z'),
        offset: 18,
        line: 3,
      },
    ],
  )
})

test('a movement that no event mentions has no legs', async (t) => {
  assert.deepEqual(await readMovement(await openFreshDatabase(t), movement(1)), [])
})
