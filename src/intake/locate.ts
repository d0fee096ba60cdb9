import { kafkaFault } from '../kafka/kafka-fault.ts'
import type { Partition, Position } from '../store/batch.ts'
import type { LaneStore } from './lane.ts'

/** Where a partition's log begins and ends: the first offset there is, and the one behind the last. */
export interface LogBounds {
  readonly earliest: number
  readonly latest: number
}

/**
 * The position to go on from, out of the database. A partition that nobody took yet starts where its log begins.
 * Throws a Fault of kind halt where going on would skip messages or read others than those that were counted.
 */
export async function locate(parts: {
  readonly partition: Partition
  readonly store: Pick<LaneStore, 'readPosition' | 'startPosition'>
  readonly bounds: LogBounds
}): Promise<Position> {
  const { partition, store, bounds } = parts
  let found = await store.readPosition(partition)
  if (found === null) {
    await store.startPosition(partition, { nextOffset: bounds.earliest, leaderEpoch: -1 })
    found = await store.readPosition(partition)
  }
  if (found === null)
    throw kafkaFault('topic_recreated', `Partition ${partition.partition} was never booked, but others were.`)
  const { topicId, nextOffset, leaderEpoch } = found
  const place = `Partition ${partition.partition} is booked up to ${nextOffset}; the log holds ${bounds.earliest} to ${bounds.latest}.`
  if (topicId !== partition.topicId) throw kafkaFault('topic_recreated', place)
  if (nextOffset < bounds.earliest) throw kafkaFault('position_before_log', place)
  if (nextOffset > bounds.latest) throw kafkaFault('position_after_log', place)
  return { nextOffset, leaderEpoch }
}
