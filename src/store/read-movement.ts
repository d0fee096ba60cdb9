import type { RecordedLeg } from '../booking/movement-view.ts'
import type { MovementId, ProductId } from '../message/event.ts'
import type { Queryable } from './database.ts'

const legsOfMovement = `
select product_id as "productId", leg, warehouse_id as "warehouseId", quantity, occurred_at as "occurredAt", source,
  message_id as "messageId", kafka_partition as "partition", kafka_offset as "offset", recorded_at as "recordedAt", line
from movement_leg
where movement_id = $1`

/**
 * All that is recorded of a movement, in no order; empty if no event has mentioned it. One statement, so of one
 * moment. At most 1,000 products with 1,001 legs each: the booking accepts no more.
 */
export async function readMovement(db: Queryable, movementId: MovementId): Promise<RecordedLeg[]> {
  return await db.query<RecordedLeg>(legsOfMovement, [movementId], { name: 'legs_of_movement' })
}

/** The same of one product of the movement: at most 1,001 legs. */
export async function readMovementPair(
  db: Queryable,
  { movementId, productId }: { readonly movementId: MovementId; readonly productId: ProductId },
): Promise<RecordedLeg[]> {
  return await db.query<RecordedLeg>(`${legsOfMovement} and product_id = $2`, [movementId, productId])
}
