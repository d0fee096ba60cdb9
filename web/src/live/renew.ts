/**
 * Which answers are old once the stream has told of a change. Cards and movements are named; lists and figures are
 * loaded again a moment later, however much changes meanwhile. One wave of loading ends before the next begins, so a
 * slow service is asked less often, and no answer is thrown away because the next change came.
 */
import type { Query, QueryClient } from '@tanstack/react-query'
import type { Card, Changes } from '../../../src/client/client.ts'
import type { KnownWarehouses } from '../api/queries.ts'

/** Figures and lists are loaded again this often at most, in milliseconds. */
const listsEveryMs = 2_000

export class Renewal {
  readonly #queries: QueryClient
  #told: Changes[] = []
  #listsAreOld = false
  #listsRenewedAtMs = 0
  #timer: ReturnType<typeof setTimeout> | undefined
  #isRenewing = false

  constructor(queries: QueryClient) {
    this.#queries = queries
  }

  readonly onChanges = (changes: Changes): void => {
    this.#told.push(changes)
    this.#listsAreOld = true
    void this.#renew()
  }

  readonly onReset = (): void => {
    void this.#queries.invalidateQueries({ predicate: hasOnePage })
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

/** A list of which more was loaded than its first page stays as it is, and says that there is something new. */
export function hasOnePage({ state }: Pick<Query, 'state'>): boolean {
  const { data } = state
  return !isPaged(data) || data.pages.length <= 1
}

function isPaged(data: unknown): data is { readonly pages: readonly unknown[] } {
  return typeof data === 'object' && data !== null && 'pages' in data && Array.isArray(data.pages)
}

function isList(query: Query): boolean {
  const [kind] = query.queryKey
  return (kind === 'overview' || kind === 'list') && hasOnePage(query)
}

function isNamed(query: Query, { more, movements, cards }: Changes): boolean {
  const [kind, id, product] = query.queryKey
  if (kind === 'movement') return more || movements.some((movement) => movement === id)
  if (kind === 'warehouses') return cards.some(({ warehouse_id }) => isNew(query.state.data, warehouse_id))
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
  if (typeof data !== 'object' || data === null || !('history' in data)) return false
  return (data as Card).history.some(({ movement_id }) => movements.includes(movement_id))
}
