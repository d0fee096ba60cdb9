import { setTimeout as sleep } from 'node:timers/promises'
import { createLatencies } from '../open-loop/latencies.ts'
import { dueAtMs, keepPace, type Clock, type Pace } from '../open-loop/pace.ts'
import type { ReadLoad } from './read-load.ts'
import type { ReadResult } from './results.ts'
import { judgeReads, readLimitMs } from './verdict.ts'
import type { Watch } from './watch.ts'

export interface ReadParts {
  readonly reads: ReadLoad
  readonly watch: Watch
  readonly clock: Clock
  /** Asked in turn. */
  readonly paths: readonly string[]
  readonly signal: AbortSignal
}

/** Two seconds' worth waits: the service will not catch up, and the generator would only fill its memory. */
const mostWaitingSeconds = 2
/** Below this it is no queue but a stumble. */
const leastWaiting = 1000
const lookAgainMs = 10

/** Asks so many times a second, and waits until all are answered. */
export async function readStep(
  { reads, watch, clock, paths, signal }: ReadParts,
  pace: Pace,
): Promise<ReadResult> {
  const latencies = createLatencies()
  const failures: Record<string, number> = {}
  const mostWaiting = Math.max(leastWaiting, pace.perSecond * mostWaitingSeconds)
  let answered = 0
  const answeredAt = ({ dueAt, overAt }: { dueAt: number; overAt: number }, status: number): void => {
    const now = clock.now()
    latencies.record(now - dueAt)
    if (status !== 200)
      failures[status === 0 ? 'none' : status] = (failures[status === 0 ? 'none' : status] ?? 0) + 1
    else if (now <= overAt) answered += 1
  }

  const kept = await keepPace({
    pace,
    clock,
    isEnough: () => reads.open > mostWaiting || signal.aborted,
    start({ from, to, beganAt }) {
      // The last ones get as long as any may take.
      const overAt = beganAt + pace.seconds * 1000 + readLimitMs
      for (let index = from; index < to; index += 1) {
        const times = { dueAt: beganAt + dueAtMs(pace, index), overAt }
        reads.get(paths[index % paths.length] ?? '/', (status) => answeredAt(times, status))
      }
    },
  })
  const answeredInStep = answered
  const seconds = (clock.now() - kept.beganAt) / 1000
  const usage = watch.usage(kept.beganAt, kept.endedAt)
  while (reads.open > 0) await sleep(lookAgainMs)

  const { started, behindShare, worstLatenessMs } = kept
  const latency = latencies.percentiles()
  return {
    offeredPerSecond: pace.perSecond,
    seconds,
    sent: started,
    answeredPerSecond: answeredInStep / seconds,
    latency,
    failures,
    usage,
    generator: { worstLatenessMs, behindShare },
    verdict: judgeReads({ behindShare, offered: started, answered, p99Ms: latency.p99 }),
  }
}
