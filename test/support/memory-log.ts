/** A partition's log in memory: what a reader of Kafka would hand out, without Kafka. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { LogBounds } from '../../src/intake/locate.ts'
import type { LaneLog } from '../../src/intake/lane.ts'
import type { LogChunk } from '../../src/intake/read-ahead.ts'
import type { Message } from '../../src/message/message.ts'
import type { MovementEvent } from '../../src/message/event.ts'
import { formatTimestamp } from '../../src/message/timestamp.ts'

export class MemoryLog implements LaneLog {
  readonly messages: Message[] = []
  /** Messages of a chunk at most. */
  chunkSize = 50
  /** The first offset that is still there. */
  earliest = 0
  /** Thrown by the next reads. */
  failure: Error | null = null
  closed = false

  append(...values: readonly (Buffer | string | null)[]): void {
    for (const value of values) {
      this.messages.push({
        partition: 0,
        offset: this.messages.length,
        key: null,
        value: typeof value === 'string' ? Buffer.from(value) : value,
        headers: [],
      })
    }
  }

  bounds(): Promise<LogBounds> {
    return Promise.resolve({ earliest: this.earliest, latest: this.messages.length })
  }

  async read(from: { offset: number; leaderEpoch: number }, signal: AbortSignal): Promise<LogChunk> {
    if (this.failure !== null) throw this.failure
    if (from.offset >= this.messages.length) await sleep(5, undefined, { signal })
    const messages = this.messages.slice(from.offset, from.offset + this.chunkSize)
    const endOffset = this.messages.length
    return { messages, nextOffset: from.offset + messages.length, leaderEpoch: 0, endOffset }
  }

  close(): void {
    this.closed = true
  }
}

/** The event as the warehouses send it. */
export function toJson(event: MovementEvent): string {
  return JSON.stringify({
    id: event.messageId,
    source: event.source,
    specversion: '1.0',
    type: 'ru.retail.warehouses.movement',
    data: {
      movement_id: event.movementId,
      warehouse_id: event.warehouseId,
      timestamp: formatTimestamp(event.occurredAt),
      event: event.kind,
      product_id: event.productId,
      quantity: event.quantity,
    },
  })
}
