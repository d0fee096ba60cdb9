/** An arrival that somebody books with SQL, past the service, so that the books balance: its leg, line, transit and totals. */
import type { MovementEvent } from '../../src/message/event.ts'
import { formatTimestamp } from '../../src/message/timestamp.ts'
import type { Database } from '../../src/store/database.ts'

/**
 * One transaction, which takes neither the warehouse's row nor a new token for it: to the service the line appears out of
 * nothing. The card must have nothing held, and the movement nothing but this. Throws a Fault of kind conflict if the
 * service was quicker.
 */
export async function bookByHand(
  database: Database,
  { topic, event }: { topic: string; event: MovementEvent },
): Promise<void> {
  const { movementId, productId, warehouseId, quantity, source, messageId } = event
  const occurredAt = formatTimestamp(event.occurredAt)
  await database.transaction(async (session) => {
    const [last] = await session.query<{ line: number; balance: number }>(
      `select line, balance from card_line where warehouse_id = $1 and product_id = $2 order by line desc limit 1`,
      [warehouseId, productId],
    )
    const line = (last?.line ?? 0) + 1
    await session.query(
      `insert into movement_leg (movement_id, product_id, leg, warehouse_id, quantity, occurred_at, source, message_id,
         kafka_partition, kafka_offset, recorded_at, line)
       values ($1, $2, 1, $3, $4, $5, $6, $7, 0, 0, clock_timestamp(), $8)`,
      [movementId, productId, warehouseId, quantity, occurredAt, source, messageId, line],
    )
    await session.query(
      `insert into card_line (warehouse_id, product_id, line, movement_id, leg, change, balance, occurred_at, recorded_at)
       values ($1, $2, $3, $4, 1, $5, $6, $7, clock_timestamp())`,
      [warehouseId, productId, line, movementId, quantity, (last?.balance ?? 0) + quantity, occurredAt],
    )
    await session.query(
      'insert into transit (movement_id, product_id, quantity, since) values ($1, $2, $3, clock_timestamp())',
      [movementId, productId, -quantity],
    )
    await session.query(
      `update kafka_position set lines = lines + 1, cards = cards + $2, movements_arrived = movements_arrived + 1,
         movements_in_transit = movements_in_transit + 1
       where topic = $1 and kafka_partition = 0`,
      [topic, line === 1 ? 1 : 0],
    )
  })
}
