/**
 * Tells another topic what was booked, or what was quarantined. Of all processes on one database, one tells at a time:
 *
 *   lock ──✗ another has it: look again later
 *     ▼
 *   read the next, in their order ─▶ produce, and wait for all replicas ─▶ remove them ─▶ COMMIT
 *                                       ──✗ fault: roll back, wait, the same again
 *
 * So nothing is left out, and after a fault some of it comes twice. Lines and dead letters are told by a relay each: one
 * whose topic is away does not hold up the other.
 */
import type { Fault } from '../fault.ts'
import { BackOff } from '../intake/back-off.ts'
import { realTime } from '../intake/time.ts'
import { toIntakeFault } from '../intake/intake-fault.ts'

export interface RelayOptions {
  /** Tells some of what waits; answers how many messages that were, null if nothing waits here. Throws a Fault. */
  readonly tell: () => Promise<number | null>
  readonly retry: { readonly minMs: number; readonly maxMs: number }
  readonly onTold: (messages: number) => void
  readonly onFailed: (fault: Fault) => void
}

/** Another process may have booked, and the one that told may have ended. */
const lookAgainMs = 500

export class Relay {
  readonly #options: RelayOptions
  readonly #stopping = new AbortController()
  #running: Promise<void> = Promise.resolve()
  #wake: PromiseWithResolvers<void> = Promise.withResolvers<void>()

  constructor(options: RelayOptions) {
    this.#options = options
  }

  start(): void {
    this.#running = this.#run()
  }

  /** Something was booked here. */
  wake(): void {
    this.#wake.resolve()
  }

  /** Once what is being told has been told. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    this.wake()
    await this.#running
  }

  async #run(): Promise<void> {
    const { tell, retry, onTold, onFailed } = this.#options
    const { signal } = this.#stopping
    const backOff = new BackOff({ ...retry, random: () => Math.random(), time: realTime })
    while (!signal.aborted) {
      this.#wake = Promise.withResolvers<void>()
      try {
        const messages = await tell()
        backOff.reset()
        if (messages === null) await this.#rest()
        else onTold(messages)
      } catch (error) {
        onFailed(toIntakeFault(error))
        await backOff.wait(signal)
      }
    }
  }

  async #rest(): Promise<void> {
    const timer = setTimeout(() => this.wake(), lookAgainMs)
    await this.#wake.promise
    clearTimeout(timer)
  }
}
