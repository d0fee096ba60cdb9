import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { noCounts } from '../../src/booking/changes.ts'
import { reject } from '../../src/message/rejection.ts'
import { keptBatches, readTally } from '../../src/store/position.ts'
import { readBatchNumbers, readBookedBatches } from '../../src/store/read-booked-batches.ts'
import { mostCounted, readOverview } from '../../src/store/read-overview.ts'
import type { Micros } from '../../src/message/event.ts'
import { checkBooks } from '../support/books.ts'
import { arrival, at, departure, movement, product, warehouse } from '../support/events.ts'
import { freshLedger, itemsOf, messageAt, type TestLedger } from '../support/ledger.ts'

test('each batch leaves an account of what it changed: counts, and the newest lines and held departures', async (t) => {
  const ledger = await freshLedger(t)
  await ledger.book([departure({ movement: 1, quantity: 5 })])
  const known = arrival({ movement: 2, quantity: 7 })
  await ledger.book([known, known, departure({ movement: 1, quantity: 6, id: 'other' })])
  const [held, released] = await readAll(ledger)
  const card = { warehouseId: warehouse(1), productId: product(1) }
  const recordedAt = (await recordedTimes(ledger))[0]
  assert.deepEqual(held, {
    counts: { ...noCounts, held: 1 },
    warehouses: [{ warehouseId: warehouse(1), counts: { ...noCounts, held: 1 } }],
    cards: [{ ...card, counts: { ...noCounts, held: 1 } }],
    lines: [],
    held: [{ ...card, movementId: movement(1), quantity: 5, occurredAt: at(0), recordedAt }],
    isCut: { warehouses: false, cards: false, lines: false },
  })
  const counts = { booked: 1, held: 0, released: 1, duplicate: 1, quarantined: 1 }
  assert.deepEqual(
    [released?.counts, released?.warehouses[0]?.counts, released?.cards[0]?.counts],
    [counts, counts, counts],
  )
  assert.deepEqual(
    released?.lines.map(({ movementId, line, change, balance, kind, isReleased }) => ({
      movementId,
      line,
      change,
      balance,
      kind,
      isReleased,
    })),
    [
      { movementId: movement(1), line: 2, change: -5, balance: 2, kind: 'departure', isReleased: true },
      { movementId: movement(2), line: 1, change: 7, balance: 7, kind: 'arrival', isReleased: false },
    ],
  )
})

test('the account of a large batch is bounded, says so, and counts exactly all the same', async (t) => {
  const ledger = await freshLedger(t)
  const events = Array.from({ length: 900 }, (_, n) =>
    arrival({ movement: n + 1, warehouse: (n % 300) + 1, product: (n % 7) + 1, quantity: 1 }),
  )
  await ledger.book(events)
  const [changes] = await readAll(ledger)
  assert.deepEqual(changes?.counts, { ...noCounts, booked: 900 })
  assert.deepEqual(changes?.isCut, { warehouses: true, cards: true, lines: true })
  assert.deepEqual([changes?.warehouses.length, changes?.cards.length, changes?.lines.length], [100, 50, 50])
  assert.equal(changes?.lines[0]?.movementId, movement(900))
  assert(JSON.stringify(changes).length < 40_000)
})

test('only the latest batches are kept, and who asks for older ones is told that they are gone', async (t) => {
  const ledger = await freshLedger(t)
  for (let n = 1; n <= keptBatches + 3; n += 1) await ledger.book([arrival({ movement: n, quantity: 1 })])
  const upTo = await readBatchNumbers(ledger.database, 'movements')
  assert.deepEqual(upTo, new Map([[0, keptBatches + 3]]))
  const after = async (batch: number) =>
    await readBookedBatches(ledger.database, 'movements', {
      after: new Map([[0, batch]]),
      upTo,
      limit: 10_000,
    })
  assert.equal(await after(2), 'gone')
  const kept = await after(3)
  assert.deepEqual([kept.length, kept === 'gone' ? null : kept[0]?.batch], [keptBatches, 4])
  assert.deepEqual(await after(keptBatches + 3), [])
  // A place that is ahead: the database was restored from a backup, or it is another one.
  assert.equal(await after(keptBatches + 4), 'gone')
  const elsewhere = { after: new Map([[9, 1]]), upTo, limit: 1 }
  assert.equal(await readBookedBatches(ledger.database, 'movements', elsewhere), 'gone')
})

test('a batch that is rolled back is not told of', async (t) => {
  const ledger = await freshLedger(t)
  await ledger.book([arrival({ quantity: 1 })])
  await assert.rejects(
    ledger.database.transaction(async (session) => {
      await session.query('update kafka_position set batches = batches + 1')
      throw new Error('no')
    }),
  )
  assert.equal(
    await ledger.write(itemsOf([arrival({ movement: 2, quantity: 1 })], { partition: 0, from: 7 }), {
      from: 7,
    }),
    'fenced',
  )
  assert.deepEqual(await readBatchNumbers(ledger.database, 'movements'), new Map([[0, 1]]))
})

test('the totals of two writers who book the sides of the same movements at once are exact', async (t) => {
  const ledger = await freshLedger(t)
  const other = ledger.another()
  const numbers = Array.from({ length: 400 }, (_, n) => n + 1)
  for (let start = 0; start < numbers.length; start += 40) {
    const some = numbers.slice(start, start + 40)
    await Promise.all([
      ledger.book(
        some.map((n) => departure({ movement: n, product: n % 3, warehouse: 1, quantity: 2 })),
        0,
      ),
      other.book(
        some.map((n) => arrival({ movement: n, product: n % 3, warehouse: 2, quantity: 2 })),
        1,
      ),
    ])
  }
  await checkBooks(ledger.database)
  const { movementsDeparted, movementsArrived, warehouses, messagesSettled } = await readTally(
    ledger.database,
  )
  assert.deepEqual([movementsDeparted, movementsArrived, warehouses, messagesSettled], [400, 400, 2, 800])
})

test('a ledger that was written before there were totals gets them by the migration', async (t) => {
  const ledger = await freshLedger(t)
  await ledger.book([
    departure({ movement: 1, quantity: 5 }),
    arrival({ movement: 2, warehouse: 2, quantity: 7 }),
  ])
  await ledger.book([arrival({ movement: 1, warehouse: 3, quantity: 5 })], 1)
  const before = await readTally(ledger.database)
  const file = new URL('../../src/store/migrations/0004-totals.sql', import.meta.url)
  await ledger.database.query(`alter table kafka_position drop column batches, drop column messages_settled,
    drop column warehouses, drop column cards, drop column lines, drop column movements_departed,
    drop column movements_arrived; drop table booked_batch; drop index held_by_time`)
  await ledger.database.query(await readFile(file, 'utf8'))
  assert.deepEqual(await readTally(ledger.database), before)
  await ledger.book([arrival({ movement: 9, quantity: 1 })])
  await checkBooks(ledger.database)
})

test('the overview names what has waited longest, and counts what is open by code, up to a limit', async (t) => {
  const ledger = await freshLedger(t)
  const empty = await readOverview(ledger.database, 'movements')
  assert.deepEqual(
    [empty.oldestHeld, empty.oldestTransit, empty.quarantine, empty.totals.lines],
    [null, null, [], 0],
  )

  await ledger.book([
    departure({ movement: 1, warehouse: 1, at: 50, quantity: 5 }),
    departure({ movement: 2, warehouse: 2, at: 20, quantity: 6 }),
    arrival({ movement: 3, warehouse: 1, at: 10, quantity: 1 }),
  ])
  const spoilt = Array.from({ length: mostCounted + 5 }, (_, n) => ({
    message: messageAt({ partition: 0, offset: 3 + n }),
    decoded: reject(n < 2 ? 'not_utf8' : 'not_json'),
    receivedAt: (Date.parse('2026-01-01T00:00:00Z') * 1000 + n) as Micros,
  }))
  await ledger.write(spoilt, { from: 3 })
  const overview = await readOverview(ledger.database, 'movements')
  assert.equal(overview.oldestHeld?.movementId, movement(2))
  assert.equal(overview.oldestTransit?.movementId, movement(3))
  assert.deepEqual(overview.quarantine, [
    { code: 'not_json', count: mostCounted, more: true, oldestReceivedAt: spoilt[2]?.receivedAt },
    { code: 'not_utf8', count: 2, more: false, oldestReceivedAt: spoilt[0]?.receivedAt },
  ])
  assert.deepEqual(
    overview.positions.map(({ partition, nextOffset }) => [partition, nextOffset]),
    [[0, mostCounted + 8]],
  )
  assert.equal(overview.totals.messagesSettled, mostCounted + 8)
})

async function readAll({ database }: TestLedger) {
  const upTo = await readBatchNumbers(database, 'movements')
  const batches = await readBookedBatches(database, 'movements', { after: new Map(), upTo, limit: 1000 })
  return batches === 'gone' ? [] : batches.map(({ changes }) => changes)
}

async function recordedTimes({ database }: TestLedger): Promise<Micros[]> {
  const rows = await database.query<{ at: Micros }>(
    'select recorded_at as at from movement_leg order by recorded_at',
  )
  return rows.map((row) => row.at)
}
