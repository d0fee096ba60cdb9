import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { Fault } from '../../src/fault.ts'
import type { MovementEvent } from '../../src/message/event.ts'
import { checkBooks } from '../support/books.ts'
import { arrival, departure, movement } from '../support/events.ts'
import { freshLedger, namesOf, type TestLedger } from '../support/ledger.ts'

/** Books as a lane does: after a conflict, again. */
async function bookUntilDone(
  ledger: TestLedger,
  events: readonly MovementEvent[],
  partition: number,
): Promise<string[]> {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    try {
      return namesOf(await ledger.book(events, partition))
    } catch (error) {
      if (!(error instanceof Fault) || error.kind !== 'conflict') throw error
    }
  }
  throw new Error('never came through')
}

suite('writers side by side', () => {
  test('a balance is never negative under concurrent writers on one card', async (t) => {
    const ledger = await freshLedger(t, { poolSize: 2 })
    await ledger.book([arrival({ movement: 0, quantity: 50 })], 9)
    const writers = Array.from({ length: 6 }, () => ledger.another())
    await Promise.all(
      writers.map(async (writer, w) => {
        for (let n = 0; n < 20; n += 1) {
          const id = 1 + w * 100 + n
          const event =
            n % 5 === 4 ? arrival({ movement: id, quantity: 3 }) : departure({ movement: id, quantity: 2 })
          await bookUntilDone(writer, [event], w)
        }
      }),
    )
    const { lines, legs } = await checkBooks(ledger.database)
    assert.equal(legs.length, 121)
    assert.ok(lines.every(({ balance }) => balance >= 0))
  })

  test('two sides of one movement booked at once by two writers end in a right transit', async (t) => {
    const ledger = await freshLedger(t)
    const [one, other] = [ledger.another(), ledger.another()]
    const movements = Array.from({ length: 60 }, (_, n) => n + 1)
    await bookUntilDone(
      ledger,
      movements.map((n) => arrival({ movement: 1000 + n, quantity: 10 })),
      9,
    )
    for (const n of movements) {
      await Promise.all([
        bookUntilDone(one, [departure({ movement: n, quantity: 10 })], 0),
        bookUntilDone(other, [arrival({ movement: n, warehouse: 2, quantity: n % 3 === 0 ? 9 : 10 })], 1),
      ])
    }
    const { transit } = await checkBooks(ledger.database)
    const open = transit.filter(({ quantity }) => quantity > 0).map(({ movement_id: m }) => m)
    assert.deepEqual(
      open.toSorted(),
      movements.filter((n) => n % 3 === 0).map((n) => movement(n)),
    )
  })

  test('partial deliveries to two warehouses booked at once get legs of their own', async (t) => {
    const ledger = await freshLedger(t)
    const writers = [ledger.another(), ledger.another(), ledger.another()]
    await Promise.all(
      writers.map(async (writer, w) => {
        for (let n = 1; n <= 20; n += 1) {
          await bookUntilDone(writer, [arrival({ movement: n, warehouse: w + 1, quantity: 1 })], w)
        }
      }),
    )
    const { legs } = await checkBooks(ledger.database)
    assert.equal(legs.length, 60)
  })

  test('the same report in two partitions at once is booked once', async (t) => {
    const ledger = await freshLedger(t)
    const writers = [ledger.another(), ledger.another()]
    for (let n = 1; n <= 20; n += 1) {
      const event = arrival({ movement: n, quantity: 1 })
      const outcomes = await Promise.all(writers.map((writer, w) => bookUntilDone(writer, [event], w)))
      assert.deepEqual(outcomes.flat().toSorted(), ['booked', 'duplicate'])
    }
    await checkBooks(ledger.database)
  })

  test('writers that take the same warehouses in other orders do not deadlock', async (t) => {
    const ledger = await freshLedger(t)
    const writers = [ledger.another(), ledger.another(), ledger.another()]
    await Promise.all(
      writers.map(async (writer, w) => {
        for (let n = 0; n < 15; n += 1) {
          const batch = [1, 2, 3, 4].map((i) =>
            arrival({ movement: w * 1000 + n * 10 + i, warehouse: ((i * (w + 1)) % 5) + 1, quantity: 1 }),
          )
          assert.deepEqual(namesOf(await writer.book(batch, w)), ['booked', 'booked', 'booked', 'booked'])
        }
      }),
    )
    await checkBooks(ledger.database)
  })
})
