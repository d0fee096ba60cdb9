import type { Queryable } from './database.ts'
import { readTally } from './position.ts'

/** Messages a second, of all processes together, and the time that this is the mean of. */
export interface Rate {
  readonly perSecond: number
  readonly overSeconds: number
}

interface Sample {
  readonly atMs: number
  readonly messages: number
}

const sampleMs = 5000
/** The rate is a mean over the last minute. */
const windowMs = 60_000
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
    const [first] = this.#samples
    const last = this.#samples.at(-1)
    if (first === undefined || last === undefined || last.atMs === first.atMs) return null
    if (performance.now() - last.atMs > staleMs) return null
    const overSeconds = (last.atMs - first.atMs) / 1000
    // A restored database has counted less.
    return { perSecond: Math.max(0, last.messages - first.messages) / overSeconds, overSeconds }
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
      const { messagesSettled } = await readTally(this.#database)
      this.#samples.push({ atMs: performance.now(), messages: messagesSettled })
      while (this.#samples.length > windowMs / sampleMs + 1) this.#samples.shift()
    } catch {
      // PostgreSQL is away, which readiness tells, or has no schema yet: the rate is unknown meanwhile.
    }
    this.#timer = setTimeout(() => this.start(), sampleMs)
  }
}
