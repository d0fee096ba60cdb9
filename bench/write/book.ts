import { randomUUID } from 'node:crypto'
import { decode } from '../../src/message/decode.ts'
import type { Micros } from '../../src/message/event.ts'
import { noPageBars } from '../../src/store/batch-bars.ts'
import type { BatchItem, Position } from '../../src/store/batch.ts'
import type { Database } from '../../src/store/database.ts'
import { NearState } from '../../src/store/near-state.ts'
import { startPosition } from '../../src/store/position.ts'
import { writeBatch, type BatchWriterParts } from '../../src/store/write-batch.ts'
import { unreadable } from '../message.ts'
import type { StreamMessage } from './stream.ts'

const topicId = '22222222-3333-4444-8555-666666666666'
/** What a lane takes at most by default. */
export const batchMessages = 5000
/** As by default. */
const nearCards = 200_000

export function batchWriter(database: Database): BatchWriterParts {
  return {
    database,
    nearState: new NearState(nearCards),
    newToken: () => randomUUID(),
    pageBars: noPageBars,
  }
}

export interface Lane {
  readonly topic: string
  readonly partition: number
}

/** Of a partition that nobody has booked. */
const beginning: Position = { nextOffset: 0, leaderEpoch: -1 }

/** Books the messages of one partition by the store alone, batch after batch as a full lane makes them. */
export async function book(
  parts: BatchWriterParts,
  lane: Lane,
  messages: readonly Pick<StreamMessage, 'report'>[],
  onBooked: (messages: number) => void = () => undefined,
): Promise<void> {
  let position = await startLane(parts, lane)
  for (let start = 0; start < messages.length; start += batchMessages) {
    const slice = messages.slice(start, start + batchMessages)
    position = await bookBatch(parts, { ...lane, position }, slice)
    onBooked(slice.length)
  }
}

/** Answers where it begins. */
export async function startLane(parts: BatchWriterParts, { topic, partition }: Lane): Promise<Position> {
  await startPosition(parts.database, { topic, topicId, partition }, beginning)
  return beginning
}

/** Books one batch, and answers the position after it. */
export async function bookBatch(
  parts: BatchWriterParts,
  { topic, partition, position }: Lane & { readonly position: Position },
  messages: readonly Pick<StreamMessage, 'report'>[],
): Promise<Position> {
  const { nextOffset: offset } = position
  const items = messages.map(({ report }, index) => itemOf(report, { partition, offset: offset + index }))
  const to = { nextOffset: offset + items.length, leaderEpoch: 0 }
  const written = await writeBatch(parts, {
    partition: { topic, topicId, partition },
    from: position,
    to,
    items,
  })
  if (written === 'fenced') throw new Error('somebody else books in the database of the bench')
  return to
}

function itemOf(
  report: StreamMessage['report'],
  place: { readonly partition: number; readonly offset: number },
): BatchItem {
  const receivedAt = (Date.now() * 1000) as Micros
  const message = { ...place, key: null, value: unreadable, headers: [] }
  return { message, decoded: report === 'unreadable' ? decode(message, receivedAt) : report, receivedAt }
}
