import { setTimeout as sleep } from 'node:timers/promises'
import type { Database } from '../../src/store/database.ts'

export interface Awaited {
  readonly database: Database
  readonly topic: string
  /** In the topic, all partitions together. */
  readonly messages: number
  readonly signal: AbortSignal
}

const lookEveryMs = 10
const limitMs = 10 * 60_000

/**
 * Waits until all messages of a topic are booked, by the positions in the database; tells at each look how many are.
 *
 * @throws an error when it takes too long
 */
export async function untilBooked(
  { database, topic, messages, signal }: Awaited,
  onLook: (booked: number) => void = () => undefined,
): Promise<void> {
  const deadline = performance.now() + limitMs
  for (;;) {
    const [row] = await database.query<{ booked: number }>(
      `select coalesce(sum(next_offset), 0)::bigint as booked from kafka_position where topic = $1`,
      [topic],
    )
    const booked = row?.booked ?? 0
    onLook(booked)
    if (booked >= messages) return
    if (performance.now() > deadline)
      throw new Error(`${booked} of ${messages} messages of ${topic} are booked`)
    await sleep(lookEveryMs, undefined, { signal })
  }
}
