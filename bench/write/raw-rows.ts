/**
 * The ceiling: what it costs to store the same events in one table that can be asked for movements and for cards, and
 * nothing else. Nothing is looked up, decided, linked or refused; the numbers of legs and lines are counted in memory.
 */
import type { MovementEvent } from '../../src/message/event.ts'
import { BinaryCopy } from '../../src/store/binary-copy.ts'

export const rawTable = `
create table raw_event (
  movement_id uuid not null,
  product_id uuid not null,
  leg integer not null,
  warehouse_id uuid not null,
  line bigint not null,
  quantity bigint not null,
  occurred_at timestamptz not null,
  source text not null,
  message_id text not null,
  kafka_partition integer not null,
  kafka_offset bigint not null,
  recorded_at timestamptz not null,
  primary key (movement_id, product_id, leg),
  unique (warehouse_id, product_id, line)
)`

const rowBytes = 230

export interface RawEvent {
  readonly event: MovementEvent
  readonly partition: number
  readonly offset: number
}

export class RawRows {
  readonly #lines = new Map<string, number>()

  static readonly statement = 'copy raw_event from stdin (format binary)'

  encode(events: readonly RawEvent[]): Buffer {
    const rows = new BinaryCopy(events.length * rowBytes)
    for (const { event, partition, offset } of events) {
      rows.startRow(12)
      rows.uuid(event.movementId)
      rows.uuid(event.productId)
      rows.int4(event.kind === 'departure' ? 0 : 1)
      rows.uuid(event.warehouseId)
      rows.int8(this.#nextLine(event))
      rows.int8(event.quantity)
      rows.timestamp(event.occurredAt)
      rows.text(event.source)
      rows.text(event.messageId)
      rows.int4(partition)
      rows.int8(offset)
      rows.timestamp(event.occurredAt)
    }
    return rows.finish()
  }

  #nextLine({ warehouseId, productId }: MovementEvent): number {
    const line = (this.#lines.get(warehouseId + productId) ?? 0) + 1
    this.#lines.set(warehouseId + productId, line)
    return line
  }
}
