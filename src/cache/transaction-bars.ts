/** The bars of one transaction: raised before its COMMIT, lifted after it, ended by Redis if neither comes. */
import { randomUUID } from 'node:crypto'
import type { Bars, Pages } from '../store/batch-bars.ts'
import type { OpenTransaction, OpenTransactions } from './open-transactions.ts'
import type { RedisStore } from './redis-store.ts'
import type { Trust } from './trust.ts'

export interface TransactionBarsParts {
  readonly store: Pick<RedisStore, 'bar' | 'lift'>
  readonly trust: Pick<Trust, 'state' | 'lose'>
  readonly open: OpenTransactions
  /** Under which the keys are; null while it is not known. */
  readonly epoch: string | null
  /** Of a bar that nobody lifts: longer than any transaction. */
  readonly lifeMs: number
  /** Of a page, from the moment it is read. */
  readonly pageLifeMs: number
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
  readonly #transaction: OpenTransaction

  constructor(parts: TransactionBarsParts) {
    this.#parts = parts
    this.#transaction = parts.open.begin(parts.trust.state === 'away' ? null : parts.epoch)
  }

  get pageLifeMs(): number {
    return this.#parts.pageLifeMs
  }

  get wanted(): boolean {
    return this.#transaction.epoch !== null
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
    const { open, lifeMs } = this.#parts
    if (how === 'unknown') {
      setTimeout(() => open.end(this.#transaction), lifeMs).unref()
      return
    }
    open.end(this.#transaction)
    if (this.#keys.size > 0) void this.#lift([...this.#keys])
  }

  async #bar(keys: readonly string[]): Promise<void> {
    const { store, trust, lifeMs, dropFlights } = this.#parts
    try {
      await store.bar(keys, this.#token, lifeMs)
    } catch (error) {
      // Trust does not come back before the transaction is over, if it is not over already.
      this.#transaction.epoch = null
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
}
