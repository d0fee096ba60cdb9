/** The messages in quarantine, as a list, one by one, and as what a redrive needs of them. */
import type { Micros, MovementId } from '../message/event.ts'
import type { MessageHeader } from '../message/message.ts'
import type { Place } from './booked-positions.ts'
import type { Queryable } from './database.ts'
import { cutPage, type Page, type PageAfter } from './page.ts'

export const quarantineStatuses = ['open', 'redriven', 'discarded'] as const
export type QuarantineStatus = (typeof quarantineStatuses)[number]

/** A message in quarantine, without its bytes. */
export interface QuarantineItem {
  readonly quarantineId: number
  /** Why it is here: a stable code, the path of the field at fault, a sentence of ours. */
  readonly code: string
  readonly field: string | null
  readonly detail: string
  readonly status: QuarantineStatus
  readonly receivedAt: Micros
  readonly topic: string
  readonly topicId: string
  readonly partition: number
  readonly offset: number
  /** Null where it could not be read. */
  readonly movementId: MovementId | null
  /** When somebody began to redrive it; while it is open, that has not come to its end. */
  readonly claimedAt: Micros | null
  readonly settledAt: Micros | null
  readonly settledBy: string | null
  /** Of a discard. */
  readonly reason: string | null
  /** Where it is in the log again. */
  readonly redrivenTo: Required<Place> | null
}

/** What somebody has decided to redrive: from then on this, and nothing else, is what is produced. */
export interface Claim {
  readonly by: string
  readonly at: Micros
  /** The value that is sent in place of the message's own; null for the message as it is. */
  readonly correction: Buffer | null
  /** It counts although an equal report is booked. */
  readonly accepted: boolean
}

/** A message in quarantine with its bytes. */
export interface QuarantinedMessage extends QuarantineItem {
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: readonly MessageHeader[]
  /** Null where nobody has begun to redrive it. */
  readonly claim: Claim | null
}

export interface QuarantineFilter {
  readonly status: QuarantineStatus
  readonly code: string | null
}

/** The oldest first: it is a queue that people work off. */
export async function readQuarantine(
  db: Queryable,
  { status, code }: QuarantineFilter,
  { after, limit }: PageAfter<number>,
): Promise<Page<QuarantineItem, number>> {
  const values: unknown[] = [limit + 1, status]
  const value = (next: unknown): string => `$${values.push(next)}`
  const conditions = [
    'status = $2',
    ...(code === null ? [] : [`code = ${value(code)}`]),
    ...(after === null ? [] : [`quarantine_id > ${value(after)}`]),
  ]
  const rows = await db.query<ItemRow>(
    `select ${itemColumns} from quarantine where ${conditions.join(' and ')} order by quarantine_id limit $1`,
    values,
  )
  const { items, next } = cutPage(rows.map(toItem), { limit, walked: limit + 1 })
  return { items, next: next?.quarantineId ?? null }
}

/** By their numbers, the oldest first; what is not there is left out. Of each value the first `maxValueBytes`. */
export async function readQuarantinedMessages(
  db: Queryable,
  ids: readonly number[],
  { maxValueBytes }: { maxValueBytes: number },
): Promise<QuarantinedMessage[]> {
  if (ids.length === 0) return []
  const rows = await db.query<MessageRow>(
    `select ${itemColumns}, key, substring(value from 1 for $2) as value, header_names as "headerNames",
       header_values as "headerValues", claimed_by as "claimedBy", correction, accepted
     from quarantine where quarantine_id = any($1::bigint[]) order by quarantine_id`,
    [ids, maxValueBytes],
  )
  return rows.map(toMessage)
}

type ItemRow = Omit<QuarantineItem, 'redrivenTo'> & {
  readonly redrivenTopicId: string | null
  readonly redrivenPartition: number | null
  readonly redrivenOffset: number | null
}

type MessageRow = ItemRow & {
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headerNames: readonly Buffer[]
  readonly headerValues: readonly (Buffer | null)[]
  readonly claimedBy: string | null
  readonly correction: Buffer | null
  readonly accepted: boolean
}

const itemColumns = `quarantine_id as "quarantineId", code, field, detail, status, received_at as "receivedAt", topic,
  topic_id as "topicId", kafka_partition as "partition", kafka_offset as "offset", movement_id as "movementId",
  claimed_at as "claimedAt", settled_at as "settledAt", settled_by as "settledBy", reason, redriven_topic_id as "redrivenTopicId",
  redriven_partition as "redrivenPartition", redriven_offset as "redrivenOffset"`

function toItem({ redrivenTopicId, redrivenPartition, redrivenOffset, ...item }: ItemRow): QuarantineItem {
  const isRedriven = redrivenTopicId !== null && redrivenPartition !== null && redrivenOffset !== null
  const place = isRedriven
    ? { topicId: redrivenTopicId, partition: redrivenPartition, offset: redrivenOffset }
    : null
  return { ...item, redrivenTo: place }
}

function toMessage(row: MessageRow): QuarantinedMessage {
  const { key, value, headerNames, headerValues, claimedBy, correction, accepted, ...item } = row
  const { claimedAt } = item
  const headers = headerNames.map((name, index) => ({ name, value: headerValues[index] ?? null }))
  const claim =
    claimedAt === null || claimedBy === null ? null : { by: claimedBy, at: claimedAt, correction, accepted }
  return { ...toItem(item), key, value, headers, claim }
}
