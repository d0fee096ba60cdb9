/** A desk on the real store and a log in memory: what is produced is booked when the test says so, or at once. */
import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import type { NewMessage, Producer } from '../../src/kafka/producer.ts'
import { decode } from '../../src/message/decode.ts'
import type { Micros } from '../../src/message/event.ts'
import type { Message } from '../../src/message/message.ts'
import { createQuarantineDesk, type QuarantineDesk, type RedriveAnswer } from '../../src/quarantine-desk.ts'
import { BookedPositions } from '../../src/store/booked-positions.ts'
import { readPosition } from '../../src/store/position.ts'
import { freshLedger, partitionOf, topicId, type TestLedger } from './ledger.ts'

export interface TestDesk {
  readonly ledger: TestLedger
  readonly desk: QuarantineDesk
  /** What it produces with. */
  readonly producer: Pick<Producer, 'produce'>
  /** All that was ever produced, in order. */
  readonly produced: Message[]
  /** Books messages as the next ones of a partition; answers the numbers that they have in quarantine. */
  receive(messages: readonly Partial<Message>[], partition?: number): Promise<number[]>
  /** Thrown when something is produced: before it is in the log, or after it, as when a process is killed there. */
  failure: { readonly when: 'before' | 'after'; readonly error: Error } | null
  /** How many messages the totals count as open. */
  tally(): Promise<number>
}

export const clock = (): Micros => (Date.now() * 1000) as Micros

export async function freshDesk(t: TestContext, ledger?: TestLedger): Promise<TestDesk> {
  const own = ledger ?? (await freshLedger(t))
  const { database } = own
  const produced: Message[] = []

  const book = async (messages: readonly Partial<Message>[], partition: number): Promise<Message[]> => {
    const from = (await readPosition(database, partitionOf(partition)))?.nextOffset ?? 0
    const whole = messages.map((message, index) => ({
      key: null,
      value: null,
      headers: [],
      ...message,
      partition,
      offset: from + index,
    }))
    const items = whole.map((message) => ({
      message,
      decoded: decode(message, clock()),
      receivedAt: clock(),
    }))
    const written = await own.write(items, { from, partition })
    // Somebody else has appended meanwhile.
    return written === 'fenced' ? await book(messages, partition) : whole
  }

  const producer: TestDesk['producer'] = {
    produce: async (messages) => {
      if (scene.failure?.when === 'before') throw scene.failure.error
      const booked = await book(messages.map(asRecord), 1)
      produced.push(...booked)
      if (scene.failure !== null) throw scene.failure.error
      return booked.map(({ partition, offset }) => ({ topicId, partition, offset }))
    },
  }
  const positions = new BookedPositions({ database, topic: 'movements' })
  const scene: TestDesk = {
    ledger: own,
    produced,
    producer,
    failure: null,
    desk: createQuarantineDesk({ database, positions, bookingWaitMs: 1000, clock, producer }),
    receive: async (messages, partition = 0) => {
      const booked = await book(messages, partition)
      const rows = await database.query<{ id: number }>(
        `select quarantine_id as id from quarantine where kafka_partition = $1 and kafka_offset >= $2 order by 1`,
        [partition, booked[0]?.offset],
      )
      return rows.map(({ id }) => id)
    },
    tally: async () => {
      const [row] = await database.query<{ open: number }>(
        'select sum(messages_quarantined)::bigint as open from kafka_position',
      )
      return row?.open ?? 0
    },
  }
  return scene
}

/** What the topic has of it. */
function asRecord({ key, value, headers, marks = [] }: NewMessage): Partial<Message> {
  return { key, value, headers: [...headers, ...marks] }
}

/** `booked`, `held` and so on; or why not. */
export function nameOf(answer: RedriveAnswer): string {
  if (answer.kind === 'redriven') return answer.outcome.outcome
  return answer.kind === 'refused' ? `refused ${answer.rejection.code}` : answer.kind
}

export function textOf(value: Buffer | null | undefined): string {
  assert.ok(value instanceof Buffer)
  return value.toString()
}
