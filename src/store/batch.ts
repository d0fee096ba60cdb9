import type { Decision, Outcome } from '../booking/ledger.ts'
import type { Decoded } from '../message/decode.ts'
import type { Micros, WarehouseId } from '../message/event.ts'
import type { Message } from '../message/message.ts'
import type { LockedWarehouse } from './warehouse-lock.ts'

/** A message and what it says. */
export interface BatchItem {
  readonly message: Message
  readonly decoded: Decoded
  /** When it was read from the log, by our clock. */
  readonly receivedAt: Micros
}

/** A place in a partition of the topic, and how far it is booked. */
export interface Position {
  readonly nextOffset: number
  /** Epoch of the leader that gave us the message before; -1 when it is not known. */
  readonly leaderEpoch: number
}

/** A partition of one incarnation of the topic: a topic that is deleted and made again has another id. */
export interface Partition {
  readonly topic: string
  readonly topicId: string
  readonly partition: number
}

/** Consecutive messages of one partition: one transaction. May be empty, to move past records that say nothing. */
export interface Batch {
  readonly partition: Partition
  readonly from: Position
  readonly to: Position
  readonly items: readonly BatchItem[]
}

/** A decided batch, ready to be written. */
export interface DecidedBatch {
  readonly batch: Batch
  readonly warehouses: ReadonlyMap<WarehouseId, LockedWarehouse>
  readonly decision: Decision
  /** One for each item, in their order. */
  readonly outcomes: readonly Outcome[]
}

export interface WrittenBatch {
  /** One for each item, in their order. */
  readonly outcomes: readonly Outcome[]
  /** Departures of earlier batches that got their line. */
  readonly releases: number
}
