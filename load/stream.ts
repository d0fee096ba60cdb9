/**
 * What the load reports: goods that go from warehouse to warehouse, the same for the same seed. Every card is opened
 * with more than can ever leave it, so nothing is held in whatever order the reports are booked, and the books are known
 * beforehand: the sum of the changes of each card, and a line for each report.
 */
import { chanceOf } from './chance.ts'

export interface StreamShape {
  readonly warehouses: number
  readonly products: number
  /** Movements under way at a time. On the road for hours in life, so that the sides of one are booked far apart. */
  readonly underWay: number
}

/** A report; warehouse and product by their number. */
export interface LoadEvent {
  readonly kind: 'departure' | 'arrival'
  readonly movementId: string
  readonly warehouse: number
  readonly product: number
  readonly quantity: number
}

export interface LoadStream {
  readonly shape: StreamShape
  readonly warehouseIds: readonly string[]
  readonly productIds: readonly string[]
  /** An arrival for each card; they are to be booked before anything leaves. */
  openings(): LoadEvent[]
  /** One after the other, without end: departures, and the arrival of each some time later. */
  next(): LoadEvent
  /** The arrivals of all that is under way; after these nothing is. */
  lastArrivals(): LoadEvent[]
}

/** More than leaves in any run: 10 pieces at most, 10^8 times. A card may hold 2^53 - 1. */
const openingQuantity = 1_000_000_000
const mostPieces = 10

/** @param seed whoever uses one twice against the same service sends nothing but duplicates */
export function createStream(seed: string, shape: StreamShape): LoadStream {
  const chance = chanceOf(seed)
  const warehouseIds = Array.from({ length: shape.warehouses }, () => chance.uuid())
  const productIds = Array.from({ length: shape.products }, () => chance.uuid())
  // A ring: what left first arrives first.
  const road: LoadEvent[] = []
  let oldest = 0
  let onTheRoad = 0

  const depart = (): LoadEvent => {
    const warehouse = chance.below(shape.warehouses)
    const product = chance.below(shape.products)
    const leg = { movementId: chance.uuid(), product, quantity: 1 + chance.below(mostPieces) }
    // Any other warehouse.
    const to = (warehouse + 1 + chance.below(shape.warehouses - 1)) % shape.warehouses
    road[(oldest + onTheRoad) % shape.underWay] = { ...leg, kind: 'arrival', warehouse: to }
    onTheRoad += 1
    return { ...leg, kind: 'departure', warehouse }
  }
  const arrive = (): LoadEvent => {
    const event = road[oldest]
    if (event === undefined) throw new Error('nothing is under way')
    oldest = (oldest + 1) % shape.underWay
    onTheRoad -= 1
    return event
  }

  return {
    shape,
    warehouseIds,
    productIds,
    openings: () =>
      warehouseIds.flatMap((_, warehouse) =>
        productIds.map((__, product): LoadEvent => ({
          kind: 'arrival',
          movementId: chance.uuid(),
          warehouse,
          product,
          quantity: openingQuantity,
        })),
      ),
    next: () => (onTheRoad < shape.underWay ? depart() : arrive()),
    lastArrivals: () => Array.from({ length: onTheRoad }, arrive),
  }
}
