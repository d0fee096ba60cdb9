/**
 * An open loop: each start has its intended time, which nothing that happens can move. Whoever measures from there finds
 * the time in which nothing could be started, because the service stalled or the generator itself was late, in every
 * latency that it touched; a loop that waits for answers, or sleeps between starts, would leave it out.
 */

export interface Pace {
  readonly perSecond: number
  readonly seconds: number
}

/** A `behindShare` above this, and what was measured is the generator. */
export const behindLimit = 0.05

export interface Clock {
  /** Milliseconds from any beginning, never backwards. */
  now(): number
  /** Resolves after some milliseconds: how exactly starts are kept, and how many go together. */
  nextTick(): Promise<void>
}

export interface Starts {
  /** Numbers of the starts: from the first up to, and without, the last. */
  readonly from: number
  readonly to: number
  /** By the clock, when number 0 was due. */
  readonly beganAt: number
}

export interface PaceOptions {
  readonly pace: Pace
  readonly clock: Clock
  /** Begins what is due, and does not wait for its end. */
  readonly start: (starts: Starts) => void
  /** True ends it before its time: those who answer have more to do than they will ever get done. */
  readonly isEnough: () => boolean
}

export interface PaceKept {
  readonly beganAt: number
  readonly endedAt: number
  readonly started: number
  /** The longest time from when one was due to when it was started. */
  readonly worstLatenessMs: number
  /** Of all that were due by the end, the share that was not started yet. This is the generator's own doing. */
  readonly behindShare: number
}

export function startsIn({ perSecond, seconds }: Pace): number {
  return Math.round(perSecond * seconds)
}

/** Milliseconds from the beginning to when this one is due. */
export function dueAtMs({ perSecond }: Pace, index: number): number {
  return (index * 1000) / perSecond
}

/** How many are due after so many milliseconds. */
export function dueBy(pace: Pace, elapsedMs: number): number {
  return Math.min(startsIn(pace), Math.floor((elapsedMs * pace.perSecond) / 1000) + 1)
}

export async function keepPace({ pace, clock, start, isEnough }: PaceOptions): Promise<PaceKept> {
  const beganAt = clock.now()
  const all = startsIn(pace)
  let started = 0
  let worstLatenessMs = 0
  let behindShare = 0
  for (;;) {
    const elapsedMs = clock.now() - beganAt
    const due = dueBy(pace, elapsedMs)
    const isOver = elapsedMs >= pace.seconds * 1000 || isEnough()
    if (isOver) behindShare = (due - started) / due
    if (due > started && !isEnough()) {
      worstLatenessMs = Math.max(worstLatenessMs, elapsedMs - dueAtMs(pace, started))
      start({ from: started, to: due, beganAt })
      started = due
    }
    if (isOver || started === all) break
    await clock.nextTick()
  }
  return { beganAt, endedAt: clock.now(), started, worstLatenessMs, behindShare }
}
