/** The bars of one transaction: raised before its COMMIT, lifted after it, ended by Redis if neither comes. */
import { randomUUID } from 'node:crypto'
import type { Bars, Pages } from '../store/batch-bars.ts'
import type { RedisStore } from './redis-store.ts'
import type { Trust } from './trust.ts'

export interface TransactionBarsParts {
  readonly store: Pick<RedisStore, 'bar' | 'lift'>
  readonly trust: Trust
  /** Of a bar that nobody lifts: longer than any transaction. */
  readonly lifeMs: number
  readonly keysOf: (pages: Pages) => readonly string[]
  /** Reads of these pages that are under way are answered to nobody who asks from now on. */
  readonly dropFlights: (keys: readonly string[]) => void
  /** Redis would not lift these: they are to be lifted when it is back. */
  readonly leave: (keys: readonly string[], token: string) => void
}

/** One command of so many keys takes Redis some 2 ms. */
const maxBarredPages = 2000

export class TransactionBars implements Bars {
  readonly maxPages = maxBarredPages
  readonly #parts: TransactionBarsParts
  readonly #token = randomUUID()
  readonly #keys = new Set<string>()
  readonly #raising: Promise<void>[] = []
  /** Set while the transaction goes on without its bars. */
  #endUnbarred: (() => void) | null = null

  constructor(parts: TransactionBarsParts) {
    this.#parts = parts
    if (parts.trust.state === 'away') this.#goUnbarred()
  }

  get wanted(): boolean {
    return this.#endUnbarred === null
  }

  raise(pages: Pages): void {
    if (!this.wanted) return
    const keys = this.#parts.keysOf(pages).filter((key) => !this.#keys.has(key))
    if (keys.length === 0) return
    for (const key of keys) this.#keys.add(key)
    this.#raising.push(this.#bar(keys))
  }

  async raised(): Promise<void> {
    await Promise.all(this.#raising)
  }

  end(how: 'known' | 'unknown'): void {
    if (this.#endUnbarred !== null && how === 'unknown')
      setTimeout(this.#endUnbarred, this.#parts.lifeMs).unref()
    else this.#endUnbarred?.()
    if (how === 'known' && this.#keys.size > 0) void this.#lift([...this.#keys])
  }

  async #bar(keys: readonly string[]): Promise<void> {
    const { store, trust, lifeMs, dropFlights } = this.#parts
    try {
      await store.bar(keys, this.#token, lifeMs)
    } catch (error) {
      this.#goUnbarred()
      trust.lose(error)
    }
    dropFlights(keys)
  }

  async #lift(keys: readonly string[]): Promise<void> {
    const { store, trust, dropFlights, leave } = this.#parts
    dropFlights(keys)
    try {
      await store.lift(keys, this.#token)
    } catch (error) {
      leave(keys, this.#token)
      trust.lose(error)
    }
  }

  #goUnbarred(): void {
    this.#endUnbarred ??= this.#parts.trust.goUnbarred()
  }
}
