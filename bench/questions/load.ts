import { randomUUID } from 'node:crypto'
import { decode } from '../../src/message/decode.ts'
import type { Micros } from '../../src/message/event.ts'
import type { Message } from '../../src/message/message.ts'
import { noPageBars } from '../../src/store/batch-bars.ts'
import type { BatchItem } from '../../src/store/batch.ts'
import type { Database } from '../../src/store/database.ts'
import { NearState } from '../../src/store/near-state.ts'
import { startPosition } from '../../src/store/position.ts'
import { writeBatch } from '../../src/store/write-batch.ts'
import { messageOf, unreadable } from '../message.ts'
import type { Report } from './trips.ts'

export const topic = 'movements'
const topicId = '22222222-3333-4444-8555-666666666666'
const partitions = 12
/** What a lane takes at most by default. */
const batchEvents = 5000
/** All cards of the full books. */
const nearCards = 500_000

/** When the reports were recorded; milliseconds since 1970. */
export interface Loaded {
  readonly messages: number
  readonly from: number
  readonly to: number
}

/**
 * Books all reports by the booking itself, in batches as a lane makes them, each in the next partition: so the books
 * are in the state in which the service leaves them, down to the order of the rows and the filling of the indexes.
 * Most messages in quarantine are then settled, and the statistics are what autovacuum would have made them.
 */
export async function load(
  database: Database,
  reports: Iterable<Report>,
  say: (line: string) => void,
): Promise<Loaded> {
  const from = Date.now()
  const parts = {
    database,
    nearState: new NearState(nearCards),
    newToken: () => randomUUID(),
    pageBars: noPageBars,
  }
  const next = Array.from({ length: partitions }, () => 0)
  for (let partition = 0; partition < partitions; partition += 1) {
    await startPosition(database, { topic, topicId, partition }, { nextOffset: 0, leaderEpoch: -1 })
  }
  let batches = 0
  let messages = 0
  for (const batch of batchesOf(reports)) {
    const partition = batches % partitions
    const offset = next[partition] ?? 0
    const items = batch.map((report, index) => itemOf(report, { partition, offset: offset + index }))
    next[partition] = offset + items.length
    const written = await writeBatch(parts, {
      partition: { topic, topicId, partition },
      from: { nextOffset: offset, leaderEpoch: batches < partitions ? -1 : 0 },
      to: { nextOffset: offset + items.length, leaderEpoch: 0 },
      items,
    })
    if (written === 'fenced') throw new Error('somebody else books in the database of the bench')
    batches += 1
    messages += items.length
    if (batches % 50 === 0) say(`${messages} messages after ${((Date.now() - from) / 1000).toFixed(0)} s`)
  }
  const to = Date.now()
  await database.query(settleMost, [topic])
  await database.query('vacuum analyze')
  return { messages, from, to }
}

/** One in fifty stays open. A desk would settle them one by one; of the tallies only the sum over all partitions counts. */
const settleMost = `
with settled as (
  update quarantine set status = 'discarded', settled_at = received_at, settled_by = 'bench', reason = 'Sent by a test.'
  where quarantine_id % 50 <> 0 returning 1
)
update kafka_position set messages_quarantined = messages_quarantined - (select count(*) from settled)
where topic = $1 and kafka_partition = 0`

function* batchesOf(reports: Iterable<Report>): Generator<Report[]> {
  let batch: Report[] = []
  for (const report of reports) {
    if (batch.push(report) < batchEvents) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}

function itemOf(report: Report, place: { readonly partition: number; readonly offset: number }): BatchItem {
  const receivedAt = (Date.now() * 1000) as Micros
  const message: Message = { ...place, key: null, value: unreadable, headers: [] }
  if (report === 'unreadable') return { message, decoded: decode(message, receivedAt), receivedAt }
  // Only messages in quarantine are kept: the bytes are written when they are asked for.
  return {
    message: {
      ...message,
      get value() {
        return messageOf(report)
      },
    },
    decoded: report,
    receivedAt,
  }
}
