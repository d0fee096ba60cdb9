/**
 * Which pages a booking changes. A reader is shown the page of a movement, and the page of a card, whose lines name the
 * other side of each movement and its status; so a booking changes its movement's page, its own card's page, and the
 * card pages of all other legs of that movement.
 *
 * Not everything can be told from what the batch knows: which legs a released departure's movement has, or all
 * deliveries of its other products. Those movements are `unclear`; whoever must know reads their legs. And a movement of
 * which nothing was known, `unmet`, may be booked by another transaction at the same moment.
 */
import type { CardKey, MovementId, ProductId } from '../message/event.ts'
import { pairId, type Decision, type Known } from './ledger.ts'

declare const pageName: unique symbol

/** The name of a page, by what it shows. */
export type PageName = string & { readonly [pageName]: true }

export function movementPage(movementId: MovementId): PageName {
  return `movement:${movementId}` as PageName
}

export function cardPage({ warehouseId, productId }: CardKey): PageName {
  return `card:${warehouseId}:${productId}` as PageName
}

export interface ChangedPages {
  readonly pages: ReadonlySet<PageName>
  /** Movements of which further card pages may change. */
  readonly unclear: ReadonlySet<MovementId>
  /** Movements of which no other leg was known; the later of two that book one at once sees the other afterwards. */
  readonly unmet: ReadonlySet<MovementId>
}

/** The pages that a decision changes once it is written, as far as what was known tells. */
export function changedPages(decision: Decision, known: Pick<Known, 'legs' | 'products'>): ChangedPages {
  const pages = new Set<PageName>()
  const unclear = new Set<MovementId>()
  const unmet = new Set<MovementId>()
  for (const { movementId, productId, warehouseId, quantity } of decision.legs) {
    pages.add(movementPage(movementId))
    pages.add(cardPage({ warehouseId, productId }))
    const others = known.legs.get(pairId({ movementId, productId }))
    for (const leg of others ?? []) pages.add(cardPage({ warehouseId: leg.warehouseId, productId }))
    if (!known.products.has(movementId)) unmet.add(movementId)
    // It leaves no trace in transit, by which two sides that are booked at once would find each other.
    if (quantity === 0) unclear.add(movementId)
  }
  for (const line of decision.lines) pages.add(cardPage(line))
  for (const { movementId } of decision.releases) {
    pages.add(movementPage(movementId))
    unclear.add(movementId)
  }
  for (const movementId of ofSeveralProducts(decision, known)) unclear.add(movementId)
  return { pages, unclear, unmet }
}

/** Whether a product is mismatched depends on the movement's others. */
function ofSeveralProducts(decision: Decision, { products, legs }: Pick<Known, 'legs' | 'products'>) {
  const first = new Map<MovementId, ProductId>()
  return decision.legs
    .filter(({ movementId, productId }) => {
      const other = first.get(movementId)
      if (other === undefined) first.set(movementId, productId)
      const count = products.get(movementId) ?? 0
      const isKnown = legs.has(pairId({ movementId, productId }))
      return (other !== undefined && other !== productId) || count > (isKnown ? 1 : 0)
    })
    .map(({ movementId }) => movementId)
}
