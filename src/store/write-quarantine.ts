import { formatTimestamp } from '../message/timestamp.ts'
import type { DecidedBatch } from './batch.ts'
import type { Session } from './database.ts'

/**
 * Keeps each rejected message whole, with its reason, and answers how many are new. One that is there already (its
 * partition was set back by hand) stays as it is: a person may have settled it.
 */
export async function writeQuarantine(session: Session, { batch, outcomes }: DecidedBatch): Promise<number> {
  let written = 0
  for (const [index, { message, decoded, receivedAt }] of batch.items.entries()) {
    const outcome = outcomes[index]
    if (typeof outcome !== 'object') continue
    const { topic, topicId, partition } = batch.partition
    const rows = await session.query(
      `insert into quarantine (topic, topic_id, kafka_partition, kafka_offset, key, value, header_names,
         header_values, code, field, detail, movement_id, received_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
       on conflict (topic_id, kafka_partition, kafka_offset) do nothing
       returning quarantine_id`,
      [
        topic,
        topicId,
        partition,
        message.offset,
        message.key,
        message.value,
        message.headers.map(({ name }) => name),
        message.headers.map(({ value }) => value),
        outcome.code,
        outcome.field,
        outcome.detail,
        decoded.kind === 'rejected' ? null : decoded.movementId,
        formatTimestamp(receivedAt),
      ],
    )
    written += rows.length
  }
  return written
}
