/**
 * What a person decides about messages in quarantine, each by compare-and-set on the row: a redrive is claimed, then
 * settled; a discard is settled at once. Whoever comes second changes nothing, and reads what the first one did.
 *
 * Settling takes the messages out of the tally in the same transaction. It locks in the order of the intake
 * (write-batch.ts): positions, sorted, then rows of the quarantine, sorted. So locks form no cycle, and a lane waits for
 * a few short statements at most.
 */
import type { Place } from './booked-positions.ts'
import type { Database, Session } from './database.ts'

/** Says what will be redriven, and by whom, before it is; of each message that is open and not claimed yet. */
export async function claimRedrive(
  database: Database,
  ids: readonly number[],
  claim: { readonly by: string; readonly correction: Buffer | null; readonly accepted: boolean },
): Promise<void> {
  if (ids.length === 0) return
  await database.transaction(async (session) => {
    await lockMessages(session, ids)
    await session.query(
      `update quarantine set claimed_at = clock_timestamp(), claimed_by = $2, correction = $3, accepted = $4
       where quarantine_id = any($1::bigint[]) and status = 'open' and claimed_at is null`,
      [ids, claim.by, claim.correction, claim.accepted],
    )
  })
}

/** A message that was produced again, and where it is now. */
export interface Redriven {
  readonly quarantineId: number
  readonly place: Required<Place>
}

/** Those that are still open are redriven, by whoever claimed them; the others are, to somewhere else. */
export async function settleRedriven(database: Database, redriven: readonly Redriven[]): Promise<void> {
  const ids = redriven.map(({ quarantineId }) => quarantineId)
  await settle(
    database,
    ids,
    `update quarantine q set status = 'redriven', settled_at = clock_timestamp(), settled_by = q.claimed_by,
       redriven_topic_id = r.topic_id, redriven_partition = r.kafka_partition, redriven_offset = r.kafka_offset
     from unnest($1::bigint[], $2::uuid[], $3::integer[], $4::bigint[])
       as r (quarantine_id, topic_id, kafka_partition, kafka_offset)
     where q.quarantine_id = r.quarantine_id and q.status = 'open'
     returning q.topic, q.kafka_partition as "partition"`,
    [
      ids,
      redriven.map(({ place }) => place.topicId),
      redriven.map(({ place }) => place.partition),
      redriven.map(({ place }) => place.offset),
    ],
  )
}

/** Unless it is settled, or somebody has begun to redrive it: then it may be in the log. */
export async function settleDiscarded(
  database: Database,
  id: number,
  { by, reason }: { readonly by: string; readonly reason: string },
): Promise<void> {
  await settle(
    database,
    [id],
    `update quarantine set status = 'discarded', settled_at = clock_timestamp(), settled_by = $2, reason = $3
     where quarantine_id = $1 and status = 'open' and claimed_at is null
     returning topic, kafka_partition as "partition"`,
    [id, by, reason],
  )
}

interface OwnPartition {
  readonly topic: string
  readonly partition: number
}

async function settle(
  database: Database,
  ids: readonly number[],
  update: string,
  values: readonly unknown[],
): Promise<void> {
  if (ids.length === 0) return
  await database.transaction(async (session) => {
    await session.query(
      `select 1 from kafka_position
       where (topic, kafka_partition) in (
         select topic, kafka_partition from quarantine where quarantine_id = any($1::bigint[])
       )
       order by topic, kafka_partition for update`,
      [ids],
    )
    await lockMessages(session, ids)
    await subtract(session, await session.query<OwnPartition>(update, values))
  })
}

async function lockMessages(session: Session, ids: readonly number[]): Promise<void> {
  await session.query(
    'select 1 from quarantine where quarantine_id = any($1::bigint[]) order by quarantine_id for update',
    [ids],
  )
}

/** From the tally of the partition that each message came from, for there it was counted. */
async function subtract(session: Session, settled: readonly OwnPartition[]): Promise<void> {
  if (settled.length === 0) return
  await session.query(
    `update kafka_position p set messages_quarantined = p.messages_quarantined - s.settled
     from (
       select topic, kafka_partition, count(*) as settled
       from unnest($1::text[], $2::integer[]) as u (topic, kafka_partition)
       group by topic, kafka_partition
     ) s
     where p.topic = s.topic and p.kafka_partition = s.kafka_partition`,
    [settled.map(({ topic }) => topic), settled.map(({ partition }) => partition)],
  )
}
