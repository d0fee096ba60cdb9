import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { cardId } from '../../src/booking/ledger.ts'
import type { MovementEvent } from '../../src/message/event.ts'
import { isOpening } from '../../src/message/opening-stock.ts'
import {
  acceptedCopies,
  anyPile,
  anyStream,
  covered,
  originalOf,
  plainCopies,
  shuffled,
} from '../support/events.ts'
import { MemoryLedger } from '../support/memory-ledger.ts'
import { Model } from '../support/model.ts'

const draws = fc.array(fc.nat(), { minLength: 1, maxLength: 60 })
const reading = fc.record({
  firstPage: fc.integer({ min: 1, max: 4 }),
  nextPage: fc.integer({ min: 1, max: 4 }),
  floors: fc.constantFrom('read' as const, 'remembered' as const),
})

/** Cuts a stream into batches of drawn sizes. */
function inBatches(events: readonly MovementEvent[], sizes: readonly number[]): MovementEvent[][] {
  const batches: MovementEvent[][] = []
  let start = 0
  for (let n = 0; start < events.length; n += 1) {
    const size = 1 + ((sizes[n % sizes.length] ?? 0) % 9)
    batches.push(events.slice(start, start + size))
    start += size
  }
  return batches
}

/** The same stream, but each original is delivered before its first copy. */
function equalsFirst(events: readonly MovementEvent[]): MovementEvent[] {
  const seen = new Set<string>()
  return events.flatMap((event) => {
    const original = originalOf(event)
    if (original === null || seen.has(original.messageId)) {
      seen.add(event.messageId)
      return [event]
    }
    seen.add(original.messageId)
    return [original, event]
  })
}

/** What a reader sees of the books, without the order in which they came to be. */
function books(ledger: MemoryLedger): string[] {
  const cards = ledger
    .keys()
    .map((key) => `card ${cardId(key)} ${ledger.balance(key)} holds ${ledger.heldOf(key).length}`)
  const legs = ledger.legs.map(({ movementId, productId, leg, warehouseId, quantity, occurredAt }) =>
    ['leg', movementId, productId, leg === 0, warehouseId, quantity, occurredAt].join(' '),
  )
  const transit = [...ledger.transit].map(([pair, quantity]) => `transit ${pair} ${quantity}`)
  return [...cards, ...legs, ...transit].sort((a, b) => (a < b ? -1 : 1))
}

suite('booking, with any stream', () => {
  test('any permutation, duplication and batching of reports that add up ends in the same books, nothing held', () => {
    fc.assert(
      fc.property(anyStream, draws, draws, reading, (stream, order, sizes, how) => {
        const reports = covered(stream)
        const straight = new MemoryLedger()
        straight.book(reports)
        const twisted = new MemoryLedger(how)
        const redelivered = reports.filter((_, index) => (order[index % order.length] ?? 0) % 3 === 0)
        for (const batch of inBatches(shuffled([...reports, ...redelivered], order), sizes))
          twisted.book(batch)
        assert.deepEqual(books(twisted), books(straight))
        assert.ok(twisted.legs.every(({ line }) => line !== null))
      }),
      { numRuns: 400 },
    )
  })

  test('what a person accepts counts once beside its equal, in any order in which the equal comes first', () => {
    fc.assert(
      fc.property(anyStream, draws, draws, reading, (stream, order, sizes, how) => {
        const reports = covered(stream)
        const accepted = acceptedCopies(reports)
        const straight = new MemoryLedger()
        straight.book([...reports, ...accepted])
        const all = shuffled(
          [...reports, ...accepted, ...reports, ...accepted, ...plainCopies(reports)],
          order,
        )
        const twisted = new MemoryLedger(how)
        for (const batch of inBatches(equalsFirst(all), sizes)) twisted.book(batch)
        assert.deepEqual(books(twisted), books(straight))
        const arrivals = reports.filter((one) => one.kind === 'arrival' && !isOpening(one))
        assert.equal(twisted.legs.length, reports.length + arrivals.length)
      }),
      { numRuns: 300 },
    )
  })

  test('no balance falls below zero, lines replay, and every held quantity is larger than its balance', () => {
    fc.assert(
      fc.property(fc.oneof(anyPile, anyStream), draws, draws, reading, (stream, order, sizes, how) => {
        const ledger = new MemoryLedger(how)
        for (const batch of inBatches(shuffled(stream, order), sizes)) {
          ledger.book(batch)
          for (const key of ledger.keys()) {
            let balance = 0
            for (const [index, line] of ledger.linesOf(key).entries()) {
              balance += line.change
              assert.deepEqual([line.line, line.balance], [index + 1, balance])
              assert.ok(balance >= 0)
            }
            for (const { quantity } of ledger.heldOf(key)) assert.ok(quantity > balance)
          }
        }
      }),
      { numRuns: 300 },
    )
  })

  test('what is on the cards and in transit is what is held, and what the cards began with', () => {
    fc.assert(
      fc.property(anyStream, draws, (stream, order) => {
        const ledger = new MemoryLedger()
        ledger.book(shuffled(stream, order))
        const onCards = ledger.keys().reduce((sum, key) => sum + ledger.balance(key), 0)
        const held = ledger.legs.reduce((sum, { line, quantity }) => sum + (line === null ? quantity : 0), 0)
        const inTransit = [...ledger.transit.values()].reduce((sum, quantity) => sum + quantity, 0)
        const opened = ledger.legs.filter(isOpening).reduce((sum, { quantity }) => sum + quantity, 0)
        assert.equal(onCards + inTransit, held + opened)
      }),
      { numRuns: 300 },
    )
  })

  test('batches of any size, and pages of any size, book line by line what the oracle books', () => {
    fc.assert(
      fc.property(fc.oneof(anyPile, anyStream), draws, draws, reading, (stream, order, sizes, how) => {
        const reports = covered(stream, 3).slice(0, -1)
        const some = reports.filter((_, index) => (order[index % order.length] ?? 0) % 2 === 0)
        const repeated = [...acceptedCopies(some), ...plainCopies(some), ...acceptedCopies(some)]
        const contrary = some.filter(isOpening).map((one) => ({ ...one, quantity: one.quantity + 1 }))
        const strange = some.filter(isOpening).map((one) => ({ ...one, source: 'WH-0000' }))
        const leaving = strange.map((one) => ({ ...one, kind: 'departure' as const }))
        const events = shuffled([...reports, ...repeated, ...contrary, ...strange, ...leaving], order)
        const model = new Model()
        const ledger = new MemoryLedger(how)
        for (const event of events) model.deliver(event)
        for (const batch of inBatches(events, sizes)) ledger.book(batch)
        for (const event of events) {
          const lines = ledger
            .linesOf(event)
            .map(({ movementId, change, balance }) => ({ movementId, change, balance }))
          assert.deepEqual(lines, model.card(event).lines)
          assert.equal(ledger.heldOf(event).length, model.card(event).held.length)
        }
      }),
      { numRuns: 400 },
    )
  })
})
