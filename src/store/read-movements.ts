import { pairId } from '../booking/ledger.ts'
import { statusOf, type MovementStatus } from '../booking/movement-view.ts'
import type { CardKey, Micros, MovementId, ProductId, WarehouseId } from '../message/event.ts'
import { formatTimestamp } from '../message/timestamp.ts'
import type { Queryable } from './database.ts'
import { cutPage, walkedPerPage, type Page, type PageAfter, type Snapshots } from './page.ts'
import { linesRecorded, type RecordedWithin } from './read-line-range.ts'
import { readSidesOfPairs, type MovementPair, type SummedMovement } from './read-movement-sides.ts'

/** A place in the order of recording. */
export interface LegKey extends MovementPair {
  readonly recordedAt: Micros
  readonly leg: number
}

/** One product of a movement. */
export interface ListedMovement extends MovementPair {
  readonly status: MovementStatus
  readonly departed: number | null
  readonly arrived: number | null
  readonly senderId: WarehouseId | null
  readonly receiverId: WarehouseId | null
  /** When its first report was recorded; on a card's list, the first that was booked on that card. */
  readonly recordedAt: Micros
}

export interface MovementFilter extends RecordedWithin {
  /** Null for any. */
  readonly status: MovementStatus | null
}

/**
 * Movements, the one that was first mentioned last comes first. Each has one place for ever, that of its first report,
 * so a walk misses none when its other side comes. The first report is leg 0 or leg 1: further ones come after leg 1.
 */
export async function readMovements(
  database: Snapshots,
  filter: MovementFilter & { readonly warehouseId: WarehouseId | null },
  { after, limit }: PageAfter<LegKey>,
): Promise<Page<ListedMovement, LegKey>> {
  return await database.snapshot(async (db) => {
    const rows = await walkByRecording(db, filter, after)
    const candidates = rows.filter(({ matches }) => matches)
    const listed = await findListed(db, candidates, { status: filter.status, wanted: limit + 1 })
    return cutListed(rows, { listed, limit, keyOf: placeKey })
  })
}

/** The movements that are booked on a card, the newest line first; each at the first line that it has there. */
export async function readCardMovements(
  database: Snapshots,
  card: CardKey,
  { status, ...within }: MovementFilter,
  { after, limit }: PageAfter<number>,
): Promise<Page<ListedMovement, number>> {
  return await database.snapshot(async (db) => {
    const range = await linesRecorded(db, card, within)
    const rows = await db.query<{ line: number; movementId: MovementId; recordedAt: Micros }>(
      `select line, movement_id as "movementId", recorded_at as "recordedAt" from card_line
       where warehouse_id = $1 and product_id = $2 and line >= $3 and line < $4 order by line desc limit $5`,
      [
        card.warehouseId,
        card.productId,
        range.from,
        Math.min(range.below, after ?? range.below),
        walkedPerPage,
      ],
    )
    const firsts = await readFirstLines(db, card, [...new Set(rows.map(({ movementId }) => movementId))])
    const { productId } = card
    const candidates = rows
      .filter(({ movementId, line }) => (firsts.get(movementId) ?? line) === line)
      .map((row) => ({ ...row, productId }))
    const listed = await findListed(db, candidates, { status, wanted: limit + 1 })
    const page = cutListed(rows, { listed, limit, keyOf: ({ line }) => String(line) })
    return { items: page.items, next: page.next?.line ?? null }
  })
}

async function walkByRecording(
  db: Queryable,
  { from, to, warehouseId }: RecordedWithin & { readonly warehouseId: WarehouseId | null },
  after: LegKey | null,
): Promise<(LegKey & { readonly matches: boolean })[]> {
  const values: unknown[] = [walkedPerPage]
  const value = (next: unknown): string => `$${values.push(next)}`
  const conditions = ['leg <= 1']
  if (from !== null) conditions.push(`recorded_at >= ${value(formatTimestamp(from))}::timestamptz`)
  if (to !== null) conditions.push(`recorded_at < ${value(formatTimestamp(to))}::timestamptz`)
  if (after !== null) {
    const time = `${value(formatTimestamp(after.recordedAt))}::timestamptz`
    const place = `${time}, ${value(after.movementId)}::uuid, ${value(after.productId)}::uuid, ${value(after.leg)}`
    // The index knows the time alone; that it bounds the place is said for the planner.
    conditions.push(`recorded_at <= ${time}`, `(recorded_at, movement_id, product_id, leg) < (${place})`)
  }
  const ofWarehouse =
    warehouseId === null
      ? ''
      : `and exists (
          select from movement_leg l where l.movement_id = w.movement_id and l.product_id = w.product_id
            and l.warehouse_id = ${value(warehouseId)}
        )`
  return await db.query(
    `with walked as (
       select movement_id, product_id, leg, recorded_at from movement_leg where ${conditions.join(' and ')}
       order by recorded_at desc, movement_id desc, product_id desc, leg desc limit $1
     )
     select movement_id as "movementId", product_id as "productId", leg, recorded_at as "recordedAt", not exists (
         select from movement_leg o where o.movement_id = w.movement_id and o.product_id = w.product_id
           and o.leg = 1 - w.leg and (o.recorded_at, o.leg) < (w.recorded_at, w.leg)
       ) ${ofWarehouse} as matches
     from walked w order by recorded_at desc, movement_id desc, product_id desc, leg desc`,
    values,
  )
}

/** The first line on the card of each movement that has several there. */
async function readFirstLines(
  db: Queryable,
  { warehouseId, productId }: CardKey,
  movementIds: readonly MovementId[],
): Promise<Map<MovementId, number>> {
  const rows = await db.query<{ movementId: MovementId; line: number }>(
    `select m.movement_id as "movementId", min(m.line) as line
     from unnest($1::uuid[]) as u (movement_id) join movement_leg m on m.movement_id = u.movement_id
     where m.product_id = $2 and m.warehouse_id = $3 and m.line is not null
     group by m.movement_id having count(*) > 1`,
    [movementIds, productId, warehouseId],
  )
  return new Map(rows.map(({ movementId, line }) => [movementId, line]))
}

/**
 * In the order given; those of another status are left out. Sides are read for as many as it takes to find the wanted
 * ones, each time for twice as many: one statement for any status, some five for one that is rare.
 */
async function findListed<Row extends { movementId: MovementId; productId: ProductId; recordedAt: Micros }>(
  db: Queryable,
  candidates: readonly Row[],
  { status, wanted }: { readonly status: MovementStatus | null; readonly wanted: number },
): Promise<(Row & ListedMovement)[]> {
  const listed: (Row & ListedMovement)[] = []
  let count = wanted
  for (let from = 0; from < candidates.length && listed.length < wanted; count *= 2) {
    const rows = candidates.slice(from, from + count)
    const sides = new Map((await readSidesOfPairs(db, rows)).map((side) => [pairId(side), side]))
    const viewed = rows.map((row) => ({ ...row, ...viewSides(sides.get(pairId(row))) }))
    listed.push(...viewed.filter((row) => status === null || row.status === status))
    from += count
  }
  return listed
}

function viewSides(
  side: SummedMovement | undefined,
): Omit<ListedMovement, keyof MovementPair | 'recordedAt'> {
  if (side === undefined) throw new Error('a movement was listed that has no legs')
  const { departed, arrived, senderId, receiverId } = side
  return { status: statusOf(side), departed, arrived, senderId, receiverId }
}

/** Cuts by the rows that were walked, so that the next page goes on where this one stopped looking. */
function cutListed<Row, Listed extends Row>(
  rows: readonly Row[],
  { listed, limit, keyOf }: { listed: readonly Listed[]; limit: number; keyOf: (row: Row) => string },
): Page<Listed, Row> {
  const found = new Map(listed.map((item) => [keyOf(item), item]))
  const { items, next } = cutPage(rows, {
    limit,
    walked: walkedPerPage,
    matches: (row) => found.has(keyOf(row)),
  })
  return { items: items.map((row) => found.get(keyOf(row))).filter((item) => item !== undefined), next }
}

function placeKey({ movementId, productId, leg }: LegKey): string {
  return `${movementId}${productId}${leg}`
}
