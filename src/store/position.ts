import type { Partition, Position } from './batch.ts'
import type { Queryable, Session } from './database.ts'

/** How far a partition is booked, and in which topic; null before anybody took it. */
export async function readPosition(
  db: Queryable,
  { topic, partition }: Partition,
): Promise<(Position & { topicId: string }) | null> {
  const rows = await db.query<Position & { topicId: string }>(
    `select topic_id as "topicId", leader_epoch as "leaderEpoch", next_offset as "nextOffset"
     from kafka_position where topic = $1 and kafka_partition = $2`,
    [topic, partition],
  )
  return rows[0] ?? null
}

/** The first owner of a partition sets where it starts; whoever comes second changes nothing. */
export async function startPosition(
  db: Queryable,
  { topic, topicId, partition }: Partition,
  start: Position,
): Promise<void> {
  await db.query(
    `insert into kafka_position (topic, kafka_partition, topic_id, leader_epoch, next_offset)
     values ($1, $2, $3, $4, $5) on conflict (topic, kafka_partition) do nothing`,
    [topic, partition, topicId, start.leaderEpoch, start.nextOffset],
  )
}

/** Compare and set: false when the partition is not where we left it, and somebody else books it. */
export async function advancePosition(
  session: Session,
  { topic, topicId, partition }: Partition,
  { from, to }: { from: Position; to: Position },
): Promise<boolean> {
  const rows = await session.query(
    `update kafka_position set next_offset = $5, leader_epoch = $6
     where topic = $1 and kafka_partition = $2 and topic_id = $3 and next_offset = $4
     returning next_offset`,
    [topic, partition, topicId, from.nextOffset, to.nextOffset, to.leaderEpoch],
  )
  return rows.length === 1
}

/** What a transaction adds to the totals that the metrics show. */
export interface Tally {
  readonly movementsInTransit: number
  readonly departuresHeld: number
  readonly messagesQuarantined: number
}

/** Counted beside the position, in the row that the transaction owns anyway: no row is shared between lanes. */
export async function addToTally(
  session: Session,
  { topic, partition }: Partition,
  tally: Tally,
): Promise<void> {
  const { movementsInTransit, departuresHeld, messagesQuarantined } = tally
  if (movementsInTransit === 0 && departuresHeld === 0 && messagesQuarantined === 0) return
  await session.query(
    `update kafka_position set
       movements_in_transit = movements_in_transit + $3,
       departures_held = departures_held + $4,
       messages_quarantined = messages_quarantined + $5
     where topic = $1 and kafka_partition = $2`,
    [topic, partition, movementsInTransit, departuresHeld, messagesQuarantined],
  )
}

/** The totals, exact: a row a partition. */
export async function readTally(db: Queryable): Promise<Tally> {
  const rows = await db.query<Tally>(
    `select coalesce(sum(movements_in_transit), 0)::bigint as "movementsInTransit",
       coalesce(sum(departures_held), 0)::bigint as "departuresHeld",
       coalesce(sum(messages_quarantined), 0)::bigint as "messagesQuarantined"
     from kafka_position`,
  )
  return rows[0] ?? { movementsInTransit: 0, departuresHeld: 0, messagesQuarantined: 0 }
}
