import type { MovementEvent } from '../src/message/event.ts'
import { formatTimestamp } from '../src/message/timestamp.ts'

/** The message of a report, with the attributes and the size of those in docs/samples: some 540 bytes. */
export function messageOf(event: MovementEvent): Buffer {
  const { source, kind, messageId } = event
  return Buffer.from(
    JSON.stringify({
      id: messageId,
      source,
      specversion: '1.0',
      type: 'ru.retail.warehouses.movement',
      datacontenttype: 'application/json',
      dataschema: 'ru.retail.warehouses.movement.v1.0',
      time: Math.floor(event.occurredAt / 1000),
      subject: `${source}:${kind.toUpperCase()}`,
      destination: 'ru.retail.warehouses',
      data: {
        movement_id: event.movementId,
        warehouse_id: event.warehouseId,
        timestamp: formatTimestamp(event.occurredAt),
        event: kind,
        product_id: event.productId,
        quantity: event.quantity,
      },
    }),
  )
}

/** What no reader makes sense of. */
export const unreadable = Buffer.from('{"id": "1", "source": "WH-0001", "specversion": "1.0", "type":')
