/**
 * Where the books are damaged, kept in temporary tables of one connection: however much it is, memory stays small, and
 * nothing is left behind by whoever ends in the middle.
 */
import type { CardKey } from '../message/event.ts'
import type { Finding } from '../proof/finding.ts'
import type { LineKey, LegKey, PairKey } from '../proof/ledger-rows.ts'
import { int8Array, uuidArray } from './binary-array.ts'
import type { Queryable } from './database.ts'

const tables = `
  create temp table damaged_card (
    warehouse_id uuid not null, product_id uuid not null, primary key (warehouse_id, product_id)
  );
  create temp table damaged_pair (
    movement_id uuid not null, product_id uuid not null, primary key (movement_id, product_id)
  );
  -- Events of which the lines of their card do not tell.
  create temp table stray_leg (
    warehouse_id uuid not null, product_id uuid not null, line bigint not null,
    movement_id uuid not null, leg integer not null,
    primary key (warehouse_id, product_id, line, movement_id, leg)
  );
  -- Lines whose event is gone, from before anything was mended.
  create temp table lost_line (
    warehouse_id uuid not null, product_id uuid not null, line bigint not null,
    primary key (warehouse_id, product_id, line)
  );
  create temp table rebuilt_line (like card_line, primary key (warehouse_id, product_id, line));`

/** Makes the tables anew, on the one connection that there is. */
export async function createDamage(db: Queryable): Promise<void> {
  await db.query('drop table if exists damaged_card, damaged_pair, stray_leg, lost_line, rebuilt_line')
  await db.query(tables)
}

/** Keeps where the findings are, which events lack their line, and which lines their event. */
export async function noteDamage(db: Queryable, findings: readonly Finding[]): Promise<void> {
  await noteCards(
    db,
    findings.flatMap(({ card }) => card ?? []),
  )
  await notePairs(
    db,
    findings.flatMap(({ movement }) => movement ?? []),
  )
  await noteStrayLegs(
    db,
    findings.flatMap(({ code, card, line, movement }) =>
      code === 'leg_without_line' && card !== undefined && line !== undefined && movement?.leg !== undefined
        ? [{ ...card, line, movementId: movement.movementId, leg: movement.leg }]
        : [],
    ),
  )
  await noteLostLines(
    db,
    findings.flatMap(({ code, card, line }) =>
      code === 'line_without_leg' && card !== undefined && line !== undefined ? [{ ...card, line }] : [],
    ),
  )
}

async function noteLostLines(db: Queryable, lines: readonly LineKey[]): Promise<void> {
  if (lines.length === 0) return
  await db.query(
    'insert into lost_line select * from unnest($1::uuid[], $2::uuid[], $3::bigint[]) on conflict do nothing',
    [
      uuidArray(lines.map(({ warehouseId }) => warehouseId)),
      uuidArray(lines.map(({ productId }) => productId)),
      int8Array(lines.map(({ line }) => line)),
    ],
  )
}

/** Of these lines of a card those whose event is gone. */
export async function readLostLines(
  db: Queryable,
  { warehouseId, productId }: CardKey,
  lines: readonly number[],
): Promise<number[]> {
  if (lines.length === 0) return []
  const rows = await db.query<{ line: number }>(
    'select line from lost_line where warehouse_id = $1 and product_id = $2 and line = any($3::bigint[]) order by line',
    [warehouseId, productId, int8Array(lines)],
  )
  return rows.map(({ line }) => line)
}

export async function noteCards(db: Queryable, cards: readonly CardKey[]): Promise<void> {
  if (cards.length === 0) return
  await db.query(
    'insert into damaged_card select * from unnest($1::uuid[], $2::uuid[]) on conflict do nothing',
    [
      uuidArray(cards.map(({ warehouseId }) => warehouseId)),
      uuidArray(cards.map(({ productId }) => productId)),
    ],
  )
}

async function notePairs(db: Queryable, pairs: readonly PairKey[]): Promise<void> {
  if (pairs.length === 0) return
  await db.query(
    'insert into damaged_pair select * from unnest($1::uuid[], $2::uuid[]) on conflict do nothing',
    [
      uuidArray(pairs.map(({ movementId }) => movementId)),
      uuidArray(pairs.map(({ productId }) => productId)),
    ],
  )
}

/** An event and the line that it says it has. */
export type StrayLeg = LineKey & LegKey

export async function noteStrayLegs(db: Queryable, legs: readonly StrayLeg[]): Promise<void> {
  if (legs.length === 0) return
  await db.query(
    `insert into stray_leg
     select * from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::uuid[], $5::bigint[]) on conflict do nothing`,
    [
      uuidArray(legs.map(({ warehouseId }) => warehouseId)),
      uuidArray(legs.map(({ productId }) => productId)),
      int8Array(legs.map(({ line }) => line)),
      uuidArray(legs.map(({ movementId }) => movementId)),
      int8Array(legs.map(({ leg }) => leg)),
    ],
  )
}

/** The next damaged cards, in the order of their key. */
export async function readDamagedCards(
  db: Queryable,
  after: CardKey | null,
  limit: number,
): Promise<CardKey[]> {
  const place = after === null ? [] : [after.warehouseId, after.productId]
  return await db.query<CardKey>(
    `select warehouse_id as "warehouseId", product_id as "productId" from damaged_card
     ${after === null ? '' : 'where (warehouse_id, product_id) > ($2::uuid, $3::uuid)'}
     order by warehouse_id, product_id limit $1`,
    [limit, ...place],
  )
}

/** The next damaged pairs, in the order of their key. */
export async function readDamagedPairs(
  db: Queryable,
  after: PairKey | null,
  limit: number,
): Promise<PairKey[]> {
  const place = after === null ? [] : [after.movementId, after.productId]
  return await db.query<PairKey>(
    `select movement_id as "movementId", product_id as "productId" from damaged_pair
     ${after === null ? '' : 'where (movement_id, product_id) > ($2::uuid, $3::uuid)'}
     order by movement_id, product_id limit $1`,
    [limit, ...place],
  )
}

/** The next events that say they have a line of the card, in the order of these; all those of the last line. */
export async function readStrayLegs(
  db: Queryable,
  card: CardKey,
  { afterLine, limit }: { readonly afterLine: number; readonly limit: number },
): Promise<StrayLeg[]> {
  return await db.query<StrayLeg>(
    `select warehouse_id as "warehouseId", product_id as "productId", line, movement_id as "movementId", leg
     from stray_leg where warehouse_id = $1 and product_id = $2 and line > $3
     order by line fetch first $4 rows with ties`,
    [card.warehouseId, card.productId, afterLine, limit],
  )
}

/** It cannot be mended, and so is left as it is. */
export async function leaveCard(db: Queryable, { warehouseId, productId }: CardKey): Promise<void> {
  for (const table of ['damaged_card', 'rebuilt_line']) {
    await db.query(`delete from ${table} where warehouse_id = $1 and product_id = $2`, [
      warehouseId,
      productId,
    ])
  }
}
