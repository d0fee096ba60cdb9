import type { MovementSides } from '../booking/movement-view.ts'
import type { MovementId, ProductId, WarehouseId } from '../message/event.ts'
import { openingSource } from '../message/opening-stock.ts'
import type { Queryable } from './database.ts'

/** One product of a movement, summed up: enough for a line of a card, without reading every delivery. */
export interface SummedMovement extends MovementSides {
  readonly movementId: MovementId
  readonly productId: ProductId
  readonly senderId: WarehouseId | null
  /** The warehouse of the earliest arrival. */
  readonly receiverId: WarehouseId | null
}

/** Of products that are not asked for the first legs are enough: they tell which side is there. */
const compared = `
with side as (
  select movement_id, product_id, bool_or(line is null) as held, bool_or(source = '${openingSource}') as opened,
    sum(quantity) filter (where leg = 0)::bigint as departed, sum(quantity) filter (where leg > 0)::bigint as arrived,
    (array_agg(warehouse_id) filter (where leg = 0))[1] as sender,
    (array_agg(warehouse_id order by occurred_at, warehouse_id, leg) filter (where leg > 0))[1] as receiver
  from movement_leg where movement_id = any($1::uuid[]) and (leg <= 1 or product_id = any($2::uuid[]))
  group by movement_id, product_id
), compared as (
  select *, bool_or(arrived is null) over own and bool_or(departed is null and not opened) over own as mixed
  from side window own as (partition by movement_id)
)
select movement_id as "movementId", product_id as "productId", sender as "senderId", receiver as "receiverId", departed, arrived, opened,
  held as "departureHeld", mixed and not opened and (departed is null or arrived is null) as mismatched
from compared`

/** The given movements as far as they concern the product, in no order; one without legs of the product is left out. */
export async function readMovementSides(
  db: Queryable,
  { productId, movementIds }: { productId: ProductId; movementIds: readonly MovementId[] },
): Promise<SummedMovement[]> {
  return await db.query<SummedMovement>(`${compared} where product_id = any($2::uuid[])`, [
    movementIds,
    [productId],
  ])
}

/** One product of a movement. */
export interface MovementPair {
  readonly movementId: MovementId
  readonly productId: ProductId
}

/** The given products of the given movements, in no order; a pair without legs is left out. */
export async function readSidesOfPairs(
  db: Queryable,
  pairs: readonly MovementPair[],
): Promise<SummedMovement[]> {
  if (pairs.length === 0) return []
  return await db.query<SummedMovement>(
    `${compared} where (movement_id, product_id) in (select m, p from unnest($1::uuid[], $2::uuid[]) as u (m, p))`,
    [pairs.map(({ movementId }) => movementId), pairs.map(({ productId }) => productId)],
  )
}
