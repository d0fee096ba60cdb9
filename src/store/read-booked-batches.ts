import type { BatchChanges } from '../booking/changes.ts'
import type { Queryable } from './database.ts'

/** For each partition, by its number, how many of its batches are booked: a place in what happens. */
export type BatchNumbers = ReadonlyMap<number, number>

/** What one batch changed, and which it was. */
export interface BookedBatch {
  readonly partition: number
  /** Numbered from 1 within its partition, without gaps. */
  readonly batch: number
  readonly changes: BatchChanges
}

/** How far the partitions of a topic are now. */
export async function readBatchNumbers(db: Queryable, topic: string): Promise<BatchNumbers> {
  const rows = await db.query<{ partition: number; batches: number }>(
    'select kafka_partition as "partition", batches from kafka_position where topic = $1',
    [topic],
  )
  return new Map(rows.map(({ partition, batches }) => [partition, batches]))
}

/**
 * The next batches after one place and up to another, at most `limit`, those of one partition in their order. `gone`:
 * some of them are no longer kept, or the numbers run backwards, as after a database was restored.
 */
export async function readBookedBatches(
  db: Queryable,
  topic: string,
  {
    after,
    upTo,
    limit,
  }: { readonly after: BatchNumbers; readonly upTo: BatchNumbers; readonly limit: number },
): Promise<BookedBatch[] | 'gone'> {
  const behind = [...upTo].filter(([partition, last]) => last !== (after.get(partition) ?? 0))
  if (behind.some(([partition, last]) => last < (after.get(partition) ?? 0))) return 'gone'
  if ([...after.keys()].some((partition) => !upTo.has(partition))) return 'gone'
  if (behind.length === 0) return []
  const rows = await db.query<BookedBatch>(
    `select b.kafka_partition as "partition", b.batch, b.changes
     from unnest($2::integer[], $3::bigint[], $4::bigint[]) as u (kafka_partition, after, last)
     cross join lateral (
       select l.kafka_partition, l.batch, l.changes from booked_batch l
       where l.topic = $1 and l.kafka_partition = u.kafka_partition and l.batch > u.after and l.batch <= u.last
       order by l.batch limit $5
     ) b
     order by b.kafka_partition, b.batch limit $5`,
    [
      topic,
      behind.map(([partition]) => partition),
      behind.map(([partition]) => after.get(partition) ?? 0),
      behind.map(([, last]) => last),
      limit,
    ],
  )
  return isGapless(rows, after) ? rows : 'gone'
}

/** Each row the next one of its partition. No row at all is a gap, too: there was something to read. */
function isGapless(rows: readonly BookedBatch[], after: BatchNumbers): boolean {
  const numbers = new Map(after)
  for (const { partition, batch } of rows) {
    if (batch !== (numbers.get(partition) ?? 0) + 1) return false
    numbers.set(partition, batch)
  }
  return rows.length > 0
}
