/** How many events had which outcome, second by second, over the last minutes. Knows no clock: times are given. */
import type { ChangeCounts } from '../../../src/client/client.ts'

export type CountedOutcome = keyof ChangeCounts
export const countedOutcomes = ['booked', 'released', 'held', 'duplicate', 'quarantined'] as const satisfies
  readonly CountedOutcome[]

/** What the chart shows. */
export const throughputSeconds = 300
/** A message tells what came since the one before it; after a longer silence it came of late. */
const spreadMs = 2_000

/** Counts of one second each; `seconds` are since 1970 and without gaps. */
export interface Throughput {
  readonly seconds: readonly number[]
  readonly counts: Readonly<Record<CountedOutcome, readonly number[]>>
}

export class ThroughputWindow {
  readonly #bySecond = new Map<number, ChangeCounts>()
  #lastAddedMs: number

  constructor(nowMs: number) {
    this.#lastAddedMs = nowMs
  }

  /** Counts come twice a second at most; spread over the time since the last ones they make an even line. */
  add(counts: ChangeCounts, nowMs: number): void {
    const fromMs = Math.min(nowMs - 1, Math.max(this.#lastAddedMs, nowMs - spreadMs))
    for (let second = Math.floor(fromMs / 1000); second * 1000 < nowMs; second += 1) {
      const shareMs = Math.min(nowMs, (second + 1) * 1000) - Math.max(fromMs, second * 1000)
      this.#bySecond.set(second, sum(this.#bySecond.get(second), counts, shareMs / (nowMs - fromMs)))
    }
    this.#lastAddedMs = nowMs
    const oldest = Math.floor(nowMs / 1000) - throughputSeconds
    for (const second of this.#bySecond.keys()) if (second < oldest) this.#bySecond.delete(second)
  }

  /** The second that is not over yet is left out. */
  read(nowMs: number): Throughput {
    const end = Math.floor(nowMs / 1000)
    const seconds = Array.from({ length: throughputSeconds }, (_, index) => end - throughputSeconds + index)
    const of = (outcome: CountedOutcome): number[] =>
      seconds.map((second) => this.#bySecond.get(second)?.[outcome] ?? 0)
    return {
      seconds,
      counts: {
        booked: of('booked'),
        released: of('released'),
        held: of('held'),
        duplicate: of('duplicate'),
        quarantined: of('quarantined'),
      },
    }
  }
}

function sum(before: ChangeCounts | undefined, counts: ChangeCounts, share: number): ChangeCounts {
  const of = (outcome: CountedOutcome): number => (before?.[outcome] ?? 0) + counts[outcome] * share
  return {
    booked: of('booked'),
    held: of('held'),
    released: of('released'),
    duplicate: of('duplicate'),
    quarantined: of('quarantined'),
  }
}
