import type { BatchChanges } from '../booking/changes.ts'
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

/**
 * The first owner of a partition sets where it starts; whoever comes second changes nothing. Nor does it start where other
 * partitions are booked in another topic of this name: what was made again there is not mixed with what is booked.
 */
export async function startPosition(
  db: Queryable,
  { topic, topicId, partition }: Partition,
  start: Position,
): Promise<void> {
  await db.query(
    `insert into kafka_position (topic, kafka_partition, topic_id, leader_epoch, next_offset)
     select $1, $2::integer, $3::uuid, $4::integer, $5::bigint
     where not exists (select from kafka_position where topic = $1 and topic_id <> $3::uuid)
     on conflict (topic, kafka_partition) do nothing`,
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
    { name: 'advance_position' },
  )
  return rows.length === 1
}

/** What a transaction adds to the totals. */
export interface Tally {
  /** Messages that have an outcome. */
  readonly messagesSettled: number
  readonly warehouses: number
  /** Cards that have a line. */
  readonly cards: number
  readonly lines: number
  /** Departures, held ones as well: a movement has one for each product. */
  readonly movementsDeparted: number
  /** First arrivals, one for each product of a movement. */
  readonly movementsArrived: number
  readonly movementsInTransit: number
  readonly departuresHeld: number
  readonly messagesQuarantined: number
}

/** The columns of `kafka_position` that keep them. */
const tallyColumns = {
  messagesSettled: 'messages_settled',
  warehouses: 'warehouses',
  cards: 'cards',
  lines: 'lines',
  movementsDeparted: 'movements_departed',
  movementsArrived: 'movements_arrived',
  movementsInTransit: 'movements_in_transit',
  departuresHeld: 'departures_held',
  messagesQuarantined: 'messages_quarantined',
} as const satisfies Record<keyof Tally, string>

const tallyNames = Object.keys(tallyColumns) as (keyof Tally)[]

/** Beyond these, a batch's changes are no longer told: at 100 batches a second, the most of a lane, five seconds. */
export const keptBatches = 512

/**
 * Adds to the totals beside the position, in the row that the transaction owns anyway, and numbers the batch: no row is
 * shared between lanes. The same statement keeps what the batch changed and drops the oldest that is kept. (Numbers that
 * were set back by hand are no reason to stop the booking.)
 */
export async function addToTally(
  session: Session,
  { topic, partition }: Partition,
  { tally, changes }: { readonly tally: Tally; readonly changes: BatchChanges },
): Promise<void> {
  const additions = tallyNames.map(
    (name, index) => `${tallyColumns[name]} = ${tallyColumns[name]} + $${index + 4}`,
  )
  await session.query(
    `with numbered as (
       update kafka_position set batches = batches + 1, ${additions.join(', ')}
       where topic = $1 and kafka_partition = $2 returning batches
     ), dropped as (
       delete from booked_batch b using numbered n
       where b.topic = $1 and b.kafka_partition = $2 and b.batch = n.batches - ${keptBatches}
     )
     insert into booked_batch (topic, kafka_partition, batch, changes)
     select $1, $2, batches, $3::json from numbered
     on conflict (topic, kafka_partition, batch) do update set changes = excluded.changes`,
    [topic, partition, JSON.stringify(changes), ...tallyNames.map((name) => tally[name])],
    { name: 'add_to_tally' },
  )
}

/**
 * Keeps everybody from booking until the end of the transaction: each transaction of the intake begins with its position.
 * Those under way are waited for, no longer than for any lock. Reads go on.
 */
export async function stopBooking(session: Session): Promise<void> {
  await session.query('lock table kafka_position in exclusive mode')
}

/** Corrects the totals; whichever row takes it: only sums are shown. */
export async function correctTally(session: Session, by: Partial<Tally>): Promise<void> {
  const wrong = tallyNames.filter((name) => (by[name] ?? 0) !== 0)
  if (wrong.length === 0) return
  const additions = wrong.map(
    (name, index) => `${tallyColumns[name]} = ${tallyColumns[name]} + $${index + 1}`,
  )
  await session.query(
    `update kafka_position set ${additions.join(', ')} where (topic, kafka_partition) = (
       select topic, kafka_partition from kafka_position order by topic, kafka_partition limit 1
     )`,
    wrong.map((name) => by[name]),
  )
}

/** The totals, exact: a row a partition. */
export async function readTally(db: Queryable): Promise<Tally> {
  const sums = tallyNames.map((name) => `coalesce(sum(${tallyColumns[name]}), 0)::bigint as "${name}"`)
  const [tally] = await db.query<Tally>(`select ${sums.join(', ')} from kafka_position`)
  if (tally === undefined) throw new Error('a sum without a row')
  return tally
}
