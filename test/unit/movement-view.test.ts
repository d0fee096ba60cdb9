import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import * as fc from 'fast-check'
import {
  viewMovement,
  type MovementFlag,
  type MovementStatus,
  type RecordedLeg,
} from '../../src/booking/movement-view.ts'
import { openingSource } from '../../src/message/opening-stock.ts'
import type { Micros, ProductId, WarehouseId } from '../../src/message/event.ts'

const north = '00000000-0000-4000-8000-00000000000a' as WarehouseId
const south = '00000000-0000-4000-8000-00000000000b' as WarehouseId
const west = '00000000-0000-4000-8000-00000000000c' as WarehouseId
const tea = '00000000-0000-4000-8000-000000000001' as ProductId
const rice = '00000000-0000-4000-8000-000000000002' as ProductId
const salt = '00000000-0000-4000-8000-000000000003' as ProductId

/** `at` in seconds. */
interface Report {
  readonly product?: ProductId
  readonly warehouse?: WarehouseId
  readonly quantity?: number
  readonly at?: number
  readonly recordedAt?: number
}

function departed({ warehouse = north, at = 10, ...rest }: Report = {}): RecordedLeg {
  return leg(0, { warehouse, at, ...rest })
}

function held(report: Report = {}): RecordedLeg {
  return { ...departed(report), line: null }
}

function arrived(number: number, { warehouse = south, at = 20, ...rest }: Report = {}): RecordedLeg {
  return leg(number, { warehouse, at, ...rest })
}

function opened(report: Report = {}): RecordedLeg {
  return { ...arrived(1, report), source: openingSource }
}

function leg(
  number: number,
  { product = tea, warehouse = north, quantity = 100, at = 0, recordedAt = 1000 }: Report,
) {
  return {
    leg: number,
    productId: product,
    warehouseId: warehouse,
    quantity,
    occurredAt: micros(at),
    recordedAt: micros(recordedAt),
    source: `source of ${warehouse.at(-1)}`,
    messageId: 'm',
    partition: 0,
    offset: number,
    line: 1,
  }
}

function micros(seconds: number): Micros {
  return Math.round(seconds * 1e6) as Micros
}

function view(...legs: RecordedLeg[]) {
  const seen = viewMovement(legs)
  assert(seen !== null)
  return seen
}

suite('the status of a movement is the first that fits', () => {
  const cases: readonly [MovementStatus, string, RecordedLeg[]][] = [
    ['opening_stock', 'what a card began with', [opened()]],
    [
      'in_transit',
      'rice left, and a card of tea began under the same id',
      [opened(), departed({ product: rice })],
    ],
    ['mismatched', 'tea left, rice came', [departed(), arrived(1, { product: rice })]],
    ['mismatched', 'tea is held, rice came', [held(), arrived(1, { product: rice })]],
    ['departure_held', 'a held departure', [held()]],
    ['departure_held', 'a held departure of which all arrived', [held(), arrived(1)]],
    ['departure_held', 'a held departure of which more arrived', [held(), arrived(1, { quantity: 101 })]],
    ['awaiting_departure', 'an arrival alone', [arrived(1)]],
    ['awaiting_departure', 'an arrival of nothing alone', [arrived(1, { quantity: 0 })]],
    ['in_transit', 'a departure alone', [departed()]],
    ['completed', 'as much arrived as departed', [departed(), arrived(1)]],
    [
      'completed',
      'two deliveries add up',
      [departed(), arrived(1, { quantity: 60 }), arrived(2, { quantity: 40 })],
    ],
    ['short', 'less arrived', [departed(), arrived(1, { quantity: 99 })]],
    ['short', 'nothing came, and somebody said so', [departed(), arrived(1, { quantity: 0 })]],
    ['over', 'more arrived', [departed(), arrived(1, { quantity: 101 })]],
  ]
  for (const [status, name, legs] of cases) {
    test(`${status}: ${name}`, () => assert.equal(view(...legs).status, status))
  }
})

suite('a movement is flagged for what is odd about it', () => {
  const cases: readonly [string, RecordedLeg[], MovementFlag[]][] = [
    ['nothing', [departed(), arrived(1)], []],
    ['two products, each with one side', [departed(), arrived(1, { product: rice })], ['product_mismatch']],
    ['it arrived before it departed', [departed({ at: 21 }), arrived(1)], ['clock_skew']],
    ['it arrived at the moment it departed', [departed({ at: 20 }), arrived(1)], []],
    ['it arrived where it departed', [departed(), arrived(1, { warehouse: north })], ['same_warehouse']],
    ['two deliveries', [departed(), arrived(1), arrived(2, { at: 21 })], ['partial_deliveries']],
    ['two deliveries, no departure', [arrived(1), arrived(2, { at: 21 })], ['partial_deliveries']],
    [
      'a departure from the future',
      [departed({ at: 10, recordedAt: 9.999999 }), arrived(1)],
      ['future_timestamp'],
    ],
    [
      'an arrival from the future',
      [departed(), arrived(1, { at: 20, recordedAt: 19 })],
      ['future_timestamp'],
    ],
    ['recorded in the very microsecond', [departed({ at: 10, recordedAt: 10 })], []],
    [
      'everything at once, in a fixed order',
      [
        departed({ at: 30, recordedAt: 1 }),
        arrived(1, { product: rice, warehouse: north }),
        arrived(2, { product: rice, at: 21 }),
      ],
      ['product_mismatch', 'clock_skew', 'same_warehouse', 'partial_deliveries', 'future_timestamp'],
    ],
  ]
  for (const [name, legs, flags] of cases) {
    test(name, () => assert.deepEqual(view(...legs).flags, flags))
  }
})

test('a movement without legs has no view', () => assert.equal(viewMovement([]), null))

test('a movement shows who sent, who received, how long it took and what is missing', () => {
  const legs = [departed({ at: 10 }), arrived(1, { at: 20.000001, quantity: 97 })]
  assert.deepEqual(view(...legs), {
    status: 'short',
    productId: tea,
    sender: { warehouseId: north, source: 'source of a', occurredAt: micros(10), quantity: 100 },
    receiver: {
      warehouseId: south,
      source: 'source of b',
      occurredAt: micros(20.000001),
      quantity: 97,
      deliveries: 1,
    },
    elapsedSeconds: 10.000001,
    quantityDifference: -3,
    flags: [],
    events: legs,
    products: null,
  })
})

test('what is not known yet is null', () => {
  const { sender, elapsedSeconds, quantityDifference } = view(arrived(1))
  assert.deepEqual(
    { sender, elapsedSeconds, quantityDifference },
    { sender: null, elapsedSeconds: null, quantityDifference: null },
  )
  assert.equal(view(departed()).receiver, null)
})

test('several deliveries have the place of the first, the time of the last, and their sum', () => {
  const first = arrived(2, { at: 20, warehouse: west, quantity: 30 })
  const second = arrived(3, { at: 30, warehouse: south, quantity: 20 })
  const third = arrived(1, { at: 30, warehouse: west, quantity: 50 })
  const seen = view(third, departed(), second, first)
  assert.deepEqual(seen.receiver, {
    warehouseId: west,
    source: 'source of c',
    occurredAt: micros(30),
    quantity: 100,
    deliveries: 3,
  })
  assert.equal(seen.elapsedSeconds, 20)
  assert.deepEqual(seen.events, [departed(), first, second, third])
})

test('disagreeing clocks give a negative time', () => {
  assert.equal(view(departed({ at: 30 }), arrived(1, { at: 20 })).elapsedSeconds, -10)
})

test('of several products the first to depart is on top, and each has its entry', () => {
  const legs = [
    arrived(1, { product: rice, at: 5, quantity: 1 }),
    departed({ product: rice, at: 12, quantity: 1 }),
    departed({ product: tea, at: 11 }),
    held({ product: salt, at: 13, quantity: 7 }),
    arrived(1, { product: salt, quantity: 7 }),
  ]
  const seen = view(...legs)
  const entries = seen.products?.map(({ productId, status, flags }) => ({ productId, status, flags }))
  assert.deepEqual(entries, [
    { productId: tea, status: 'in_transit', flags: [] },
    { productId: rice, status: 'completed', flags: ['clock_skew'] },
    { productId: salt, status: 'departure_held', flags: [] },
  ])
  const { events, products, ...top } = seen
  assert.deepEqual(top, products?.[0])
  assert.equal(events.length, 5)
})

test('if no product departed, the first to arrive is on top', () => {
  const seen = view(arrived(1, { product: rice, at: 21 }), arrived(1, { product: tea, at: 20 }))
  assert.deepEqual([seen.productId, seen.status], [tea, 'awaiting_departure'])
})

test('a mismatch shows both sides at the top, the time between them, and no difference', () => {
  const complete = [departed({ product: salt, at: 1 }), arrived(1, { product: salt, at: 2 })]
  const seen = view(
    ...complete,
    departed({ at: 10, quantity: 100 }),
    arrived(1, { product: rice, at: 25, quantity: 90 }),
  )
  const { events, products, ...top } = seen
  assert.deepEqual(top, {
    status: 'mismatched',
    productId: tea,
    sender: { warehouseId: north, source: 'source of a', occurredAt: micros(10), quantity: 100 },
    receiver: {
      warehouseId: south,
      source: 'source of b',
      occurredAt: micros(25),
      quantity: 90,
      deliveries: 1,
    },
    elapsedSeconds: 15,
    quantityDifference: null,
    flags: ['product_mismatch'],
  })
  assert.equal(events.length, 4)
  assert.deepEqual(
    products?.map(({ productId, status, flags, elapsedSeconds }) => ({
      productId,
      status,
      flags,
      elapsedSeconds,
    })),
    [
      { productId: salt, status: 'completed', flags: [], elapsedSeconds: 1 },
      { productId: tea, status: 'mismatched', flags: ['product_mismatch'], elapsedSeconds: null },
      { productId: rice, status: 'mismatched', flags: ['product_mismatch'], elapsedSeconds: null },
    ],
  )
})

test('where nobody can tell which products belong together, each one-sided product says so', () => {
  const seen = view(
    departed({ product: tea }),
    departed({ product: salt, at: 11 }),
    arrived(1, { product: rice }),
  )
  assert.deepEqual(
    seen.products?.map(({ status }) => status),
    ['mismatched', 'mismatched', 'mismatched'],
  )
  assert.deepEqual([seen.productId, seen.receiver?.quantity], [tea, 100])
})

test('every delivery order of the same legs gives the same view', () => {
  const legs = [
    departed(),
    arrived(1, { at: 20 }),
    arrived(2, { at: 20, warehouse: west }),
    departed({ product: rice }),
    arrived(1, { product: salt, at: 20 }),
  ]
  const expected = view(...legs)
  fc.assert(
    fc.property(fc.shuffledSubarray(legs, { minLength: legs.length }), (shuffled) => {
      assert.deepEqual(view(...shuffled), expected)
    }),
  )
})
