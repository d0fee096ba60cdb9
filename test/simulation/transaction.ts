/** A transaction of the simulated PostgreSQL: its locks, and what it has written and nobody else sees yet. */
import type { WarehouseId } from '../../src/message/event.ts'
import type { Changes, LegRow, LineRow, TransitRow, WarehouseRow } from './tables.ts'

export class Transaction implements Changes {
  readonly number: number
  state: 'open' | 'ended' = 'open'
  readonly locks = new Set<string>()
  waitsFor: Transaction | null = null
  position: Changes['position'] = null
  readonly warehouses = new Map<WarehouseId, WarehouseRow>()
  readonly legs: LegRow[] = []
  readonly lines: LineRow[] = []
  readonly releases: { readonly key: string; readonly line: number }[] = []
  readonly transit = new Map<string, TransitRow | null>()
  readonly quarantine = new Map<string, string>()
  tally: readonly number[] = []

  constructor(number: number) {
    this.number = number
  }
}

/** Locks of rows and of keys, each held by one transaction until it ends. */
export class Locks {
  readonly #owners = new Map<string, Transaction>()

  /** Takes the locks one after the other; answers whom it has to wait for, if anybody. What it has, it keeps. */
  take(transaction: Transaction, keys: readonly string[]): Transaction | null {
    transaction.waitsFor = null
    for (const key of keys) {
      const owner = this.#owners.get(key)
      if (owner === transaction) continue
      if (owner !== undefined) {
        transaction.waitsFor = owner
        return owner
      }
      this.#owners.set(key, transaction)
      transaction.locks.add(key)
    }
    return null
  }

  isHeld(key: string): boolean {
    return this.#owners.has(key)
  }

  /** Two that wait for each other, or more in a ring. */
  isDeadlock(transaction: Transaction): boolean {
    let other = transaction.waitsFor
    while (other !== null && other !== transaction) other = other.waitsFor
    return other === transaction
  }

  release(transaction: Transaction): void {
    for (const key of transaction.locks) this.#owners.delete(key)
    transaction.locks.clear()
    transaction.waitsFor = null
  }
}
