/**
 * The words of the ledger as types: a decoded report and the ids in it.
 *
 * Each id is branded, so that a warehouse cannot be handed over where a product is wanted. The brand is given
 * in one place only, the parsers of `uuid.ts` and `timestamp.ts`; whoever holds such a value need not check it.
 */
declare const brand: unique symbol
type Branded<Base, Name extends string> = Base & { readonly [brand]: Name }

/** UUID, lower-case: one movement of goods; its departure and its arrivals share it. */
export type MovementId = Branded<string, 'MovementId'>
/** UUID, lower-case: one warehouse. */
export type WarehouseId = Branded<string, 'WarehouseId'>
/** UUID, lower-case: one product. */
export type ProductId = Branded<string, 'ProductId'>

/** Microseconds since 1970-01-01T00:00:00Z, a safe integer: exact from the year 1684 to 2255. */
export type Micros = Branded<number, 'Micros'>

/** CloudEvents `type`: the one that is read. */
export const eventType = 'ru.retail.warehouses.movement'

export const eventKinds = ['departure', 'arrival'] as const
export type EventKind = (typeof eventKinds)[number]

/** A decoded, validated report of a warehouse: goods left it, or goods came in. */
export interface MovementEvent {
  readonly kind: EventKind
  readonly movementId: MovementId
  readonly productId: ProductId
  readonly warehouseId: WarehouseId
  /** When it happened, by the warehouse's clock (`data.timestamp`). */
  readonly occurredAt: Micros
  /** Pieces: a departure 1 to 10^12, an arrival 0 ("nothing came") to 10^12. */
  readonly quantity: number
  /** CloudEvents `source`: the warehouse's short code, for example `WH-3423`. */
  readonly source: string
  /** CloudEvents `id`. Not an identity on its own: real producers repeat it (see `booking/identity.ts`). */
  readonly messageId: string
  /** A person has said that it counts although an equal report is booked (see `marks.ts`). */
  readonly accepted?: true
}

/** The stock of one product in one warehouse is kept on one card. */
export interface CardKey {
  readonly warehouseId: WarehouseId
  readonly productId: ProductId
}
