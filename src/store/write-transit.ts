import { pairId, type TransitChange } from '../booking/ledger.ts'
import type { MovementId, ProductId } from '../message/event.ts'
import { int8Array, timestampArray, uuidArray } from './binary-array.ts'
import type { Session } from './database.ts'

export interface WrittenTransit {
  /** By how many rows the table grew. */
  readonly grown: number
  /**
   * Movements in which there was something else than was known: another transaction has booked legs of them since they
   * were read. Of two that book one movement at once, the second finds this here.
   */
  readonly met: readonly MovementId[]
}

/**
 * Writes what is under way as signed differences, never from what was read before: two sides of a movement that are
 * booked at once do not see each other, and a row deleted by what was read would be lost. Three steps:
 *
 * 1. where the other side was seen, delete the rows that this brings to zero (tested again on the newest row);
 * 2. add to all the others, making rows where there are none;
 * 3. delete those just added to that came to zero: the other side had been booked meanwhile.
 */
export async function writeTransit(
  session: Session,
  changes: readonly TransitChange[],
): Promise<WrittenTransit> {
  const sorted = changes.filter(({ difference }) => difference !== 0).sort(byKey)
  const met: MovementId[] = []
  const seen = sorted.filter(({ known }) => known)
  const settled = await deleteSettled(session, seen)
  for (const { movementId, before, difference } of settled)
    if (before + difference !== 0) met.push(movementId)
  const rest = settled.size === 0 ? sorted : sorted.filter((change) => !settled.has(change))
  const changed = await addDifferences(session, rest)
  const zeros: TransitChange[] = []
  for (const change of rest) {
    const quantity = changed.get(pairId(change)) ?? change.difference
    if (quantity !== change.before + change.difference) met.push(change.movementId)
    if (quantity === 0) zeros.push(change)
  }
  const removed = await deleteZeros(session, zeros)
  return { grown: rest.length - changed.size - removed - settled.size, met }
}

/** Those whose row is gone. */
async function deleteSettled(
  session: Session,
  changes: readonly TransitChange[],
): Promise<ReadonlySet<TransitChange>> {
  if (changes.length === 0) return new Set()
  const rows = await session.query<{ place: number }>(
    `delete from transit t
     using unnest($1::uuid[], $2::uuid[], $3::bigint[])
       with ordinality as d (movement_id, product_id, difference, place)
     where t.movement_id = d.movement_id and t.product_id = d.product_id and t.quantity + d.difference = 0
     returning d.place`,
    [...keysOf(changes), int8Array(changes.map(({ difference }) => difference))],
    { name: 'delete_settled_transit' },
  )
  return new Set(rows.map(({ place }) => at(changes, place)))
}

/** The quantities now of those that found a row, by `pairId`. All the others made one. */
async function addDifferences(
  session: Session,
  changes: readonly TransitChange[],
): Promise<ReadonlyMap<string, number>> {
  if (changes.length === 0) return new Map()
  const rows = await session.query<{ movementId: MovementId; productId: ProductId; quantity: number }>(
    `with added as (
       insert into transit as t (movement_id, product_id, quantity, since)
       select * from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::timestamptz[])
       on conflict (movement_id, product_id) do update set
         quantity = t.quantity + excluded.quantity,
         since = least(t.since, excluded.since)
       returning movement_id, product_id, quantity, t.xmax = 0 as is_new
     )
     select movement_id as "movementId", product_id as "productId", quantity from added where not is_new`,
    [
      ...keysOf(changes),
      int8Array(changes.map(({ difference }) => difference)),
      timestampArray(changes.map(({ since }) => since)),
    ],
    { name: 'add_to_transit' },
  )
  return new Map(rows.map((row) => [pairId(row), row.quantity]))
}

async function deleteZeros(session: Session, zeros: readonly TransitChange[]): Promise<number> {
  if (zeros.length === 0) return 0
  const rows = await session.query(
    `delete from transit t
     using unnest($1::uuid[], $2::uuid[]) as z (movement_id, product_id)
     where t.movement_id = z.movement_id and t.product_id = z.product_id and t.quantity = 0
     returning 1 as gone`,
    keysOf(zeros),
    { name: 'delete_zero_transit' },
  )
  return rows.length
}

function keysOf(changes: readonly TransitChange[]): [Buffer, Buffer] {
  return [
    uuidArray(changes.map(({ movementId }) => movementId)),
    uuidArray(changes.map(({ productId }) => productId)),
  ]
}

/** By the number that the server gave it, from one on. */
function at(changes: readonly TransitChange[], place: number): TransitChange {
  const change = changes[place - 1]
  if (change === undefined)
    throw new RangeError(`the database answers with a ${place}th of ${changes.length} changes`)
  return change
}

function byKey(a: TransitChange, b: TransitChange): number {
  if (a.movementId !== b.movementId) return a.movementId < b.movementId ? -1 : 1
  return a.productId < b.productId ? -1 : a.productId > b.productId ? 1 : 0
}
