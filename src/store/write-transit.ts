import { pairId, type TransitChange } from '../booking/ledger.ts'
import type { MovementId, ProductId } from '../message/event.ts'
import { int8Array, timestampArray, uuidArray } from './binary-array.ts'
import type { Session } from './database.ts'

interface Pair {
  readonly movementId: MovementId
  readonly productId: ProductId
}

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
  const settled = await deleteSettled(
    session,
    sorted.filter(({ known }) => known),
  )
  const rest: TransitChange[] = []
  for (const change of sorted) {
    if (!settled.has(pairId(change))) rest.push(change)
    else if (change.before + change.difference !== 0) met.push(change.movementId)
  }
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

/**
 * Deletes the rows that come to zero. `is true` keeps the planner from making a join of it: it knows `transit` as nearly
 * empty, whatever is in it by now, and then compares each row with each change: with 20,000 rows, seconds a batch. So
 * the changes are hashed, once.
 */
export const settleTransit = `delete from transit
  where movement_id = any($1::uuid[]) and ((movement_id, product_id, quantity) in (
    select * from unnest($1::uuid[], $2::uuid[], $3::bigint[])
  )) is true
  returning movement_id as "movementId", product_id as "productId"`

/** Those whose row is gone, by `pairId`. */
async function deleteSettled(
  session: Session,
  changes: readonly TransitChange[],
): Promise<ReadonlySet<string>> {
  if (changes.length === 0) return new Set()
  const values = [...keysOf(changes), int8Array(changes.map(({ difference }) => -difference))]
  const rows = await session.query<Pair>(settleTransit, values, { name: 'settle_transit' })
  return new Set(rows.map(pairId))
}

/** The quantities now of those that found a row, by `pairId`. All the others made one. */
async function addDifferences(
  session: Session,
  changes: readonly TransitChange[],
): Promise<ReadonlyMap<string, number>> {
  if (changes.length === 0) return new Map()
  const rows = await session.query<Pair & { quantity: number }>(
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

/** No transaction leaves a zero behind: those that there are of these movements are its own. */
async function deleteZeros(session: Session, zeros: readonly TransitChange[]): Promise<number> {
  if (zeros.length === 0) return 0
  const rows = await session.query(
    'delete from transit where movement_id = any($1::uuid[]) and quantity = 0 returning 1 as gone',
    [uuidArray([...new Set(zeros.map(({ movementId }) => movementId))])],
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

function byKey(a: TransitChange, b: TransitChange): number {
  if (a.movementId !== b.movementId) return a.movementId < b.movementId ? -1 : 1
  return a.productId < b.productId ? -1 : a.productId > b.productId ? 1 : 0
}
