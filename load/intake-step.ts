import type { Client } from '../src/client/client.ts'
import { createLatencies } from './latencies.ts'
import { dueAtMs, keepPace, startsIn, type Clock, type Pace } from './pace.ts'
import { createProbes } from './probes.ts'
import type { IntakeResult } from './results.ts'
import type { Sender } from './sender.ts'
import type { Prepared, Supply } from './supply.ts'
import { untilBooked } from './until-booked.ts'
import { judgeIntake } from './verdict.ts'
import { usageOf, type Watch } from './watch.ts'

export interface IntakeParts {
  readonly client: Client
  readonly sender: Sender
  readonly supply: Supply
  readonly watch: Watch
  readonly clock: Clock
  readonly signal: AbortSignal
}

export interface IntakeStep {
  readonly result: IntakeResult
  /** By the clock. */
  readonly beganAt: number
  readonly endedAt: number
  /** When nothing waited any more. */
  readonly bookedAt: number
  /** What was not sent because Kafka took no more: to be sent later, so that what departs arrives. */
  readonly unsent: readonly Prepared[]
}

/** Enough for a p99 of ten seconds, and below what a read costs. */
const probesPerSecond = 20

/** Sends so many messages a second, and waits until all of them are booked. */
export async function intakeStep(parts: IntakeParts, pace: Pace): Promise<IntakeStep> {
  const { sender, supply, watch, clock, signal } = parts
  const messages = supply.prepare(startsIn(pace))
  const acknowledged = createLatencies()
  const probes = createProbes(parts)
  const lagBefore = await watch.lag()

  const kept = await keepPace({
    pace,
    clock,
    isEnough: () => sender.isRefused(),
    start({ from, to, beganAt }) {
      sender.send(messages.slice(from, to), (part, first, skipped) => {
        const takenAt = clock.now()
        for (const index of part.keys()) {
          acknowledged.record(takenAt - beganAt - dueAtMs(pace, from + skipped + index))
        }
        for (const { index, ...place } of probed(part, { first, pace, from: from + skipped })) {
          probes.look({ ...place, dueAt: beganAt + dueAtMs(pace, index) })
        }
      })
    },
  })
  const lagAtEnd = await watch.lag()
  const seconds = (clock.now() - kept.beganAt) / 1000
  const usage = usageOf(watch.between(kept.beganAt, kept.endedAt))
  const isRefused = sender.isRefused()
  await sender.settle()
  await untilBooked(watch, signal)
  const bookedAt = clock.now()
  const { visible, unseen } = await probes.settle()

  const lagGrowth = lagAtEnd - lagBefore
  const { started, behindShare, worstLatenessMs, beganAt, endedAt } = kept
  return {
    beganAt,
    endedAt,
    bookedAt,
    unsent: messages.slice(started),
    result: {
      offeredPerSecond: pace.perSecond,
      seconds,
      sent: started,
      bookedPerSecond: (started - lagGrowth) / seconds,
      lagAtEnd,
      acknowledged: acknowledged.percentiles(),
      visible,
      unseen,
      usage,
      generator: { worstLatenessMs, behindShare },
      verdict: judgeIntake({ behindShare, offered: started, lagGrowth, isRefused }),
    },
  }
}

interface Probed {
  readonly movementId: string
  readonly partition: number
  readonly offset: number
  /** In the step. */
  readonly index: number
}

interface Taken {
  readonly first: ReadonlyMap<number, number>
  readonly pace: Pace
  /** Index in the step of the first message of the part. */
  readonly from: number
}

/** Of the messages of a part, evenly spread over the step, those that are looked for. */
function* probed(part: readonly Prepared[], { first, pace, from }: Taken): Generator<Probed> {
  const every = Math.max(1, Math.round(pace.perSecond / probesPerSecond))
  const before = new Map<number, number>()
  for (const [at, { movementId, partition }] of part.entries()) {
    const behind = before.get(partition) ?? 0
    before.set(partition, behind + 1)
    if ((from + at) % every !== 0) continue
    yield { movementId, partition, offset: (first.get(partition) ?? 0) + behind, index: from + at }
  }
}
