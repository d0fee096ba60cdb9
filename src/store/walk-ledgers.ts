/**
 * The ledgers from one end to the other, in stretches of bounded size, for whoever proves or exports them. A stretch is of
 * one moment if the session that reads it is a snapshot. No statement joins the two ledgers: on a distributed engine they
 * lie on different nodes.
 */
import { cardId } from '../booking/ledger.ts'
import type { CardKey, WarehouseId } from '../message/event.ts'
import {
  legId,
  lineId,
  type LegKey,
  type LineKey,
  type PairKey,
  type StoredLeg,
  type StoredLine,
  type StoredTransit,
} from '../proof/ledger-rows.ts'
import { int8Array, uuidArray } from './binary-array.ts'
import type { Queryable } from './database.ts'

/** All columns of `card_line c`, by the names of a StoredLine. */
export const lineColumns = `c.warehouse_id as "warehouseId", c.product_id as "productId", c.line,
  c.movement_id as "movementId", c.leg, c.change, c.balance, c.occurred_at as "occurredAt", c.recorded_at as "recordedAt"`

const legColumns = `m.movement_id as "movementId", m.product_id as "productId", m.leg, m.warehouse_id as "warehouseId",
  m.quantity, m.occurred_at as "occurredAt", m.source, m.message_id as "messageId",
  m.recorded_at as "recordedAt", m.kafka_partition as "partition", m.kafka_offset as "offset", m.line`

/** The next lines in the order of warehouse, product and number. */
export async function readLinesAfter(
  db: Queryable,
  after: LineKey | null,
  limit: number,
): Promise<StoredLine[]> {
  const place = after === null ? [] : [after.warehouseId, after.productId, after.line]
  const beyond =
    after === null ? '' : 'where (c.warehouse_id, c.product_id, c.line) > ($2::uuid, $3::uuid, $4::bigint)'
  return await db.query<StoredLine>(
    `select ${lineColumns} from card_line c ${beyond}
     order by c.warehouse_id, c.product_id, c.line limit $1`,
    [limit, ...place],
  )
}

/**
 * The last lines of the next cards, in the order of warehouse and product. Each card is found from the one before, by the
 * key alone, however many lines lie between them.
 */
export async function readLastLinesAfter(
  db: Queryable,
  after: CardKey | null,
  limit: number,
): Promise<StoredLine[]> {
  const place = after === null ? [] : [after.warehouseId, after.productId]
  const beyond = after === null ? '' : 'where (f.warehouse_id, f.product_id) > ($2::uuid, $3::uuid)'
  return await db.query<StoredLine>(
    `with recursive card (warehouse_id, product_id, place) as (
       (select f.warehouse_id, f.product_id, 1 from card_line f ${beyond}
        order by f.warehouse_id, f.product_id limit 1)
       union all
       select n.warehouse_id, n.product_id, card.place + 1 from card
       cross join lateral (
         select f.warehouse_id, f.product_id from card_line f
         where (f.warehouse_id, f.product_id) > (card.warehouse_id, card.product_id)
         order by f.warehouse_id, f.product_id limit 1
       ) n
       where card.place < $1
     )
     select ${lineColumns} from card
     cross join lateral (
       select * from card_line l where l.warehouse_id = card.warehouse_id and l.product_id = card.product_id
       order by l.line desc limit 1
     ) c
     order by c.warehouse_id, c.product_id`,
    [limit, ...place],
  )
}

/** The next lines of one card. */
export async function readCardLines(
  db: Queryable,
  { warehouseId, productId }: CardKey,
  { afterLine, limit }: { readonly afterLine: number; readonly limit: number },
): Promise<StoredLine[]> {
  return await db.query<StoredLine>(
    `select ${lineColumns} from card_line c
     where c.warehouse_id = $1 and c.product_id = $2 and c.line > $3 order by c.line limit $4`,
    [warehouseId, productId, afterLine, limit],
  )
}

/**
 * The legs of the next pairs of movement and product, in the order of both: at least `limit` legs unless that is all, and
 * all those of the last pair. One array for each pair.
 */
export async function readPairsAfter(
  db: Queryable,
  after: PairKey | null,
  limit: number,
): Promise<StoredLeg[][]> {
  const place = after === null ? [] : [after.movementId, after.productId]
  const beyond = after === null ? '' : 'where (m.movement_id, m.product_id) > ($2::uuid, $3::uuid)'
  const legs = await db.query<StoredLeg>(
    `select ${legColumns} from movement_leg m ${beyond}
     order by m.movement_id, m.product_id fetch first $1 rows with ties`,
    [limit, ...place],
  )
  return inPairs(legs)
}

/** All legs of some pairs, one array for each pair that has any. */
export async function readPairs(db: Queryable, keys: readonly PairKey[]): Promise<StoredLeg[][]> {
  const legs = await db.query<StoredLeg>(
    `select ${legColumns}
     from unnest($1::uuid[], $2::uuid[]) as k (movement_id, product_id)
     join movement_leg m on m.movement_id = k.movement_id and m.product_id = k.product_id
     where m.movement_id = any($1::uuid[])
     order by m.movement_id, m.product_id, m.leg`,
    [uuidArray(keys.map(({ movementId }) => movementId)), uuidArray(keys.map(({ productId }) => productId))],
  )
  return inPairs(legs)
}

/** Legs in the order of their pairs. */
function inPairs(legs: readonly StoredLeg[]): StoredLeg[][] {
  const pairs: StoredLeg[][] = []
  let last: StoredLeg | null = null
  for (const leg of legs) {
    if (last?.movementId === leg.movementId && last.productId === leg.productId) pairs.at(-1)?.push(leg)
    else pairs.push([leg])
    last = leg
  }
  return pairs
}

/** The departures that are held on one card, the oldest first. */
export async function readHeldLegs(
  db: Queryable,
  { warehouseId, productId }: CardKey,
  limit: number,
): Promise<StoredLeg[]> {
  return await db.query<StoredLeg>(
    `select ${legColumns} from movement_leg m
     where m.warehouse_id = $1 and m.product_id = $2 and m.line is null
     order by m.occurred_at, m.movement_id limit $3`,
    [warehouseId, productId, limit],
  )
}

/** Those of the legs that there are, by `legId`. */
export async function readLegs(db: Queryable, keys: readonly LegKey[]): Promise<Map<string, StoredLeg>> {
  if (keys.length === 0) return new Map()
  const rows = await db.query<StoredLeg>(
    `select ${legColumns}
     from unnest($1::uuid[], $2::uuid[], $3::bigint[]) as k (movement_id, product_id, leg)
     join movement_leg m on m.movement_id = k.movement_id and m.product_id = k.product_id and m.leg = k.leg
     where m.movement_id = any($1::uuid[])`,
    [
      uuidArray(keys.map(({ movementId }) => movementId)),
      uuidArray(keys.map(({ productId }) => productId)),
      int8Array(keys.map(({ leg }) => leg)),
    ],
  )
  return new Map(rows.map((row) => [legId(row), row]))
}

/** Those of the lines that there are, by `lineId`. */
export async function readLines(db: Queryable, keys: readonly LineKey[]): Promise<Map<string, StoredLine>> {
  if (keys.length === 0) return new Map()
  const rows = await db.query<StoredLine>(
    `select ${lineColumns}
     from unnest($1::uuid[], $2::uuid[], $3::bigint[]) as k (warehouse_id, product_id, line)
     join card_line c on c.warehouse_id = k.warehouse_id and c.product_id = k.product_id and c.line = k.line
     where c.warehouse_id = any($1::uuid[])`,
    [...cardColumns(keys), int8Array(keys.map(({ line }) => line))],
  )
  return new Map(rows.map((row) => [lineId(row), row]))
}

/** The balances of the cards that have a line, by `cardId`. */
export async function readBalances(db: Queryable, cards: readonly CardKey[]): Promise<Map<string, number>> {
  if (cards.length === 0) return new Map()
  const rows = await db.query<CardKey & { balance: number }>(
    `select k.warehouse_id as "warehouseId", k.product_id as "productId", l.balance
     from unnest($1::uuid[], $2::uuid[]) as k (warehouse_id, product_id)
     cross join lateral (
       select c.balance from card_line c
       where c.warehouse_id = k.warehouse_id and c.product_id = k.product_id
       order by c.line desc limit 1
     ) l`,
    cardColumns(cards),
  )
  return new Map(rows.map((row) => [cardId(row), row.balance]))
}

/** What is under way of the pairs after one and up to another; null for no bound. */
export async function readTransitWithin(
  db: Queryable,
  { after, upTo }: { readonly after: PairKey | null; readonly upTo: PairKey | null },
): Promise<StoredTransit[]> {
  const values: unknown[] = []
  const isBeside = (sign: string, pair: PairKey | null): string => {
    if (pair === null) return 'true'
    const place = `$${values.push(pair.movementId)}::uuid, $${values.push(pair.productId)}::uuid`
    return `(movement_id, product_id) ${sign} (${place})`
  }
  return await db.query<StoredTransit>(
    `select movement_id as "movementId", product_id as "productId", quantity, since from transit
     where ${isBeside('>', after)} and ${isBeside('<=', upTo)}`,
    values,
  )
}

/** What is under way of some pairs. */
export async function readTransitOf(db: Queryable, keys: readonly PairKey[]): Promise<StoredTransit[]> {
  return await db.query<StoredTransit>(
    `select t.movement_id as "movementId", t.product_id as "productId", t.quantity, t.since
     from unnest($1::uuid[], $2::uuid[]) as k (movement_id, product_id)
     join transit t on t.movement_id = k.movement_id and t.product_id = k.product_id
     where t.movement_id = any($1::uuid[])`,
    [uuidArray(keys.map(({ movementId }) => movementId)), uuidArray(keys.map(({ productId }) => productId))],
  )
}

/** Those of the warehouses that have a row. */
export async function readWarehouseRows(
  db: Queryable,
  warehouses: readonly WarehouseId[],
): Promise<Set<WarehouseId>> {
  if (warehouses.length === 0) return new Set()
  const rows = await db.query<{ warehouseId: WarehouseId }>(
    'select warehouse_id as "warehouseId" from warehouse where warehouse_id = any($1::uuid[])',
    [uuidArray(warehouses)],
  )
  return new Set(rows.map(({ warehouseId }) => warehouseId))
}

function cardColumns(keys: readonly CardKey[]): [Buffer, Buffer] {
  return [
    uuidArray(keys.map(({ warehouseId }) => warehouseId)),
    uuidArray(keys.map(({ productId }) => productId)),
  ]
}
