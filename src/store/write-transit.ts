import { pairId, type TransitChange } from '../booking/ledger.ts'
import { formatTimestamp } from '../message/timestamp.ts'
import type { Session } from './database.ts'
import type { MovementPair } from './read-movement-sides.ts'

interface TransitKey {
  readonly movement_id: string
  readonly product_id: string
}

export interface WrittenTransit {
  /** By how many rows the table grew. */
  readonly grown: number
  /**
   * Pairs in which there was something else than was known: another transaction has booked legs of them since they
   * were read. Of two that book one pair at once, the second finds this here.
   */
  readonly met: readonly MovementPair[]
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
  const settled = await deleteSettled(
    session,
    sorted.filter(({ known }) => known),
  )
  const rest = sorted.filter((change) => !settled.has(pairId(change)))
  const { grown, quantities } = await addDifferences(session, rest)
  const met = sorted.filter((change) => {
    const quantity = settled.has(pairId(change)) ? 0 : quantities.get(pairId(change))
    return quantity !== change.before + change.difference
  })
  return { grown: grown - settled.size, met }
}

async function deleteSettled(session: Session, changes: readonly TransitChange[]): Promise<Set<string>> {
  if (changes.length === 0) return new Set()
  const rows = await session.query<TransitKey>(
    `delete from transit t
     using unnest($1::uuid[], $2::uuid[], $3::bigint[]) as d (movement_id, product_id, difference)
     where t.movement_id = d.movement_id and t.product_id = d.product_id and t.quantity + d.difference = 0
     returning t.movement_id, t.product_id`,
    columnsOf(changes),
  )
  return new Set(rows.map(({ movement_id: movementId, product_id: productId }) => movementId + productId))
}

/** The quantities by pair, as they are now. */
async function addDifferences(
  session: Session,
  changes: readonly TransitChange[],
): Promise<{ grown: number; quantities: ReadonlyMap<string, number> }> {
  if (changes.length === 0) return { grown: 0, quantities: new Map() }
  const rows = await session.query<TransitKey & { quantity: number; is_new: boolean }>(
    `insert into transit as t (movement_id, product_id, quantity, since)
     select d.movement_id, d.product_id, d.difference, d.since
     from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::timestamptz[])
       as d (movement_id, product_id, difference, since)
     order by d.movement_id, d.product_id
     on conflict (movement_id, product_id) do update set
       quantity = t.quantity + excluded.quantity,
       since = least(t.since, excluded.since)
     returning movement_id, product_id, quantity, t.xmax = 0 as is_new`,
    [...columnsOf(changes), changes.map(({ since }) => formatTimestamp(since))],
  )
  const added = rows.filter(({ is_new: isNew }) => isNew).length
  const zeros = rows.filter(({ quantity }) => quantity === 0)
  return {
    grown: added - (await deleteZeros(session, zeros)),
    quantities: new Map(
      rows.map(({ movement_id: movementId, product_id: productId, quantity }) => [
        movementId + productId,
        quantity,
      ]),
    ),
  }
}

async function deleteZeros(session: Session, zeros: readonly TransitKey[]): Promise<number> {
  if (zeros.length === 0) return 0
  const rows = await session.query(
    `delete from transit t
     using unnest($1::uuid[], $2::uuid[]) as z (movement_id, product_id)
     where t.movement_id = z.movement_id and t.product_id = z.product_id and t.quantity = 0
     returning t.movement_id`,
    [
      zeros.map(({ movement_id: movementId }) => movementId),
      zeros.map(({ product_id: productId }) => productId),
    ],
  )
  return rows.length
}

function columnsOf(changes: readonly TransitChange[]): [string[], string[], number[]] {
  return [
    changes.map(({ movementId }) => movementId),
    changes.map(({ productId }) => productId),
    changes.map(({ difference }) => difference),
  ]
}

function byKey(a: TransitChange, b: TransitChange): number {
  if (a.movementId !== b.movementId) return a.movementId < b.movementId ? -1 : 1
  return a.productId < b.productId ? -1 : a.productId > b.productId ? 1 : 0
}
