import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { Outcome } from '../../src/booking/ledger.ts'
import type { MovementEvent } from '../../src/message/event.ts'
import { arrival, at, departure, movement, opening, product, warehouse } from '../support/events.ts'
import { MemoryLedger } from '../support/memory-ledger.ts'

/** Books each event in a batch of its own and answers what became of them, rejections by their code. */
function outcomes(ledger: MemoryLedger, ...events: MovementEvent[]): string[] {
  return events.flatMap((event) => ledger.book([event]).outcomes.map(nameOf))
}

function nameOf(outcome: Outcome): string {
  return typeof outcome === 'string' ? outcome : outcome.code
}

const card = { warehouseId: warehouse(1), productId: product(1) }

suite('the rules of booking', () => {
  test('an arrival adds a line to its card and goes into transit as a debt', () => {
    const ledger = new MemoryLedger()
    const decision = ledger.book([arrival({ quantity: 100, at: 7 })])
    assert.deepEqual(decision.lines, [
      { ...card, line: 1, movementId: movement(1), leg: 1, change: 100, balance: 100, occurredAt: at(7) },
    ])
    assert.deepEqual([...ledger.transit.values()], [-100])
  })

  test('a departure that the balance covers is booked, one beyond it is held and changes no stock', () => {
    const ledger = new MemoryLedger()
    const happened = outcomes(
      ledger,
      arrival({ movement: 1, quantity: 10 }),
      departure({ movement: 2, quantity: 10 }),
      departure({ movement: 3, quantity: 1 }),
    )
    assert.deepEqual(happened, ['booked', 'booked', 'held'])
    assert.deepEqual(
      ledger.linesOf(card).map(({ change, balance }) => [change, balance]),
      [
        [10, 10],
        [-10, 0],
      ],
    )
    assert.deepEqual(
      ledger.heldOf(card).map(({ quantity }) => quantity),
      [1],
    )
  })

  test('an arrival releases the oldest held departures first, each that fits, past those that do not', () => {
    const ledger = new MemoryLedger()
    outcomes(
      ledger,
      departure({ movement: 4, at: 40, quantity: 2 }),
      departure({ movement: 2, at: 20, quantity: 50 }),
      departure({ movement: 3, at: 30, quantity: 3 }),
      departure({ movement: 1, at: 10, quantity: 4 }),
      arrival({ movement: 9, at: 99, quantity: 8 }),
    )
    assert.deepEqual(
      ledger.linesOf(card).map(({ movementId, change, balance }) => [movementId, change, balance]),
      [
        [movement(9), 8, 8],
        [movement(1), -4, 4],
        [movement(3), -3, 1],
      ],
    )
    assert.deepEqual(
      ledger.heldOf(card).map(({ quantity }) => quantity),
      [50, 2],
    )
  })

  test('of two held departures of one moment the smaller movement id is released first', () => {
    const ledger = new MemoryLedger()
    outcomes(ledger, departure({ movement: 8, quantity: 5 }), departure({ movement: 7, quantity: 5 }))
    const decision = ledger.book([arrival({ movement: 9, quantity: 5 })])
    assert.deepEqual(
      decision.releases.map(({ movementId }) => movementId),
      [movement(7)],
    )
  })

  test('a departure held and released in one batch is booked, and asks for no release in the store', () => {
    const {
      outcomes: happened,
      releases,
      legs,
    } = new MemoryLedger().book([
      departure({ movement: 1, quantity: 5 }),
      arrival({ movement: 2, quantity: 5 }),
    ])
    assert.deepEqual(happened, ['booked', 'booked'])
    assert.deepEqual(releases, [])
    assert.deepEqual(
      legs.map(({ leg, line }) => [leg, line]),
      [
        [0, 2],
        [1, 1],
      ],
    )
  })

  test('a pile of large held departures is not asked for by arrivals that cannot release one', () => {
    const ledger = new MemoryLedger({ firstPage: 2, nextPage: 2, floors: 'remembered' })
    ledger.book(Array.from({ length: 100 }, (_, n) => departure({ movement: n, quantity: 1000 })))
    const small = Array.from({ length: 50 }, (_, n) => [
      departure({ movement: 1000 + n, at: 50, quantity: 20 }),
      arrival({ movement: 2000 + n, quantity: 20 }),
    ])
    const { outcomes: happened } = ledger.book(small.flat())
    assert.deepEqual(new Set(happened), new Set(['booked']))
    assert.equal(ledger.requests, 0)
    ledger.book([arrival({ movement: 3000, quantity: 999 })])
    assert.equal(ledger.requests, 0)
    assert.equal(ledger.book([arrival({ movement: 3001, quantity: 1 })]).releases.length, 1)
  })

  test('the same content under the same id is a duplicate and changes nothing, booked or held', () => {
    const ledger = new MemoryLedger()
    const [came, left] = [arrival({ movement: 1, quantity: 5 }), departure({ movement: 2, quantity: 50 })]
    assert.deepEqual(outcomes(ledger, came, left, came, left), ['booked', 'held', 'duplicate', 'duplicate'])
    assert.deepEqual(outcomes(ledger, came), ['duplicate'])
    assert.equal(ledger.legs.length, 2)
    assert.equal(ledger.lines.length, 1)
  })

  test('the same content under another id waits in quarantine and changes nothing', () => {
    const ledger = new MemoryLedger()
    const happened = outcomes(
      ledger,
      arrival({ quantity: 5, id: 'one' }),
      arrival({ quantity: 5, id: 'two' }),
      departure({ quantity: 5, id: 'one' }),
      departure({ quantity: 5, id: 'two' }),
      { ...arrival({ quantity: 5, id: 'one' }), source: 'WH-9999' },
    )
    assert.deepEqual(happened, [
      'booked',
      'possible_duplicate',
      'booked',
      'possible_duplicate',
      'possible_duplicate',
    ])
    assert.equal(ledger.balance(card), 0)
  })

  test('an arrival that a person accepts counts beside its equal, once for its own id', () => {
    const ledger = new MemoryLedger()
    const [one, two] = [arrival({ quantity: 5, id: 'one' }), arrival({ quantity: 5, id: 'two' })]
    const accepted = { ...two, accepted: true } as const
    assert.deepEqual(outcomes(ledger, one, two, accepted, accepted, two, one), [
      'booked',
      'possible_duplicate',
      'booked',
      'duplicate',
      'duplicate',
      'duplicate',
    ])
    assert.deepEqual(ledger.book([{ ...accepted, messageId: 'three' }, accepted]).outcomes, [
      'booked',
      'duplicate',
    ])
    assert.deepEqual(
      ledger.legs.map(({ leg, messageId }) => [leg, messageId]),
      [
        [1, 'one'],
        [2, 'two'],
        [3, 'three'],
      ],
    )
    assert.equal(ledger.balance(card), 15)
  })

  test('an accepted arrival that comes before its equals is booked, and the first of them waits for a person', () => {
    const ledger = new MemoryLedger()
    const [one, two] = [arrival({ quantity: 5, id: 'one' }), arrival({ quantity: 5, id: 'two' })]
    const happened = outcomes(ledger, { ...two, accepted: true }, two, one, { ...one, accepted: true })
    assert.deepEqual(happened, ['booked', 'duplicate', 'possible_duplicate', 'booked'])
    assert.equal(ledger.balance(card), 10)
  })

  test('a departure cannot be accepted a second time, nor an arrival of another quantity', () => {
    const ledger = new MemoryLedger()
    const happened = outcomes(
      ledger,
      arrival({ quantity: 50 }),
      departure({ quantity: 5, id: 'one' }),
      { ...departure({ quantity: 5, id: 'two' }), accepted: true },
      { ...departure({ quantity: 6 }), accepted: true },
      { ...arrival({ quantity: 51 }), accepted: true },
    )
    assert.deepEqual(happened, [
      'booked',
      'booked',
      'possible_duplicate',
      'departure_conflict',
      'arrival_conflict',
    ])
    assert.equal(ledger.balance(card), 45)
  })

  test('a second departure of a movement contradicts the first, whatever differs', () => {
    const ledger = new MemoryLedger()
    const happened = outcomes(
      ledger,
      departure({ quantity: 5 }),
      departure({ quantity: 6 }),
      departure({ quantity: 5, at: 1 }),
      departure({ quantity: 5, warehouse: 2 }),
    )
    assert.deepEqual(happened, ['held', 'departure_conflict', 'departure_conflict', 'departure_conflict'])
  })

  test('an arrival at the same place and time with another quantity contradicts, elsewhere or later it adds up', () => {
    const ledger = new MemoryLedger()
    const happened = outcomes(
      ledger,
      arrival({ quantity: 5 }),
      arrival({ quantity: 6 }),
      arrival({ quantity: 6, at: 1 }),
      arrival({ quantity: 6, warehouse: 2 }),
    )
    assert.deepEqual(happened, ['booked', 'arrival_conflict', 'booked', 'booked'])
    assert.deepEqual(
      ledger.legs.map(({ leg }) => leg),
      [1, 2, 3],
    )
  })

  test('an arrival of nothing gets its line, changes no balance, and opens no transit', () => {
    const ledger = new MemoryLedger()
    assert.deepEqual(outcomes(ledger, arrival({ quantity: 0 })), ['booked'])
    assert.deepEqual(
      ledger.linesOf(card).map(({ change, balance }) => [change, balance]),
      [[0, 0]],
    )
    assert.deepEqual([...ledger.transit.values()], [])
  })

  test('departure and arrival of different products both book, each with its own transit', () => {
    const ledger = new MemoryLedger()
    const happened = outcomes(
      ledger,
      departure({ product: 1, quantity: 5 }),
      arrival({ product: 2, warehouse: 2, quantity: 5 }),
    )
    assert.deepEqual(happened, ['held', 'booked'])
    assert.deepEqual([...ledger.transit.values()], [5, -5])
  })

  test('a movement takes 1,000 arrivals of a product and 1,000 products, not one more', () => {
    const ledger = new MemoryLedger()
    const thousand = Array.from({ length: 1000 }, (_, index) => index + 1)
    const arrivals = thousand.map((n) => arrival({ at: n, quantity: 1 }))
    const products = thousand.slice(1).map((n) => arrival({ product: n, quantity: 1 }))
    ledger.book([...arrivals, ...products])
    assert.deepEqual(
      outcomes(
        ledger,
        arrival({ at: 5000, quantity: 1 }),
        arrival({ product: 5000, quantity: 1 }),
        arrival({ product: 7, at: 5000, quantity: 1 }),
        arrival({ at: 3, quantity: 1 }),
      ),
      ['movement_too_large', 'movement_too_large', 'booked', 'duplicate'],
    )
  })

  test('a balance never leaves the numbers that JSON carries exactly', () => {
    const ledger = new MemoryLedger()
    const most = Number.MAX_SAFE_INTEGER
    const steps = Array.from({ length: 9007 }, (_, n) => arrival({ movement: n, quantity: 1e12 }))
    ledger.book(steps)
    const left = most - 9007 * 1e12
    assert.deepEqual(
      outcomes(
        ledger,
        arrival({ movement: 10_001, quantity: left + 1 }),
        arrival({ movement: 10_002, quantity: left }),
        arrival({ movement: 10_003, quantity: 1 }),
        arrival({ movement: 10_004, quantity: 0 }),
      ),
      ['quantity_overflow', 'booked', 'quantity_overflow', 'booked'],
    )
    assert.equal(ledger.balance(card), most)
  })

  test('a card opens once: it has its line, releases what was held, and is no part of transit', () => {
    const ledger = new MemoryLedger()
    const happened = outcomes(
      ledger,
      departure({ movement: 1, quantity: 30, at: 9 }),
      opening({ quantity: 100 }),
      opening({ quantity: 100 }),
      opening({ quantity: 90 }),
      opening({ quantity: 100, at: 1 }),
      { ...opening({ quantity: 100 }), accepted: true, messageId: 'another' },
      opening({ quantity: 0, product: 2 }),
    )
    const conflict = 'arrival_conflict'
    assert.deepEqual(happened, ['held', 'booked', 'duplicate', conflict, conflict, 'duplicate', 'booked'])
    assert.deepEqual(
      ledger.linesOf(card).map(({ change, balance }) => [change, balance]),
      [
        [100, 100],
        [-30, 70],
      ],
    )
    assert.deepEqual([...ledger.transit.values()], [30])
  })

  test('nothing else is booked under the movement that opens a card, and it opens none that has reports', () => {
    const first = opening({ quantity: 5 })
    const plain = { ...first, source: 'WH-0001', messageId: 'plain' }
    const ledger = new MemoryLedger()
    const leaves = { ...plain, kind: 'departure' as const }
    assert.deepEqual(outcomes(ledger, first, plain, { ...plain, accepted: true }, leaves), [
      'booked',
      'arrival_conflict',
      'arrival_conflict',
      'departure_conflict',
    ])
    const other = new MemoryLedger()
    assert.deepEqual(outcomes(other, plain, first), ['booked', 'arrival_conflict'])
    assert.deepEqual([...other.transit.values()], [-5])
  })
})
