/**
 * From the instant at which a message was due to be sent to the instant at which an HTTP reader has an answer that shows
 * it. What neither end can flatter:
 *
 * - The schedule is open: a message that waits because the generator, Kafka or the service stalls has waited from when
 *   it was due, and is counted so (see open-loop/pace.ts).
 * - Which messages are looked for was drawn before any was sent, each with the same chance: none is chosen by its place in
 *   a request or a batch. They are some hundred a second, which is cheap for the service at 5,000 messages a second and
 *   a tenth of all at 1,000; what looking costs the service makes it slower, not faster.
 * - The reader asks `GET /api/movements/{id}?after=PARTITION:OFFSET` as soon as Kafka has told the offset. The answer comes
 *   when the message is booked and its movement was read from the ledgers; the clock stops when the reader has all of it
 *   and has found this very message in it. So the figure is never too low: the message may have been to see for as
 *   long as the offset and the question were on their way. Polling would see it up to an interval later, and be the
 *   heavier part of the load.
 * - A message that was looked for and never seen, or a generator that was behind, leaves no figure: the run fails.
 */
import type { Client } from '../../src/client/client.ts'
import { createLatencies, type Percentiles } from '../../open-loop/latencies.ts'
import { behindLimit, dueAtMs, keepPace, startsIn, type Clock, type Pace } from '../../open-loop/pace.ts'
import { createProbes } from '../../open-loop/probes.ts'
import type { Sender } from '../../open-loop/sender.ts'
import type { Random } from '../random.ts'
import { outgoing } from '../write/topics.ts'
import type { StreamMessage } from '../write/stream.ts'

export interface StepParts {
  readonly client: Client
  readonly sender: Sender
  readonly topic: string
  readonly clock: Clock
  readonly random: Random
  readonly signal: AbortSignal
}

export interface Step {
  /** From due to seen, of those that were looked for. */
  readonly visible: Percentiles
  /** From due to acknowledged by Kafka, of all. */
  readonly acknowledged: Percentiles
  /** Looked for and not seen, by reason. */
  readonly unseen: Readonly<Record<string, number>>
  /** Of all that were due, the share that was not sent in time. */
  readonly behindShare: number
  readonly isRefused: boolean
}

/** Enough for a p99 of four seconds. */
const samplesPerSecond = 100

/** Sends so many readable messages a second, as many as the pace has, and looks for some. */
export async function latencyStep(
  { client, sender, topic, clock, random, signal }: StepParts,
  pace: Pace,
  messages: readonly StreamMessage[],
): Promise<Step> {
  const ready = messages.slice(0, startsIn(pace)).map((message) => outgoing(topic, message))
  const isLookedFor = ready.map(() => random() < samplesPerSecond / pace.perSecond)
  const acknowledged = createLatencies()
  const probes = createProbes({ client, clock })
  const { behindShare } = await keepPace({
    pace,
    clock,
    isEnough: () => sender.isRefused() || signal.aborted,
    start({ from, to, beganAt }) {
      sender.send(ready.slice(from, to), (at, offset) => {
        const index = from + at
        const dueAt = beganAt + dueAtMs(pace, index)
        acknowledged.record(clock.now() - dueAt)
        const { partition, report } = messages[index] ?? {}
        if (isLookedFor[index] !== true || partition === undefined || typeof report !== 'object') return
        probes.look({ movementId: report.movementId, partition, offset, dueAt })
      })
    },
  })
  const isRefused = sender.isRefused()
  await sender.settle()
  const { visible, unseen } = await probes.settle()
  return { visible, acknowledged: acknowledged.percentiles(), unseen, behindShare, isRefused }
}

/** Why the figures of a step say nothing of the service; null if they do. */
export function invalidity({
  visible,
  unseen,
  behindShare,
  isRefused,
}: Omit<Step, 'acknowledged'>): string | null {
  if (behindShare > behindLimit) return `the generator itself was ${(behindShare * 100).toFixed(0)} % behind`
  if (isRefused) return 'Kafka did not take what was sent'
  const reasons = Object.entries(unseen).map(([reason, count]) => `${count} (${reason})`)
  if (reasons.length > 0) return `messages were never seen: ${reasons.join(', ')}`
  return visible.count === 0 ? 'no message was looked for' : null
}
