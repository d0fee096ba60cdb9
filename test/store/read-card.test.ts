import assert from 'node:assert/strict'
import { test } from 'node:test'
import { arrival, departure, product, warehouse } from '../support/events.ts'
import { freshLedger } from '../support/ledger.ts'
import { statusOf, viewMovement } from '../../src/booking/movement-view.ts'
import { openingSource } from '../../src/message/opening-stock.ts'
import { parseTimestamp } from '../../src/message/timestamp.ts'
import { readCard } from '../../src/store/read-card.ts'
import { readSidesOfPairs } from '../../src/store/read-movement-sides.ts'
import { readMovement } from '../../src/store/read-movement.ts'
import { insertArrivals, insertLeg, movement, north, rice, south, tea, west } from '../api/ledger-rows.ts'
import { openFreshDatabase } from '../support/http.ts'

const card = { warehouseId: north, productId: tea }
const firstPage = { before: null, limit: 50 }

test('a card that no event mentions is null', async (t) => {
  assert.equal(await readCard(await openFreshDatabase(t), card, firstPage), null)
})

test('a card of held departures alone has no lines, no stock, and what is held', async (t) => {
  const database = await openFreshDatabase(t)
  await insertLeg(database, { movementId: movement(1), leg: 0, warehouseId: north, quantity: 7, line: null })
  assert.deepEqual(await readCard(database, card, firstPage), {
    quantity: 0,
    heldQuantity: 7n,
    lastLine: 0,
    updatedAt: null,
    history: [],
    nextBefore: null,
  })
})

test('the held quantity is exact beyond 2^53', async (t) => {
  const database = await openFreshDatabase(t)
  await database.query(
    `insert into movement_leg select gen_random_uuid(), $1, 0, $2, 1000000000000, now(), 's', 'm', 0, n, now(), null
     from generate_series(1, 9008) n`,
    [tea, north],
  )
  await insertLeg(database, { movementId: movement(1), leg: 0, warehouseId: north, quantity: 1, line: null })
  const page = await readCard(database, card, firstPage)
  assert.equal(page?.heldQuantity, 9_008_000_000_000_001n)
})

test('a card shows its newest line first, and where goods came from or went to', async (t) => {
  const database = await openFreshDatabase(t)
  const at = (minute: number) => `2025-02-18T12:0${minute}:00Z`
  // Line 1 came from nobody knows where; line 2 came from the south; line 3 went to two places, the west first.
  await insertLeg(database, { movementId: movement(1), leg: 1, warehouseId: north, line: 1, balance: 100 })
  await insertLeg(database, { movementId: movement(2), leg: 0, warehouseId: south, line: null })
  await insertLeg(database, {
    movementId: movement(2),
    leg: 1,
    warehouseId: north,
    quantity: 50,
    line: 2,
    balance: 150,
  })
  await insertLeg(database, {
    movementId: movement(3),
    leg: 0,
    warehouseId: north,
    quantity: 30,
    line: 3,
    balance: 120,
    recordedAt: at(9),
  })
  await insertLeg(database, {
    movementId: movement(3),
    leg: 1,
    warehouseId: south,
    quantity: 10,
    occurredAt: at(8),
    line: 1,
  })
  await insertLeg(database, {
    movementId: movement(3),
    leg: 2,
    warehouseId: west,
    quantity: 10,
    occurredAt: at(7),
    line: 1,
  })

  const occurredAt = parseTimestamp('2025-02-18T12:00:00Z')
  const recordedAt = parseTimestamp('2025-02-18T12:00:01Z')
  assert.deepEqual(await readCard(database, card, firstPage), {
    quantity: 120,
    heldQuantity: 0n,
    lastLine: 3,
    updatedAt: parseTimestamp(at(9)),
    history: [
      {
        line: 3,
        kind: 'departure',
        change: -30,
        balance: 120,
        movementId: movement(3),
        counterpartyId: west,
        status: 'short',
        occurredAt,
        recordedAt: parseTimestamp(at(9)),
      },
      {
        line: 2,
        kind: 'arrival',
        change: 50,
        balance: 150,
        movementId: movement(2),
        counterpartyId: south,
        status: 'departure_held',
        occurredAt,
        recordedAt,
      },
      {
        line: 1,
        kind: 'arrival',
        change: 100,
        balance: 100,
        movementId: movement(1),
        counterpartyId: null,
        status: 'awaiting_departure',
        occurredAt,
        recordedAt,
      },
    ],
    nextBefore: null,
  })
})

test('pages follow each other without a gap, and the last one says so', async (t) => {
  const database = await openFreshDatabase(t)
  await insertArrivals(database, { from: 1, to: 5 })
  const pages = []
  for (let before: number | null = null, more = true; more;) {
    const page = await readCard(database, card, { before, limit: 2 })
    pages.push(page?.history.map(({ line }) => line))
    before = page?.nextBefore ?? null
    more = before !== null
  }
  assert.deepEqual(pages, [[5, 4], [3, 2], [1]])
})

test('a page is of one moment, whatever is booked meanwhile', async (t) => {
  const ledger = await freshLedger(t)
  const { database } = ledger
  await ledger.book([departure({ movement: 1, quantity: 5 })])
  const booking = {
    snapshot: <Result>(work: Parameters<typeof database.snapshot<Result>>[0]) =>
      database.snapshot(async (session) => {
        let booked = false
        return await work({
          query: async <Row>(text: string, values?: readonly unknown[]) => {
            const rows = await session.query<Row>(text, values)
            // The delivery releases what the rest of this page tells of.
            if (!booked) await ledger.book([arrival({ movement: 2, quantity: 7 })])
            booked = true
            return rows
          },
        })
      }),
  }
  const key = { warehouseId: warehouse(1), productId: product(1) }
  const page = await readCard(booking, key, firstPage)
  assert.deepEqual([page?.quantity, page?.heldQuantity, page?.lastLine, page?.history], [0, 5n, 0, []])
  const after = await readCard(database, key, firstPage)
  assert.deepEqual([after?.quantity, after?.heldQuantity, after?.lastLine], [2, 0n, 2])
})

test('a line has the status that its movement shows for the product', async (t) => {
  const database = await openFreshDatabase(t)
  const cases = [
    [{ leg: 0, line: 1 }],
    [{ leg: 0, line: null }],
    [{ leg: 1, line: 1 }],
    [
      { leg: 0, line: 1 },
      { leg: 1, line: 1 },
    ],
    [
      { leg: 0, line: null },
      { leg: 1, line: 1 },
    ],
    [
      { leg: 0, line: 1 },
      { leg: 1, line: 1, quantity: 40 },
      { leg: 2, line: 1, quantity: 60 },
    ],
    [
      { leg: 0, line: 1 },
      { leg: 1, line: 1, quantity: 99 },
    ],
    [
      { leg: 0, line: 1 },
      { leg: 1, line: 1, quantity: 101 },
    ],
    [
      { leg: 0, line: 1 },
      { leg: 1, line: 1, productId: rice },
    ],
    [
      { leg: 0, line: null },
      { leg: 1, line: 1, productId: rice },
    ],
    [
      { leg: 0, line: 1, productId: rice },
      { leg: 1, line: 1 },
    ],
    [
      { leg: 0, line: 1 },
      { leg: 0, line: 1, productId: rice },
    ],
    [{ leg: 1, line: 1, source: openingSource }],
    [
      { leg: 1, line: 1, source: openingSource },
      { leg: 0, line: 1, productId: rice },
      { leg: 1, line: 1, productId: product(1), source: openingSource },
    ],
    [
      { leg: 1, line: 1, source: openingSource },
      { leg: 0, line: 1, productId: rice },
      { leg: 1, line: 1, productId: product(1) },
    ],
    [
      { leg: 0, line: 1 },
      { leg: 1, line: 1 },
      { leg: 1, line: 1, productId: rice },
    ],
  ]
  for (const [index, legs] of cases.entries()) {
    // Each leg on a card of its own: only the legs matter here.
    for (const [number, row] of legs.entries()) {
      const warehouseId =
        `00000000-0000-4000-8000-${String(index * 10 + number).padStart(12, '0')}` as typeof north
      await insertLeg(database, { movementId: movement(index), warehouseId, ...row })
    }
  }
  for (const index of cases.keys()) {
    const view = viewMovement(await readMovement(database, movement(index)))
    assert(view !== null)
    for (const { productId, status, sender, receiver } of view.products ?? [view]) {
      const pair = { movementId: movement(index), productId }
      const sides = await readSidesOfPairs(database, [pair, pair])
      assert.deepEqual(
        sides.map((side) => [statusOf(side), side.senderId, side.receiverId]),
        [[status, sender?.warehouseId ?? null, receiver?.warehouseId ?? null]],
        `case ${index}`,
      )
    }
  }
})
