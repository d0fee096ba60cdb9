/**
 * What the process waits for just now. Every wait has its limit, so the oldest one tells whether anything hangs: an
 * operator reads it in `bincard_oldest_wait_seconds`.
 */
export type WaitPart = 'postgres' | 'kafka' | 'redis' | 'http' | 'batch'

/** Knows the oldest wait of one part; 0 if nobody waits. */
export interface OldestWait {
  oldestMs(): number
}

interface Wait {
  readonly beganAtMs: number
}

/** The open waits of one part. One entry in a set for each; a set keeps them in the order in which they began. */
export class Waits implements OldestWait {
  readonly #open = new Set<Wait>()

  /** Counts as a wait until it has settled, however it does. */
  async during<Result>(work: () => Promise<Result>): Promise<Result> {
    const wait = { beganAtMs: performance.now() }
    this.#open.add(wait)
    try {
      return await work()
    } finally {
      this.#open.delete(wait)
    }
  }

  oldestMs(): number {
    const [oldest] = this.#open
    return oldest === undefined ? 0 : performance.now() - oldest.beganAtMs
  }
}

/** Of all parts but the answers, which have their own list. */
export function createWaits(): Readonly<Record<Exclude<WaitPart, 'http'>, Waits>> {
  return { postgres: new Waits(), kafka: new Waits(), redis: new Waits(), batch: new Waits() }
}
