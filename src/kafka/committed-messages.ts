import type { Message } from '../message/message.ts'
import type { FetchedPartition } from './fetched-partition.ts'
import { readRecordBatches, readRecords, type RecordBatch, type Records } from './record-batch.ts'

/** What is left of one record batch for a reader. */
export interface CommittedBatch {
  /** In the order of their offsets, none below the one asked for; empty if the batch was aborted or a marker. */
  readonly messages: readonly Message[]
  /** Where to go on: behind the batch, whatever was left out of it. */
  readonly nextOffset: number
  readonly leaderEpoch: number
  /** Size of the batch, unpacked. */
  readonly bytes: number
}

/**
 * Decodes a fetched partition batch by batch and leaves out what no reader may see: markers of transactions, and
 * the messages of aborted ones. The algorithm is that of the Java client (`CompletedFetch`): the broker lists each
 * aborted transaction that touches the response with its producer and first offset; from there on the producer's
 * transactional batches are skipped until its abort marker. The marker may lie in a later response; the producer
 * then stays skipped to the end of this one, and the broker lists the transaction again for the next.
 */
export function* committedBatches(
  { records, abortedTransactions }: FetchedPartition,
  { partition, offset }: { partition: number; offset: number },
): Generator<CommittedBatch> {
  const isAborted = abortedBatches(abortedTransactions)
  for (const batch of readRecordBatches(records)) {
    const isLeftOut = isAborted(batch) || batch.isControl
    const { messages, bytes } = isLeftOut ? NOTHING : readRecords(batch, partition)
    // The first batch may begin before the offset that was asked for: the broker hands it out whole.
    const wanted =
      batch.baseOffset >= offset ? messages : messages.filter((message) => message.offset >= offset)
    yield { messages: wanted, nextOffset: batch.lastOffset + 1, leaderEpoch: batch.leaderEpoch, bytes }
  }
}

const NOTHING: Records = { messages: [], bytes: 0 }

/** Tells of each batch, asked once in order, whether it belongs to an aborted transaction. */
function abortedBatches(
  transactions: FetchedPartition['abortedTransactions'],
): (batch: RecordBatch) => boolean {
  const waiting = transactions.toSorted((a, b) => Number(a.firstOffset - b.firstOffset))
  const abortedProducers = new Set<bigint>()
  return (batch) => {
    if (batch.producerId < 0n) return false
    for (
      let first = waiting[0];
      first !== undefined && first.firstOffset <= batch.lastOffset;
      first = waiting[0]
    ) {
      abortedProducers.add(first.producerId)
      waiting.shift()
    }
    if (isAbortMarker(batch)) abortedProducers.delete(batch.producerId)
    return batch.isTransactional && !batch.isControl && abortedProducers.has(batch.producerId)
  }
}

/** The key of a marker is its version and its kind, two bytes each; kind 0 aborts, kind 1 commits. */
function isAbortMarker(batch: RecordBatch): boolean {
  if (!batch.isControl) return false
  const [marker] = readRecords(batch, 0).messages
  return marker?.key?.readInt16BE(2) === 0
}
