/** How many events were booked or not, second by second, over the last minutes. Knows no clock: times are given. */
import type { ChangeCounts, Throughput as KnownThroughput } from '../../../src/client/client.ts'

/** What the chart shows. */
export const throughputSeconds = 300
/** A message tells what came since the one before it; after a longer silence it came of late. */
const spreadMs = 2_000

interface Counts {
  /** Lines that were written. */
  readonly booked: number
  /** Events that got no line: held, known already, or in quarantine. */
  readonly other: number
}

/** Counts of one second each; `seconds` are since 1970 and without gaps. */
export interface Throughput {
  readonly seconds: readonly number[]
  readonly booked: readonly number[]
  readonly other: readonly number[]
}

const none: Counts = { booked: 0, other: 0 }

export class ThroughputWindow {
  readonly #bySecond = new Map<number, Counts>()
  /** From here on the stream tells. */
  readonly #beganAtMs: number
  #lastAddedMs: number
  /** Up to here the service has told what came before the stream began. */
  #knownUntilMs = 0

  constructor(nowMs: number) {
    this.#beganAtMs = nowMs
    this.#lastAddedMs = nowMs
  }

  /** What came before the stream began, by the means of some seconds each. What was told before counts once. */
  addKnown({ points }: KnownThroughput): void {
    for (const { end, over_seconds, events_per_second, lines_per_second } of points) {
      const toMs = Math.min(Date.parse(end), this.#beganAtMs)
      const fromMs = Math.max(Date.parse(end) - over_seconds * 1000, this.#knownUntilMs)
      if (fromMs >= toMs) continue
      this.#knownUntilMs = toMs
      const seconds = (toMs - fromMs) / 1000
      const other = Math.max(0, events_per_second - lines_per_second)
      this.#spread({ booked: lines_per_second * seconds, other: other * seconds }, { fromMs, toMs })
    }
  }

  /** Counts come twice a second at most; spread over the time since the last ones they make an even line. */
  add({ booked, released, held, duplicate, quarantined }: ChangeCounts, nowMs: number): void {
    const fromMs = Math.min(nowMs - 1, Math.max(this.#lastAddedMs, nowMs - spreadMs))
    const counts = { booked: booked + released, other: held + duplicate + quarantined }
    this.#spread(counts, { fromMs, toMs: nowMs })
    this.#lastAddedMs = nowMs
    const oldest = Math.floor(nowMs / 1000) - throughputSeconds
    for (const second of this.#bySecond.keys()) if (second < oldest) this.#bySecond.delete(second)
  }

  /** The second that is not over yet is left out. */
  read(nowMs: number): Throughput {
    const end = Math.floor(nowMs / 1000)
    const seconds = Array.from({ length: throughputSeconds }, (_, index) => end - throughputSeconds + index)
    const counts = seconds.map((second) => this.#bySecond.get(second) ?? none)
    return {
      seconds,
      booked: counts.map(({ booked }) => booked),
      other: counts.map(({ other }) => other),
    }
  }

  #spread(counts: Counts, { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number }): void {
    for (let second = Math.floor(fromMs / 1000); second * 1000 < toMs; second += 1) {
      const shareMs = Math.min(toMs, (second + 1) * 1000) - Math.max(fromMs, second * 1000)
      const share = shareMs / (toMs - fromMs)
      const { booked, other } = this.#bySecond.get(second) ?? none
      this.#bySecond.set(second, {
        booked: booked + counts.booked * share,
        other: other + counts.other * share,
      })
    }
  }
}
