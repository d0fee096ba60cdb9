import type { Queryable } from './database.ts'
import { readTally } from './position.ts'

/** Messages a second, of all processes together, and the time that this is the mean of. */
export interface Rate {
  readonly perSecond: number
  readonly overSeconds: number
}

/** The mean of some seconds, of all processes together. */
export interface RatePoint {
  /** Their end, in milliseconds since 1970. */
  readonly endMs: number
  readonly overSeconds: number
  /** Messages that got an outcome, a second. */
  readonly settledPerSecond: number
  /** Lines that were written, a second: events that were booked, and held ones that were released. */
  readonly linesPerSecond: number
}

interface Sample {
  readonly atMs: number
  /** By the clock on the wall, which may be set. */
  readonly wallMs: number
  readonly messages: number
  readonly lines: number
}

const sampleMs = 5000
/** The rate is a mean over the last minute. */
const windowMs = 60_000
/** What a person looks back over, on a page that was opened just now. */
const historyMs = 15 * 60_000
/** Points of the history at most. */
export const mostRatePoints = historyMs / sampleMs
/** Without a newer sample than this, PostgreSQL is away and the rate unknown. */
const staleMs = 3 * sampleMs

/**
 * Notes every few seconds how many messages are settled by now, which any process can read beside the positions, and
 * says from two such notes how fast it goes. Reading counts over the ledgers would cost a million entries a minute.
 */
export class BookingRate {
  readonly #database: Queryable
  readonly #samples: Sample[] = []
  #timer: NodeJS.Timeout | null = null
  #running: Promise<void> = Promise.resolve()

  constructor(database: Queryable) {
    this.#database = database
  }

  /** Null during the first seconds, and while PostgreSQL is away. */
  read(): Rate | null {
    const last = this.#samples.at(-1)
    if (last === undefined || performance.now() - last.atMs > staleMs) return null
    const first = this.#samples.find(({ atMs }) => atMs >= last.atMs - windowMs - sampleMs / 2)
    if (first === undefined || first.atMs === last.atMs) return null
    const overSeconds = (last.atMs - first.atMs) / 1000
    // A restored database has counted less.
    return { perSecond: Math.max(0, last.messages - first.messages) / overSeconds, overSeconds }
  }

  /** Since the start, for a quarter of an hour at most, the oldest first. Nothing for times in which PostgreSQL was away. */
  history(): RatePoint[] {
    return this.#samples.slice(1).flatMap((sample, index) => {
      const before = this.#samples[index]
      if (before === undefined || sample.atMs - before.atMs > staleMs) return []
      const overSeconds = (sample.atMs - before.atMs) / 1000
      const perSecond = (now: number, then: number): number => Math.max(0, now - then) / overSeconds
      return [
        {
          endMs: sample.wallMs,
          overSeconds,
          settledPerSecond: perSecond(sample.messages, before.messages),
          linesPerSecond: perSecond(sample.lines, before.lines),
        },
      ]
    })
  }

  start(): void {
    this.#running = this.#sample()
  }

  async stop(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer)
    await this.#running
    if (this.#timer !== null) clearTimeout(this.#timer)
  }

  async #sample(): Promise<void> {
    try {
      const { messagesSettled: messages, lines } = await readTally(this.#database)
      this.#samples.push({ atMs: performance.now(), wallMs: Date.now(), messages, lines })
      while (this.#samples.length > mostRatePoints + 1) this.#samples.shift()
    } catch {
      // PostgreSQL is away, which readiness tells, or has no schema yet: the rate is unknown meanwhile.
    }
    this.#timer = setTimeout(() => this.start(), sampleMs)
  }
}
