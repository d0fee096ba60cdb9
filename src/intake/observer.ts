import type { Fault } from '../fault.ts'
import type { Partition, WrittenBatch } from '../store/batch.ts'
import type { Slice } from './read-ahead.ts'

export interface BookedBatch {
  readonly partition: Partition
  readonly slice: Slice
  readonly written: WrittenBatch
  /** Messages that wait in the log behind this batch. */
  readonly lag: number
  /** From the start of the transaction to its COMMIT. */
  readonly seconds: number
}

/** What the intake tells of its work: metrics and logs listen. Must not throw. */
export interface IntakeObserver {
  booked(batch: BookedBatch): void
  fenced(partition: Partition): void
  failed(partition: Partition | null, fault: Fault): void
  sawLag(partition: Partition, lag: number): void
  laneStarted(partition: Partition): void
  laneStopped(partition: Partition): void
}
