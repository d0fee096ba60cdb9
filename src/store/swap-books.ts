/** What was made again takes the place of what is there, within one transaction in which nobody books. */
import type { StoredLeg, StoredTransit } from '../proof/ledger-rows.ts'
import type { MendedLegs } from '../proof/mend-legs.ts'
import { int8Array, timestampArray, uuidArray } from './binary-array.ts'
import type { Session } from './database.ts'

/** By how much the swap changed what there is. */
export interface SwappedLines {
  readonly removed: number
  readonly added: number
  /** Cards that have lines now and had none, less those that have none any more. */
  readonly cards: number
}

/** The lines of the damaged cards become the rebuilt ones. A line that is the same stays as it is. */
export async function swapLines(session: Session): Promise<SwappedLines> {
  const removed = await count(
    session,
    `with gone as (
       delete from card_line c using damaged_card d
       where c.warehouse_id = d.warehouse_id and c.product_id = d.product_id and not exists (
         select from rebuilt_line r
         where r.warehouse_id = c.warehouse_id and r.product_id = c.product_id and r.line = c.line
           and r.movement_id = c.movement_id and r.leg = c.leg and r.change = c.change and r.balance = c.balance
           and r.occurred_at = c.occurred_at and r.recorded_at = c.recorded_at
       )
       returning c.line
     )
     select count(*) as lines, count(*) filter (where line = 1) as cards from gone`,
  )
  const added = await count(
    session,
    `with come as (
       insert into card_line
       select r.* from rebuilt_line r
       where not exists (
         select from card_line c
         where c.warehouse_id = r.warehouse_id and c.product_id = r.product_id and c.line = r.line
       )
       order by r.warehouse_id, r.product_id, r.line
       returning line
     )
     select count(*) as lines, count(*) filter (where line = 1) as cards from come`,
  )
  return { removed: removed.lines, added: added.lines, cards: added.cards - removed.cards }
}

async function count(session: Session, statement: string): Promise<{ lines: number; cards: number }> {
  const [row] = await session.query<{ lines: number; cards: number }>(statement)
  if (row === undefined) throw new Error('a count without a row')
  return row
}

/** Takes legs out, and gives others and their lines new numbers, one after the other, so that no two have one meanwhile. */
export async function writeMendedLegs(session: Session, { removed, renumbered }: MendedLegs): Promise<void> {
  for (const leg of removed) {
    await session.query(
      'delete from movement_leg where movement_id = $1 and product_id = $2 and leg = $3',
      keyOf(leg),
    )
  }
  for (const { leg, to } of renumbered) {
    await session.query(
      'update movement_leg set leg = $4 where movement_id = $1 and product_id = $2 and leg = $3',
      [...keyOf(leg), to],
    )
    await session.query(
      `update card_line set leg = $4
       where movement_id = $1 and product_id = $2 and leg = $3 and warehouse_id = $5 and line = $6`,
      [...keyOf(leg), to, leg.warehouseId, leg.line],
    )
  }
}

function keyOf({ movementId, productId, leg }: StoredLeg): [string, string, number] {
  return [movementId, productId, leg]
}

/** The rows of transit of these pairs become the given ones. Answers by how many rows the table grew. */
export async function swapTransit(
  session: Session,
  {
    pairs,
    rows,
  }: {
    readonly pairs: readonly Omit<StoredTransit, 'quantity' | 'since'>[]
    readonly rows: readonly StoredTransit[]
  },
): Promise<number> {
  const gone = await session.query(
    `delete from transit t using unnest($1::uuid[], $2::uuid[]) as k (movement_id, product_id)
     where t.movement_id = any($1::uuid[]) and t.movement_id = k.movement_id and t.product_id = k.product_id
     returning 1 as gone`,
    [
      uuidArray(pairs.map(({ movementId }) => movementId)),
      uuidArray(pairs.map(({ productId }) => productId)),
    ],
  )
  if (rows.length > 0) {
    await session.query(
      `insert into transit (movement_id, product_id, quantity, since)
       select * from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::timestamptz[])`,
      [
        uuidArray(rows.map(({ movementId }) => movementId)),
        uuidArray(rows.map(({ productId }) => productId)),
        int8Array(rows.map(({ quantity }) => quantity)),
        timestampArray(rows.map(({ since }) => since)),
      ],
    )
  }
  return rows.length - gone.length
}
