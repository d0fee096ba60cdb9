/** The rows of the two ledgers as they are stored, for whoever proves one against the other. */
import type { Leg } from '../booking/ledger.ts'
import type { CardKey, Micros, MovementId, ProductId } from '../message/event.ts'

/** One product of one movement. */
export interface PairKey {
  readonly movementId: MovementId
  readonly productId: ProductId
}

/** Where a leg is kept. */
export interface LegKey extends PairKey {
  readonly leg: number
}

/** Where a line is kept. */
export interface LineKey extends CardKey {
  readonly line: number
}

/** A row of `card_line`. */
export interface StoredLine extends LineKey {
  readonly movementId: MovementId
  readonly leg: number
  readonly change: number
  readonly balance: number
  readonly occurredAt: Micros
  readonly recordedAt: Micros
}

/** A row of `movement_leg`. */
export interface StoredLeg extends Leg, PairKey {
  readonly recordedAt: Micros
  /** The message that it came in. */
  readonly partition: number
  readonly offset: number
  /** The number it got on its card; null while it is held. */
  readonly line: number | null
}

/** A row of `transit`. */
export interface StoredTransit extends PairKey {
  readonly quantity: number
  readonly since: Micros
}

/** For maps of legs. */
export function legId({ movementId, productId, leg }: LegKey): string {
  return `${movementId}${productId}${leg}`
}

/** For maps of lines. */
export function lineId({ warehouseId, productId, line }: LineKey): string {
  return `${warehouseId}${productId}${line}`
}

/** What a leg does to its card once it is booked. */
export function changeOf({ leg, quantity }: Pick<StoredLeg, 'leg' | 'quantity'>): number {
  return leg === 0 ? -quantity : quantity
}
