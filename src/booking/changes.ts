/**
 * What a batch changed, in a form that is bounded however large the batch is: exact counts, and the newest of each
 * list. Made by the transaction that books (`store/summarise-batch.ts`), read by whoever tells of it.
 */
import type { CardKey, EventKind, Micros, MovementId, ProductId, WarehouseId } from '../message/event.ts'

/** What becomes of events, and of held departures that get their line later. */
export const changeKinds = ['booked', 'held', 'released', 'duplicate', 'quarantined'] as const
export type ChangeKind = (typeof changeKinds)[number]
export type ChangeCounts = Readonly<Record<ChangeKind, number>>

export const noCounts: ChangeCounts = { booked: 0, held: 0, released: 0, duplicate: 0, quarantined: 0 }

/** A line that was written. */
export interface BookedLine extends CardKey {
  readonly movementId: MovementId
  readonly kind: EventKind
  readonly line: number
  readonly change: number
  readonly balance: number
  /** An earlier batch had held it. */
  readonly isReleased: boolean
  readonly occurredAt: Micros
  readonly recordedAt: Micros
}

/** A departure that waits for stock from now on. */
export interface HeldLeg extends CardKey {
  readonly movementId: MovementId
  readonly quantity: number
  readonly occurredAt: Micros
  readonly recordedAt: Micros
}

/** The lists have the newest first, and leave out the oldest. */
export interface BatchChanges {
  /** Of all messages, also of those that name no warehouse. */
  readonly counts: ChangeCounts
  readonly warehouses: readonly { readonly warehouseId: WarehouseId; readonly counts: ChangeCounts }[]
  readonly cards: readonly (CardKey & { readonly counts: ChangeCounts })[]
  readonly lines: readonly BookedLine[]
  readonly held: readonly HeldLeg[]
  /** Which lists leave something out. */
  readonly isCut: { readonly warehouses: boolean; readonly cards: boolean; readonly lines: boolean }
}

/** Whose changes somebody wants to see; null for all. */
export interface ChangeFilter {
  readonly warehouses: ReadonlySet<WarehouseId> | null
  readonly productId: ProductId | null
}

/** What several batches changed, as somebody may see it. */
export interface SeenChanges {
  readonly counts: ChangeCounts
  readonly lines: readonly BookedLine[]
  readonly held: readonly HeldLeg[]
  readonly cards: readonly CardKey[]
  /** There may be more than the lists tell, and, for one who does not ask for everything, more than the counts. */
  readonly more: boolean
}

/** Most that `seeChanges` and `mergeSeen` keep of each list: about 30 KB as a message. */
export const mostSeen = 50

/** What the filter lets through of a batch; null if nothing that it asks for has changed. */
export function seeChanges(
  changes: BatchChanges,
  { warehouses, productId }: ChangeFilter,
): SeenChanges | null {
  const { isCut } = changes
  const inWarehouse = ({ warehouseId }: { warehouseId: WarehouseId }): boolean =>
    warehouses === null || warehouses.has(warehouseId)
  const wanted = (one: CardKey): boolean =>
    inWarehouse(one) && (productId === null || one.productId === productId)

  const ofWarehouses = warehouses === null ? changes.counts : sumOf(changes.warehouses.filter(inWarehouse))
  const isHidden = warehouses !== null && isCut.warehouses
  if (isNothing(ofWarehouses) && !isHidden) return null

  const ofCards = changes.cards.filter(wanted)
  const counts = productId === null ? ofWarehouses : sumOf(ofCards)
  if (isNothing(counts) && !isHidden && !(productId !== null && isCut.cards)) return null
  return cut({
    counts,
    cards: ofCards.map(({ warehouseId, productId: product }) => ({ warehouseId, productId: product })),
    lines: changes.lines.filter(wanted),
    held: changes.held.filter(wanted),
    more: isHidden || isCut.cards || isCut.lines,
  })
}

/** Both together. */
export function mergeSeen(older: SeenChanges | null, newer: SeenChanges): SeenChanges {
  if (older === null) return newer
  const cards = new Map(
    [...newer.cards, ...older.cards].map((card) => [card.warehouseId + card.productId, card]),
  )
  return cut({
    counts: sumOf([older, newer]),
    lines: [...newer.lines, ...older.lines].sort(newestFirst),
    held: [...newer.held, ...older.held].sort(newestFirst),
    cards: [...cards.values()],
    more: newer.more || older.more,
  })
}

/** Batches of different partitions come in no order; lines of one time keep theirs. */
function newestFirst(a: { readonly recordedAt: Micros }, b: { readonly recordedAt: Micros }): number {
  return b.recordedAt - a.recordedAt
}

function cut({ counts, lines, held, cards, more }: SeenChanges): SeenChanges {
  return {
    counts,
    lines: lines.slice(0, mostSeen),
    held: held.slice(0, mostSeen),
    cards: cards.slice(0, mostSeen),
    more: more || [lines, held, cards].some(({ length }) => length > mostSeen),
  }
}

function sumOf(parts: readonly { readonly counts: ChangeCounts }[]): ChangeCounts {
  const sum = { ...noCounts }
  for (const { counts } of parts) for (const kind of changeKinds) sum[kind] += counts[kind]
  return sum
}

function isNothing(counts: ChangeCounts): boolean {
  return changeKinds.every((kind) => counts[kind] === 0)
}
