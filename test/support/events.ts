import fc from 'fast-check'
import { cardId } from '../../src/booking/ledger.ts'
import type {
  EventKind,
  Micros,
  MovementEvent,
  MovementId,
  ProductId,
  WarehouseId,
} from '../../src/message/event.ts'
import { isOpening, openingMovement, openingSource } from '../../src/message/opening-stock.ts'

/** Readable ids for tests: `movement(7)` is …0007 of the movements. */
export const movement = (n: number): MovementId => idOf('a', n) as MovementId
export const warehouse = (n: number): WarehouseId => idOf('b', n) as WarehouseId
export const product = (n: number): ProductId => idOf('c', n) as ProductId
const idOf = (kind: string, n: number): string =>
  `${kind.repeat(8)}-0000-4000-8000-${n.toString(16).padStart(12, '0')}`

/** 2025-01-01T00:00:00Z plus so many seconds. */
export const at = (seconds: number): Micros => (1_735_689_600_000_000 + seconds * 1_000_000) as Micros

interface OpeningSketch {
  readonly product?: number
  readonly warehouse?: number
  readonly at?: number
  readonly quantity: number
}

/** What a card begins with. */
export function opening({
  product: p = 1,
  warehouse: w = 1,
  at: seconds = 0,
  quantity,
}: OpeningSketch): MovementEvent {
  const movementId = openingMovement({ warehouseId: warehouse(w), productId: product(p) })
  const sketch = { product: p, warehouse: w, at: seconds, quantity, id: movementId }
  return { ...event('arrival', sketch), movementId, source: openingSource }
}

interface Sketch {
  readonly movement?: number
  readonly product?: number
  readonly warehouse?: number
  readonly at?: number
  readonly quantity: number
  readonly id?: string
}

export const departure = (sketch: Sketch): MovementEvent => event('departure', sketch)
export const arrival = (sketch: Sketch): MovementEvent => event('arrival', sketch)

function event(kind: EventKind, sketch: Sketch): MovementEvent {
  const { movement: m = 1, product: p = 1, warehouse: w = 1, at: seconds = 0, quantity, id } = sketch
  return {
    kind,
    movementId: movement(m),
    productId: product(p),
    warehouseId: warehouse(w),
    occurredAt: at(seconds),
    quantity,
    source: `WH-${String(w).padStart(4, '0')}`,
    messageId: id ?? `${kind}-${m}-${p}-${w}-${seconds}-${quantity}`,
  }
}

/**
 * Movements between few warehouses, so that they meet: departures, arrivals, partial deliveries, either side missing;
 * and what some cards begin with.
 */
export const anyStream: fc.Arbitrary<MovementEvent[]> = fc
  .array(
    fc.record({
      product: fc.integer({ min: 1, max: 2 }),
      from: fc.integer({ min: 1, max: 3 }),
      to: fc.integer({ min: 1, max: 3 }),
      at: fc.integer({ min: 0, max: 20 }),
      quantity: fc.integer({ min: 1, max: 12 }),
      sides: fc.constantFrom('both', 'departure', 'arrival', 'two arrivals', 'opening'),
    }),
    { maxLength: 40 },
  )
  .map((sketches) =>
    sketches.flatMap(({ product: p, from, to, at: seconds, quantity, sides }, index) => {
      const left = departure({ movement: index, product: p, warehouse: from, at: seconds, quantity })
      const came = arrival({ movement: index, product: p, warehouse: to, at: seconds + 5, quantity })
      const rest = arrival({
        movement: index,
        product: p,
        warehouse: to,
        at: seconds + 9,
        quantity: quantity + 1,
      })
      if (sides === 'opening') return [opening({ product: p, warehouse: to, at: seconds, quantity })]
      if (sides === 'both') return [left, came]
      if (sides === 'departure') return [left]
      return sides === 'arrival' ? [came] : [came, rest]
    }),
  )
  .map(openedOnce)

/** The first opening of each card, and all that is none. */
function openedOnce(events: readonly MovementEvent[]): MovementEvent[] {
  const opened = new Set<string>()
  return events.filter((one) => {
    if (!isOpening(one)) return true
    const isFirst = !opened.has(cardId(one))
    opened.add(cardId(one))
    return isFirst
  })
}

/** Departures of all ages and sizes pile up on one card, and arrivals release some of them. */
export const anyPile: fc.Arbitrary<MovementEvent[]> = fc
  .array(
    fc.record({
      leaves: fc.integer({ min: 0, max: 3 }),
      at: fc.nat(30),
      quantity: fc.integer({ min: 1, max: 9 }),
    }),
    { minLength: 10, maxLength: 80 },
  )
  .map((sketches) =>
    sketches.map(({ leaves, at: seconds, quantity }, index) =>
      leaves > 0
        ? departure({ movement: index, at: seconds, quantity })
        : arrival({ movement: index, at: seconds, quantity: quantity * 2 }),
    ),
  )

/** Adds, for each card, an arrival that brings the sum of its reports to `surplus` or more. */
export function covered(events: readonly MovementEvent[], surplus = 0): MovementEvent[] {
  const sums = new Map<string, { event: MovementEvent; sum: number }>()
  for (const one of events) {
    const entry = sums.get(cardId(one)) ?? { event: one, sum: 0 }
    entry.sum += one.kind === 'arrival' ? one.quantity : -one.quantity
    sums.set(cardId(one), entry)
  }
  const stock = [...sums.values()].map(({ event: one, sum }, index) => ({
    ...one,
    kind: 'arrival' as const,
    source: 'WH-0000',
    movementId: movement(1_000_000 + index),
    quantity: Math.max(0, surplus - sum),
    messageId: `stock-${index}`,
  }))
  return [...events, ...stock]
}

const copyMark = ' copy'

/** Each report under another message id, as a producer repeats it. */
export function plainCopies(events: readonly MovementEvent[]): MovementEvent[] {
  return events.map((one) => ({ ...one, messageId: `${one.messageId}${copyMark}` }))
}

/** The same, each accepted by a person. */
export function acceptedCopies(events: readonly MovementEvent[]): MovementEvent[] {
  return plainCopies(events).map((one) => ({ ...one, accepted: true }))
}

/** What a copy was made of; null for an original. */
export function originalOf(copy: MovementEvent): MovementEvent | null {
  const { kind, movementId, productId, warehouseId, occurredAt, quantity, source, messageId: id } = copy
  if (!id.endsWith(copyMark)) return null
  const messageId = id.slice(0, -copyMark.length)
  return { kind, movementId, productId, warehouseId, occurredAt, quantity, source, messageId }
}

/** The same elements in another order, by a list of numbers that fast-check draws and shrinks. */
export function shuffled<T>(items: readonly T[], draws: readonly number[]): T[] {
  const rest = [...items]
  return items.map(
    (_, index) => rest.splice((draws[index % Math.max(draws.length, 1)] ?? 0) % rest.length, 1)[0] as T,
  )
}
