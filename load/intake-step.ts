import type { Client } from '../src/client/client.ts'
import { createLatencies } from '../open-loop/latencies.ts'
import { dueAtMs, keepPace, startsIn, type Clock, type Pace } from '../open-loop/pace.ts'
import { createProbes, type Probe } from '../open-loop/probes.ts'
import type { Sender } from '../open-loop/sender.ts'
import { bookedBy } from './lag.ts'
import type { IntakeResult } from './results.ts'
import type { Prepared, Supply } from './supply.ts'
import { untilBooked } from './until-booked.ts'
import { judgeIntake } from './verdict.ts'
import type { Watch } from './watch.ts'

export interface IntakeParts {
  readonly client: Client
  readonly sender: Sender<Prepared>
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

/** Enough for a p99 of 15 seconds, and too few to be a load. */
const probesPerSecond = 10

/** Sends so many messages a second, and waits until all of them are booked. */
export async function intakeStep(parts: IntakeParts, pace: Pace): Promise<IntakeStep> {
  const { sender, supply, watch, clock, signal } = parts
  const messages = supply.prepare(startsIn(pace))
  const acknowledged = createLatencies()
  const probes = createProbes(parts)
  const probeEvery = Math.max(1, Math.round(pace.perSecond / probesPerSecond))
  // Nothing waits: the step before is over only then.
  await untilBooked(watch, signal)
  const sentBefore = sender.sent

  const kept = await keepPace({
    pace,
    clock,
    isEnough: () => sender.isRefused() || signal.aborted,
    start({ from, to, beganAt }) {
      sender.send(messages.slice(from, to), (at, offset) => {
        const index = from + at
        const dueAt = beganAt + dueAtMs(pace, index)
        acknowledged.record(clock.now() - dueAt)
        const message = messages[index]
        if (index % probeEvery === 0 && message !== undefined)
          probes.look({ ...placeOf(message), offset, dueAt })
      })
    },
  })
  const { started, behindShare, worstLatenessMs, beganAt, endedAt } = kept
  const usage = watch.usage(beganAt, endedAt)
  const isRefused = sender.isRefused()
  await sender.settle()
  await untilBooked(watch, signal)
  const bookedAt = clock.now()
  const { visible, unseen } = await probes.settle()

  const booked = bookedBy(watch.lags, endedAt) - sentBefore
  const seconds = (endedAt - beganAt) / 1000
  const lagAtEnd = Math.max(0, Math.round(started - booked))
  return {
    beganAt,
    endedAt,
    bookedAt,
    unsent: messages.slice(started),
    result: {
      offeredPerSecond: pace.perSecond,
      seconds,
      sent: started,
      bookedPerSecond: (started - lagAtEnd) / seconds,
      lagAtEnd,
      acknowledged: acknowledged.percentiles(),
      visible,
      unseen,
      usage,
      generator: { worstLatenessMs, behindShare },
      verdict: judgeIntake({ behindShare, offered: started, waiting: lagAtEnd, isRefused }),
    },
  }
}

function placeOf({ movementId, partition }: Prepared): Pick<Probe, 'movementId' | 'partition'> {
  return { movementId, partition }
}
