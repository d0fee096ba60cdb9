/**
 * What the booking knows, and what it decides: plain values, no I/O, no clock.
 *
 * A card is its lines, a movement is its legs. The store reads what a batch of events touches, `decide.ts` decides
 * on copies, the store writes the decision in one transaction. So the rules can be read, and tested, alone.
 */
import type { CardKey, Micros, MovementEvent, MovementId, ProductId, WarehouseId } from '../message/event.ts'
import type { Rejection } from '../message/rejection.ts'

/** A balance stays exact in every JSON client. */
export const maxBalance = Number.MAX_SAFE_INTEGER
/** Arrivals of one product in one movement, and products in one movement: bounds what a movement makes a batch read. */
export const maxArrivals = 1000
export const maxProducts = 1000

/** All that a booking must know of a card: where its lines end, and whether a held departure may fit. */
export interface CardState {
  /** Number of the last line; 0 for a card without lines. */
  readonly lastLine: number
  readonly balance: number
  /** No held departure of the card is smaller than this; Infinity when none is held. A lower bound, not exact. */
  readonly heldFloor: number
}

/** A booked or held event of a movement. Leg 0 is the departure; 1, 2, … are the arrivals. */
export interface Leg {
  readonly leg: number
  readonly warehouseId: WarehouseId
  readonly quantity: number
  readonly occurredAt: Micros
  readonly source: string
  readonly messageId: string
}

/** A departure that waits for stock on its card. */
export interface HeldDeparture {
  readonly movementId: MovementId
  readonly quantity: number
  readonly occurredAt: Micros
}

/** Some of a card's held departures, the oldest first, none larger than was asked for. */
export interface HeldPage {
  readonly departures: readonly HeldDeparture[]
  /** Larger ones were left out: the page is complete up to this quantity. */
  readonly atMost: number
  /** There are no more of this size. */
  readonly complete: boolean
  /** If complete: no held departure larger than `atMost` is smaller than this; Infinity when there is none. */
  readonly nextFloor: number
}

/** What a decision asks for when it has used up a page: the next held departures of a card. */
export interface HeldRequest {
  readonly card: CardKey
  /** Go on after this one, in the order of `byAge`. */
  readonly after: HeldDeparture | null
  /** What the balance covers now: a larger one cannot be released. */
  readonly atMost: number
}

/** What the store has read for a batch. A card or movement that is not in here has nothing booked. */
export interface Known {
  readonly cards: ReadonlyMap<string, CardState>
  /** By `pairId`. */
  readonly legs: ReadonlyMap<string, readonly Leg[]>
  /** How many products a movement has, by movement. */
  readonly products: ReadonlyMap<MovementId, number>
  /** For the cards whose `heldFloor` is within reach (see `reachOf`). */
  readonly held: ReadonlyMap<string, HeldPage>
}

/** What became of one event. */
export type Outcome = 'booked' | 'held' | 'duplicate' | Rejection

export interface NewLeg extends Leg {
  readonly movementId: MovementId
  readonly productId: ProductId
  /** Its line on the card; null while it is held. */
  line: number | null
  /** Index of the event in its batch. */
  readonly event: number
}

export interface NewLine {
  readonly warehouseId: WarehouseId
  readonly productId: ProductId
  readonly line: number
  readonly movementId: MovementId
  readonly leg: number
  readonly change: number
  readonly balance: number
  readonly occurredAt: Micros
}

/** A departure that an earlier transaction held gets its line. */
export interface Release {
  readonly movementId: MovementId
  readonly productId: ProductId
  readonly line: number
}

/** Departed minus arrived, of one product in one movement, as this batch changes it. */
export interface TransitChange {
  readonly movementId: MovementId
  readonly productId: ProductId
  difference: number
  /** The oldest of the new legs. */
  since: Micros
  /** Legs of it were booked before, so a row of transit may exist. */
  readonly known: boolean
  /** Departed minus arrived before this batch, as far as was known. */
  readonly before: number
}

export interface Decision {
  /** One for each event, in their order. */
  readonly outcomes: readonly Outcome[]
  readonly legs: readonly NewLeg[]
  readonly lines: readonly NewLine[]
  readonly releases: readonly Release[]
  readonly transit: readonly TransitChange[]
  /** The cards that changed, as they are once the decision is written. */
  readonly cards: ReadonlyMap<string, CardState & CardKey>
}

export function cardId({ warehouseId, productId }: CardKey): string {
  return warehouseId + productId
}

export function pairId({ movementId, productId }: { movementId: MovementId; productId: ProductId }): string {
  return movementId + productId
}

/** The order of release: the oldest first; of equal age, the smaller movement id. (A card has one product.) */
export function byAge(a: HeldDeparture, b: HeldDeparture): number {
  if (a.occurredAt !== b.occurredAt) return a.occurredAt - b.occurredAt
  return a.movementId < b.movementId ? -1 : a.movementId > b.movementId ? 1 : 0
}

/** A card of a batch, and the sum of its arrivals in it, which bounds what they could release (see `reachOf`). */
export interface CardOfBatch extends CardKey {
  toCome: number
}

/** The cards of a batch, by `cardId`. */
export function cardsOf(events: readonly MovementEvent[]): Map<string, CardOfBatch> {
  const cards = new Map<string, CardOfBatch>()
  for (const { kind, warehouseId, productId, quantity } of events) {
    const id = cardId({ warehouseId, productId })
    const toCome = kind === 'arrival' ? quantity : 0
    const card = cards.get(id)
    if (card === undefined) cards.set(id, { warehouseId, productId, toCome })
    else card.toCome += toCome
  }
  return cards
}

/** The most that a balance can come to in a batch, `toCome` being the sum of the card's arrivals in it. */
export function reachOf({ balance, toCome }: { balance: number; toCome: number }): number {
  return Math.min(balance + toCome, maxBalance)
}
