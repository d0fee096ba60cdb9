import type { Time } from './time.ts'

export interface BackOffOptions {
  readonly minMs: number
  readonly maxMs: number
  /** A number from 0 to 1, as Math.random gives it. */
  readonly random: () => number
  readonly time: Time
}

/** Waits longer after each failure in a row, up to a limit, with jitter so that replicas do not come in step. */
export class BackOff {
  readonly #options: BackOffOptions
  #failures = 0

  constructor(options: BackOffOptions) {
    this.#options = options
  }

  /** Things work again: the next wait is the shortest. */
  reset(): void {
    this.#failures = 0
  }

  /** Waits; an abort ends the wait at once, without an error. */
  async wait(signal: AbortSignal): Promise<void> {
    const { minMs, maxMs, random, time } = this.#options
    const fullMs = Math.min(maxMs, minMs * 2 ** Math.min(this.#failures, 30))
    this.#failures += 1
    if (signal.aborted) return
    const waited = Promise.withResolvers<void>()
    const callOff = time.after(fullMs * (0.5 + random() / 2), waited.resolve)
    const end = (): void => waited.resolve()
    signal.addEventListener('abort', end, { once: true })
    await waited.promise
    signal.removeEventListener('abort', end)
    callOff()
  }
}
