import type { DemoEvent } from './demo-story.ts'

/**
 * The message of a report, with the attributes and the order of those in docs/samples.
 *
 * @param messageId an id of the message, a UUID
 * @param now when it is sent, milliseconds since 1970
 */
export function demoMessage(
  event: DemoEvent,
  { messageId, now }: { messageId: string; now: number },
): string {
  return JSON.stringify({
    id: messageId,
    source: event.warehouse.code,
    specversion: '1.0',
    type: 'ru.retail.warehouses.movement',
    datacontenttype: 'application/json',
    dataschema: 'ru.retail.warehouses.movement.v1.0',
    time: now,
    subject: `${event.warehouse.code}:${event.kind.toUpperCase()}`,
    destination: 'ru.retail.warehouses',
    data: {
      movement_id: event.movementId,
      warehouse_id: event.warehouse.id,
      timestamp: new Date(now - event.agoMs).toISOString(),
      event: event.kind,
      product_id: event.productId,
      quantity: event.quantity,
    },
  })
}
