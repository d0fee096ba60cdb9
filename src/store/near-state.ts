/**
 * The near state: what this process remembers of the cards it booked on, so that a batch need not read them again.
 *
 * What is remembered may be used only while it is proven true. Every transaction that takes a warehouse writes a
 * fresh random token into its row, and moves the old one to `prev_token`. A transaction that took the row, and is
 * answered a `prev_token` equal to the token we remember, knows that nobody was there in between. (A counter would
 * not do: after a restore or a failover it repeats.)
 *
 * - take: the row is locked; remembered cards stay if the token fits, else the warehouse is forgotten;
 * - publish, after COMMIT: the new cards are remembered under the new token, but only onto the state that the
 *   transaction started from: another lane of this process may have gone on meanwhile;
 * - forget, after anything else (rollback, unknown COMMIT, lost connection): the warehouses of the batch go.
 *
 * Whoever remembers too little only reads more. Whoever is behind collides with the key of `card_line`.
 */
import { cardId, type CardState } from '../booking/ledger.ts'
import type { CardKey, WarehouseId } from '../message/event.ts'

/** What is known of a warehouse; a new object whenever the chain of tokens breaks. */
interface WarehouseMemory {
  token: string
}

interface CardMemory {
  readonly of: WarehouseMemory
  readonly state: CardState
}

/** A warehouse as its lock answered: the token now written, the one before (null for a new warehouse). */
export interface TakenWarehouse {
  readonly warehouseId: WarehouseId
  readonly token: string
  readonly prevToken: string | null
}

export class NearState {
  readonly #maxCards: number
  readonly #warehouses = new Map<WarehouseId, WarehouseMemory>()
  /** The least recently used first: a Map keeps the order of insertion. */
  readonly #cards = new Map<string, CardMemory>()

  /** Remembers at most so many cards; about 300 bytes each. */
  constructor(maxCards: number) {
    this.#maxCards = maxCards
  }

  /** Call with the warehouse's row locked: forgets what is no longer proven. */
  take({ warehouseId, prevToken }: TakenWarehouse): void {
    if (prevToken === null) this.#warehouses.delete(warehouseId)
    else if (this.#warehouses.get(warehouseId)?.token !== prevToken) {
      this.#warehouses.set(warehouseId, { token: prevToken })
    }
  }

  /** The card's state, if it is proven for a transaction that took its warehouse. */
  card(key: CardKey, id = cardId(key)): CardState | undefined {
    const memory = this.#cards.get(id)
    if (memory === undefined) return undefined
    if (memory.of === this.#warehouses.get(key.warehouseId)) return memory.state
    this.#cards.delete(id)
    return undefined
  }

  /**
   * After COMMIT: the cards of the taken warehouses as they are now, by `cardId`; those that the transaction used and
   * did not change are among them, and so are remembered longer.
   */
  publish(taken: readonly TakenWarehouse[], cards: ReadonlyMap<string, CardState & CardKey>): void {
    const current = new Set<WarehouseId>()
    for (const { warehouseId, token, prevToken } of taken) {
      const memory = this.#warehouses.get(warehouseId)
      if (memory === undefined ? prevToken !== null : memory.token !== prevToken) continue
      if (memory === undefined) this.#warehouses.set(warehouseId, { token })
      else memory.token = token
      current.add(warehouseId)
    }
    for (const [id, { warehouseId, lastLine, balance, heldFloor }] of cards) {
      const of = this.#warehouses.get(warehouseId)
      if (of === undefined || !current.has(warehouseId)) continue
      this.#cards.delete(id)
      this.#cards.set(id, { of, state: { lastLine, balance, heldFloor } })
    }
    this.#evict()
  }

  forget(warehouseIds: Iterable<WarehouseId>): void {
    for (const warehouseId of warehouseIds) this.#warehouses.delete(warehouseId)
  }

  #evict(): void {
    for (const id of this.#cards.keys()) {
      if (this.#cards.size <= this.#maxCards) break
      this.#cards.delete(id)
    }
    for (const warehouseId of this.#warehouses.keys()) {
      if (this.#warehouses.size <= this.#maxCards) break
      this.#warehouses.delete(warehouseId)
    }
  }
}
