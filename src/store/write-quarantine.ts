import type { Rejection } from '../message/rejection.ts'
import { formatTimestamp } from '../message/timestamp.ts'
import type { BatchItem, DecidedBatch, Partition } from './batch.ts'
import type { Session } from './database.ts'

/** Parameters of a statement are counted in 16 bits; and a message may have a megabyte. */
const rowsAtOnce = 200

type Rejected = BatchItem & { readonly rejection: Rejection }

/**
 * Keeps each rejected message whole, with its reason, and answers the numbers of those that are new. One that is there already (its
 * partition was set back by hand) stays as it is: a person may have settled it.
 */
export async function writeQuarantine(
  session: Session,
  { batch, outcomes }: DecidedBatch,
): Promise<number[]> {
  const rejected = batch.items.flatMap((item, index): Rejected[] => {
    const outcome = outcomes[index]
    return typeof outcome === 'object' ? [{ ...item, rejection: outcome }] : []
  })
  const written: number[] = []
  for (let start = 0; start < rejected.length; start += rowsAtOnce) {
    written.push(...(await insertRows(session, batch.partition, rejected.slice(start, start + rowsAtOnce))))
  }
  return written
}

async function insertRows(
  session: Session,
  partition: Partition,
  items: readonly Rejected[],
): Promise<number[]> {
  const values = items.map((item) => columnsOf(partition, item))
  const width = values[0]?.length ?? 0
  const rows = values.map(
    (columns, row) => `(${columns.map((_, column) => `$${row * width + column + 1}`).join(', ')})`,
  )
  const written = await session.query<{ quarantine_id: number }>(
    `insert into quarantine (topic, topic_id, kafka_partition, kafka_offset, key, value, header_names,
       header_values, code, field, detail, movement_id, received_at)
     values ${rows.join(', ')}
     on conflict (topic_id, kafka_partition, kafka_offset) do nothing
     returning quarantine_id`,
    values.flat(),
  )
  return written.map(({ quarantine_id: id }) => id)
}

function columnsOf({ topic, topicId, partition }: Partition, item: Rejected): unknown[] {
  const { message, decoded, receivedAt, rejection } = item
  return [
    topic,
    topicId,
    partition,
    message.offset,
    message.key,
    message.value,
    message.headers.map(({ name }) => name),
    message.headers.map(({ value }) => value),
    rejection.code,
    rejection.field,
    rejection.detail,
    decoded.kind === 'rejected' ? null : decoded.movementId,
    formatTimestamp(receivedAt),
  ]
}
