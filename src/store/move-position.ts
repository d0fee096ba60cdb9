/**
 * Moves positions by hand: where a log was lost or made anew, and nobody but a person can say where to go on. Processes that
 * book meanwhile lose the comparison of their next batch, read the position again and go on from it.
 */
import type { Micros } from '../message/event.ts'
import type { Queryable, Session } from './database.ts'

/** How far a partition is booked, and who moved it last. */
export interface BookedPosition {
  readonly partition: number
  readonly topicId: string
  readonly nextOffset: number
  readonly moved: { readonly at: Micros; readonly by: string; readonly reason: string } | null
}

/** All positions of the topic, by partition. */
export async function readPositions(db: Queryable, topic: string): Promise<BookedPosition[]> {
  const rows = await db.query<
    Omit<BookedPosition, 'moved'> & { at: Micros | null; by: string | null; reason: string | null }
  >(
    `select p.kafka_partition as "partition", p.topic_id as "topicId", p.next_offset as "nextOffset",
       c.changed_at as "at", c.changed_by as "by", c.reason
     from kafka_position p
     left join lateral (
       select * from position_change c
       where c.topic = p.topic and c.kafka_partition = p.kafka_partition
       order by c.position_change_id desc limit 1
     ) c on true
     where p.topic = $1 order by p.kafka_partition`,
    [topic],
  )
  return rows.map(({ at, by, reason, ...position }) => ({
    ...position,
    moved: at === null || by === null || reason === null ? null : { at, by, reason },
  }))
}

/** Where a partition is to go on. */
export interface PositionMove {
  readonly topic: string
  readonly partition: number
  readonly topicId: string
  readonly nextOffset: number
  readonly reason: string
  readonly by: string
}

/** Moves one position and records that, in the transaction of the caller. Answers where it was; null if there was none. */
export async function movePosition(
  session: Session,
  { topic, partition, topicId, nextOffset, reason, by }: PositionMove,
): Promise<{ topicId: string; nextOffset: number } | null> {
  const [before] = await session.query<{ topicId: string; nextOffset: number }>(
    `select topic_id as "topicId", next_offset as "nextOffset" from kafka_position
     where topic = $1 and kafka_partition = $2 for update`,
    [topic, partition],
  )
  // The epoch of the leader is that of another log, perhaps: it is not known until the next batch is read.
  await session.query(
    `insert into kafka_position as p (topic, kafka_partition, topic_id, leader_epoch, next_offset)
     values ($1, $2, $3, -1, $4)
     on conflict (topic, kafka_partition) do update set
       topic_id = excluded.topic_id, leader_epoch = excluded.leader_epoch, next_offset = excluded.next_offset`,
    [topic, partition, topicId, nextOffset],
  )
  await session.query(
    `insert into position_change (topic, kafka_partition, from_topic_id, from_offset, to_topic_id, to_offset, reason, changed_by)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [topic, partition, before?.topicId ?? null, before?.nextOffset ?? null, topicId, nextOffset, reason, by],
  )
  return before ?? null
}

/**
 * The topic was made anew with fewer partitions: those that are gone keep what they added to the totals, and begin at 0 should
 * they come back. Answers how many there are.
 */
export async function retirePositions(
  session: Session,
  {
    topic,
    topicId,
    partitions,
  }: { readonly topic: string; readonly topicId: string; readonly partitions: number },
): Promise<number> {
  const rows = await session.query(
    `update kafka_position set topic_id = $2, leader_epoch = -1, next_offset = 0
     where topic = $1 and kafka_partition >= $3 and topic_id <> $2 returning kafka_partition`,
    [topic, topicId, partitions],
  )
  return rows.length
}
