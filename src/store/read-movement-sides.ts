import type { MovementSides } from '../booking/movement-view.ts'
import type { MovementId, ProductId, WarehouseId } from '../message/event.ts'
import { openingSource } from '../message/opening-stock.ts'
import type { Queryable, StatementOptions } from './database.ts'

/** One product of a movement. */
export interface MovementPair {
  readonly movementId: MovementId
  readonly productId: ProductId
}

/** One product of a movement, summed up: enough for a line of a card, without reading every delivery. */
export interface SummedMovement extends MovementSides, MovementPair {
  readonly senderId: WarehouseId | null
  /** The warehouse of the earliest arrival. */
  readonly receiverId: WarehouseId | null
}

/**
 * The given products of the given movements, in no order; a pair without legs is left out. Two statements, so to be
 * read in one snapshot: the legs of the pairs themselves, by key, and the other products only of those movements in
 * which a pair has one side alone. (With both in one statement, a page of lines read every product of every movement:
 * 164 ms where each had 1,000 products, now 3 ms.)
 */
export async function readSidesOfPairs(
  db: Queryable,
  pairs: readonly MovementPair[],
): Promise<SummedMovement[]> {
  if (pairs.length === 0) return []
  const sums = await db.query<Sums>(sumsOfPairs, [
    pairs.map(({ movementId }) => movementId),
    pairs.map(({ productId }) => productId),
  ])
  return await addMixed(db, sums)
}

/**
 * The same of one product, and prepared: for the lines of a card, with which the snapshot ends. The pairs are not: on
 * tables that are still empty their plan is a scan, and a connection would keep it while they grow.
 */
export async function readSidesOfProduct(
  db: Queryable,
  productId: ProductId,
  movementIds: readonly MovementId[],
): Promise<SummedMovement[]> {
  if (movementIds.length === 0) return []
  const values = [[...new Set(movementIds)], productId]
  const sums = await db.query<Sums>(sumsOfProduct, values, { name: 'sums_of_product' })
  return await addMixed(db, sums, { name: 'mixed_movements', isLast: true })
}

type Sums = Omit<SummedMovement, 'mismatched'>

const sumsOfLegs = `
select m.movement_id as "movementId", m.product_id as "productId", bool_or(m.line is null) as "departureHeld", bool_or(m.source = '${openingSource}') as opened,
  sum(m.quantity) filter (where m.leg = 0)::bigint as departed, sum(m.quantity) filter (where m.leg > 0)::bigint as arrived,
  (array_agg(m.warehouse_id) filter (where m.leg = 0))[1] as "senderId",
  (array_agg(m.warehouse_id order by m.occurred_at, m.warehouse_id, m.leg) filter (where m.leg > 0))[1] as "receiverId"`

/** `distinct`: a pair that is given twice has no more legs than one that is given once. */
const sumsOfPairs = `${sumsOfLegs}
from (select distinct * from unnest($1::uuid[], $2::uuid[]) as u (movement_id, product_id)) u
join movement_leg m on m.movement_id = u.movement_id and m.product_id = u.product_id
group by m.movement_id, m.product_id`

const sumsOfProduct = `${sumsOfLegs}
from movement_leg m where m.movement_id = any($1::uuid[]) and m.product_id = $2
group by m.movement_id, m.product_id`

/** Opening stock has no other side. */
function isOneSided({ opened, departed, arrived }: Omit<MovementSides, 'mismatched'>): boolean {
  return !opened && (departed === null || arrived === null)
}

/** Says of each whether its movement has one product that has only departed and another that has only arrived. */
async function addMixed(
  db: Queryable,
  sums: readonly Sums[],
  options?: StatementOptions,
): Promise<SummedMovement[]> {
  const oneSided = [...new Set(sums.filter(isOneSided).map(({ movementId }) => movementId))]
  const rows =
    oneSided.length === 0
      ? []
      : await db.query<{ movementId: MovementId }>(mixedMovements, [oneSided], options)
  const mixed = new Set(rows.map(({ movementId }) => movementId))
  return sums.map((sum) => ({ ...sum, mismatched: isOneSided(sum) && mixed.has(sum.movementId) }))
}

/** The first legs are enough: they tell which side is there. */
const mixedMovements = `
with product as (
  select movement_id, bool_or(leg = 0) as departed, bool_or(leg = 1) as arrived
  from movement_leg where movement_id = any($1::uuid[]) and leg <= 1 and source <> '${openingSource}'
  group by movement_id, product_id
)
select movement_id as "movementId" from product
group by movement_id having not bool_and(departed) and not bool_and(arrived)`
