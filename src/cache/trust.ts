/**
 * Whether what is in Redis may be answered.
 *
 *   away ─ Redis answers ─▶ returning ─ every open transaction bars its pages,
 *     ▲                         │        and a new generation has begun ─▶ trusted
 *     └──────── anything that goes wrong ◀─┘◀────────────────────────────────┘
 *
 * - away: readers go to PostgreSQL at once, transactions bar nothing;
 * - returning: transactions bar their pages again, readers still go to PostgreSQL;
 * - trusted: as long as Redis answers a question every now and then. With each answer come all changes that were made
 *   before it, so what the process remembers is never older than the last answer.
 */
import { setTimeout as sleep } from 'node:timers/promises'

export type TrustState = 'away' | 'returning' | 'trusted'

export interface TrustParts {
  /** False while there is no connection; whoever makes it says why there is none. */
  readonly isConnected: () => boolean
  /** Fails if Redis does not answer in time. */
  readonly ping: () => Promise<void>
  /**
   * Begins a generation: nothing that was kept before is answered any more. False if it is too early, because a
   * transaction is open that does not bar its pages, or not where they are looked for.
   */
  readonly renew: () => Promise<boolean>
  /** Whether the pages kept are still those of this database. Asked now and then; a failure counts as yes. */
  readonly isSameDatabase: () => Promise<boolean>
  /** Once for each time that trust is lost, or cannot be gained at first. */
  readonly onLost: (error: unknown) => void
  readonly onGained: () => void
}

/** How often Redis is asked: what another process changed is seen after so long at the latest, even if it freezes. */
const probeMs = 250
/** The process itself may be held up; beyond this, it does not answer from what it remembers. */
const maxSilenceMs = 1000
const probesPerCheck = 20
/** How often each process looks whether the database is still the same. */
export const epochCheckMs = probesPerCheck * probeMs

export class Trust {
  readonly #parts: TrustParts
  readonly #stopping = new AbortController()
  #state: TrustState = 'away'
  #confirmedAtMs = -Infinity
  #isLossTold = false
  #isChecking = false
  #running: Promise<void> = Promise.resolve()

  constructor(parts: TrustParts) {
    this.#parts = parts
  }

  get state(): TrustState {
    return this.#state
  }

  /** Whether a reader may be answered from the cache at this moment. */
  get holds(): boolean {
    return this.#state === 'trusted' && performance.now() - this.#confirmedAtMs < maxSilenceMs
  }

  start(): void {
    this.#running = this.#probe()
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    this.#state = 'away'
    await this.#running
  }

  lose(error: unknown): void {
    this.#state = 'away'
    if (this.#isLossTold) return
    this.#isLossTold = true
    this.#parts.onLost(error)
  }

  async #probe(): Promise<void> {
    const { signal } = this.#stopping
    for (let count = 0; !signal.aborted; count += 1) {
      await this.#ask(count).catch((error: unknown) => {
        if (!signal.aborted) this.lose(error)
      })
      await sleep(probeMs, undefined, { signal }).catch(() => undefined)
    }
  }

  async #ask(count: number): Promise<void> {
    if (!this.#parts.isConnected()) return
    const askedAtMs = performance.now()
    await this.#parts.ping()
    if (this.#stopping.signal.aborted) return
    if (this.#state === 'trusted') {
      this.#confirmedAtMs = askedAtMs
      if (count % probesPerCheck === 0) void this.#checkDatabase()
    }
    if (this.#state === 'away') this.#state = 'returning'
    if (this.#state === 'returning') await this.#return(askedAtMs)
  }

  async #return(askedAtMs: number): Promise<void> {
    if (!(await this.#parts.renew())) return
    // While it was renewed, a connection may have been lost.
    if (this.#state !== 'returning') return
    this.#state = 'trusted'
    this.#confirmedAtMs = askedAtMs
    this.#isLossTold = false
    this.#parts.onGained()
  }

  /** Beside the questions to Redis: a database that hangs must not keep what is known from being answered. */
  async #checkDatabase(): Promise<void> {
    if (this.#isChecking) return
    this.#isChecking = true
    const isSame = await this.#parts.isSameDatabase().catch(() => true)
    this.#isChecking = false
    if (!isSame && this.#state === 'trusted') this.#state = 'returning'
  }
}
