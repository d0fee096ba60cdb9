/**
 * Which answers are old once the stream has told of a change. Cards and movements are named; lists and figures are
 * loaded again a moment later, however much changes meanwhile. One wave of loading ends before the next begins, so a
 * slow service is asked less often, and no answer is thrown away because the next change came.
 */
import type { Query, QueryClient } from '@tanstack/react-query'
import type { Card, Changes } from '../../../src/client/client.ts'
import { hasOnePage, isLoadingMore, isPaged } from '../api/paged.ts'
import type { KnownWarehouses } from '../api/queries.ts'

/** Figures and lists are loaded again this often at most, in milliseconds. */
const listsEveryMs = 2_000

/** Messages of the stream; beyond them anything may have changed. */
const mostTold = 60

export class Renewal {
  readonly #queries: QueryClient
  /** Bounded, because the service may take long to answer while more is told. */
  #told: Changes[] = []
  #listsAreOld = false
  #listsRenewedAtMs = 0
  #timer: ReturnType<typeof setTimeout> | undefined
  #isRenewing = false

  constructor(queries: QueryClient) {
    this.#queries = queries
  }

  readonly onChanges = (changes: Changes): void => {
    if (this.#told.length < mostTold) this.#told.push(changes)
    else this.#told = [{ ...changes, more: true }]
    this.#listsAreOld = true
    void this.#renew()
  }

  readonly onReset = (): void => {
    void this.#queries.invalidateQueries({ predicate: (query) => hasOnePage(query) && !isLoadingMore(query) })
  }

  stop(): void {
    clearTimeout(this.#timer)
  }

  async #renew(): Promise<void> {
    if (this.#isRenewing) return
    this.#isRenewing = true
    while (this.#told.length > 0 || this.#listsAreDue()) {
      const told = this.#told
      this.#told = []
      const withLists = this.#listsAreDue()
      if (withLists) {
        this.#listsAreOld = false
        this.#listsRenewedAtMs = Date.now()
      }
      await this.#queries.invalidateQueries({
        predicate: (query) => told.some((changes) => isNamed(query, changes)) || (withLists && isList(query)),
      })
    }
    this.#isRenewing = false
    if (this.#listsAreOld) this.#lookAgain()
  }

  #listsAreDue(): boolean {
    return this.#listsAreOld && Date.now() >= this.#listsRenewedAtMs + listsEveryMs
  }

  #lookAgain(): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.#renew(), this.#listsRenewedAtMs + listsEveryMs - Date.now())
  }
}

function isList(query: Query): boolean {
  const [kind] = query.queryKey
  return (kind === 'overview' || kind === 'list') && hasOnePage(query) && !isLoadingMore(query)
}

function isNamed(query: Query, { more, movements, cards }: Changes): boolean {
  const [kind, id, product] = query.queryKey
  if (kind === 'movement') return more || movements.some((movement) => movement === id)
  if (kind === 'warehouses') return cards.some(({ warehouse_id }) => isNew(query.state.data, warehouse_id))
  if (kind === 'lines') return !isLoadingMore(query) && (more || showsOneOf(query.state.data, movements))
  if (kind !== 'card') return false
  const isThis = cards.some((card) => card.warehouse_id === id && card.product_id === product)
  return more || isThis || showsOneOf(query.state.data, movements)
}

function isNew(data: unknown, warehouse_id: string): boolean {
  if (data === undefined) return false
  const { items, isWhole } = data as KnownWarehouses
  return isWhole && !items.some((warehouse) => warehouse.warehouse_id === warehouse_id)
}

/** A card tells the status of its movements, which their other side changes. */
function showsOneOf(data: unknown, movements: readonly string[]): boolean {
  if (isPaged(data)) return data.pages.some((page) => showsOneOf(page, movements))
  if (typeof data !== 'object' || data === null || !('history' in data)) return false
  return (data as Card).history.some(({ movement_id }) => movements.includes(movement_id))
}
