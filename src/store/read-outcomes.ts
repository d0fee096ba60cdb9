import type { MovementEvent } from '../message/event.ts'
import type { Database, Queryable } from './database.ts'

/** A message that is booked, by its place and what it says. */
export interface BookedMessage {
  readonly event: MovementEvent
  readonly topicId: string
  readonly partition: number
  readonly offset: number
}

/** What became of a message that the position has passed. */
export type FinalOutcome =
  | { readonly outcome: 'booked'; readonly line: number }
  | { readonly outcome: 'held' | 'duplicate' }
  | {
      readonly outcome: 'quarantined'
      readonly code: string
      readonly field: string | null
      readonly detail: string
    }

interface QuarantineRow {
  readonly partition: number
  readonly offset: number
  readonly code: string
  readonly field: string | null
  readonly detail: string
}

/**
 * The outcome of each message, in their order: it has become a leg, or is in quarantine; if it is neither, it said what
 * was booked already. One snapshot, and only right once the position is beyond all of them. Throws a Fault.
 */
export async function readOutcomes(
  database: Database,
  messages: readonly BookedMessage[],
): Promise<FinalOutcome[]> {
  if (messages.length === 0) return []
  return await database.snapshot(async (session) => {
    const lines = await readLines(session, messages)
    const quarantined = await readQuarantined(session, messages)
    return messages.map((message): FinalOutcome => {
      const line = lines.get(placeId(message))
      if (line !== undefined) return line === null ? { outcome: 'held' } : { outcome: 'booked', line }
      const reason = quarantined.get(placeId(message))
      if (reason === undefined) return { outcome: 'duplicate' }
      const { code, field, detail } = reason
      return { outcome: 'quarantined', code, field, detail }
    })
  })
}

/** By place: the line, or null while it is held. Looked up by movement: legs have no index by place in the log. */
async function readLines(
  db: Queryable,
  messages: readonly BookedMessage[],
): Promise<Map<string, number | null>> {
  const rows = await db.query<{ partition: number; offset: number; line: number | null }>(
    `select m.kafka_partition as "partition", m.kafka_offset as "offset", m.line
     from unnest($1::uuid[], $2::uuid[], $3::integer[], $4::bigint[])
       as u (movement_id, product_id, kafka_partition, kafka_offset)
     join movement_leg m on m.movement_id = u.movement_id and m.product_id = u.product_id
       and m.kafka_partition = u.kafka_partition and m.kafka_offset = u.kafka_offset`,
    [
      messages.map(({ event }) => event.movementId),
      messages.map(({ event }) => event.productId),
      messages.map(({ partition }) => partition),
      messages.map(({ offset }) => offset),
    ],
  )
  return new Map(rows.map((row) => [placeId(row), row.line]))
}

async function readQuarantined(
  db: Queryable,
  messages: readonly BookedMessage[],
): Promise<Map<string, QuarantineRow>> {
  const rows = await db.query<QuarantineRow>(
    `select q.kafka_partition as "partition", q.kafka_offset as "offset", q.code, q.field, q.detail
     from unnest($1::uuid[], $2::integer[], $3::bigint[]) as u (topic_id, kafka_partition, kafka_offset)
     join quarantine q on q.topic_id = u.topic_id and q.kafka_partition = u.kafka_partition
       and q.kafka_offset = u.kafka_offset`,
    [
      messages.map(({ topicId }) => topicId),
      messages.map(({ partition }) => partition),
      messages.map(({ offset }) => offset),
    ],
  )
  return new Map(rows.map((row) => [placeId(row), row]))
}

function placeId({ partition, offset }: { partition: number; offset: number }): string {
  return `${partition}:${offset}`
}
