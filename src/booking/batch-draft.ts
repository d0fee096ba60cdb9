import type { CardKey, MovementEvent, MovementId, ProductId } from '../message/event.ts'
import { isOpening } from '../message/opening-stock.ts'
import { hold, openCard, type CardDraft } from './card-draft.ts'
import {
  cardId,
  maxProducts,
  pairId,
  type CardState,
  type Decision,
  type HeldDeparture,
  type Known,
  type Leg,
  type NewLeg,
  type NewLine,
  type Outcome,
  type Release,
  type TransitChange,
} from './ledger.ts'

const emptyCard: CardState = { lastLine: 0, balance: 0, heldFloor: Infinity }
const noLegs: readonly Leg[] = []

/** One product in one movement while a batch is decided. */
export interface PairDraft {
  readonly movementId: MovementId
  readonly productId: ProductId
  /** Those that are known, and those of this batch. */
  legs: readonly Leg[]
  /** Legs of it were booked before this batch. */
  readonly isKnown: boolean
  transit: TransitChange | null
  /** The departure, if this batch holds it: released in the same batch, it needs no release in the database. */
  heldHere: NewLeg | null
}

/** The books while a batch is decided: copies of what is known, and what the batch adds to it. */
export class BatchDraft {
  readonly #known: Known
  readonly #cards = new Map<string, CardDraft>()
  readonly #pairs = new Map<string, PairDraft>()
  readonly #products = new Map<MovementId, number>()
  /** One for each event that was settled, in their order. */
  readonly #outcomes: Outcome[] = []
  readonly #legs: NewLeg[] = []
  readonly #lines: NewLine[] = []
  readonly #releases: Release[] = []
  readonly #transit: TransitChange[] = []

  constructor(known: Known) {
    this.#known = known
  }

  card({ warehouseId, productId }: CardKey): CardDraft {
    const id = cardId({ warehouseId, productId })
    const open = this.#cards.get(id)
    if (open !== undefined) return open
    const state = this.#known.cards.get(id) ?? emptyCard
    const card = openCard({ warehouseId, productId }, state, this.#known.held.get(id))
    this.#cards.set(id, card)
    return card
  }

  pair({ movementId, productId }: Pick<MovementEvent, 'movementId' | 'productId'>): PairDraft {
    const id = pairId({ movementId, productId })
    const open = this.#pairs.get(id)
    if (open !== undefined) return open
    const legs = this.#known.legs.get(id)
    const isKnown = legs !== undefined
    const pair = { movementId, productId, legs: legs ?? noLegs, isKnown, transit: null, heldHere: null }
    this.#pairs.set(id, pair)
    return pair
  }

  /** Would a first leg of the pair add a product to a movement that has as many as it may have? */
  isTooLarge({ legs, movementId }: PairDraft): boolean {
    return legs.length === 0 && this.#productsOf(movementId) >= maxProducts
  }

  /** Each event is settled, booked or held, one after the other. */
  settle(outcome: Outcome): void {
    this.#outcomes.push(outcome)
  }

  book(event: MovementEvent, pair: PairDraft, card: CardDraft): void {
    const leg = this.#addLeg(event, pair)
    leg.line = this.#addLine(card, leg, event.kind === 'arrival' ? event.quantity : -event.quantity)
    this.settle('booked')
  }

  hold(event: MovementEvent, pair: PairDraft, card: CardDraft): void {
    const leg = this.#addLeg(event, pair)
    pair.heldHere = leg
    hold(card, leg)
    this.settle('held')
  }

  release({ movementId, quantity, occurredAt }: HeldDeparture, card: CardDraft): void {
    const { productId } = card.key
    const line = this.#addLine(card, { movementId, leg: 0, occurredAt }, -quantity)
    const heldHere = this.#pairs.get(pairId({ movementId, productId }))?.heldHere ?? null
    if (heldHere === null) {
      this.#releases.push({ movementId, productId, line })
    } else {
      heldHere.line = line
      this.#outcomes[heldHere.event] = 'booked'
    }
  }

  decision(): Decision {
    const cards = new Map<string, CardState & CardKey>()
    for (const [id, { key, lastLine, balance, heldFloor }] of this.#cards) {
      const { warehouseId, productId } = key
      cards.set(id, { warehouseId, productId, lastLine, balance, heldFloor })
    }
    return {
      outcomes: this.#outcomes,
      legs: this.#legs,
      lines: this.#lines,
      releases: this.#releases,
      transit: this.#transit,
      cards,
    }
  }

  #productsOf(movementId: MovementId): number {
    return this.#products.get(movementId) ?? this.#known.products.get(movementId) ?? 0
  }

  #addLeg(event: MovementEvent, pair: PairDraft): NewLeg {
    const { kind, movementId, productId, warehouseId, quantity, occurredAt, source, messageId } = event
    const before = pair.legs
    if (before.length === 0) this.#products.set(movementId, this.#productsOf(movementId) + 1)
    const leg: NewLeg = {
      movementId,
      productId,
      leg: kind === 'departure' ? 0 : before.filter((other) => other.leg > 0).length + 1,
      warehouseId,
      quantity,
      occurredAt,
      source,
      messageId,
      line: null,
      event: this.#outcomes.length,
    }
    pair.legs = [...before, leg]
    this.#legs.push(leg)
    if (!isOpening(event)) this.#addTransit(event, pair, before)
    return leg
  }

  #addLine(
    card: CardDraft,
    { movementId, leg, occurredAt }: Pick<NewLine, 'movementId' | 'leg' | 'occurredAt'>,
    change: number,
  ): number {
    const { warehouseId, productId } = card.key
    card.balance += change
    card.lastLine += 1
    const { lastLine: line, balance } = card
    this.#lines.push({ warehouseId, productId, line, movementId, leg, change, balance, occurredAt })
    return line
  }

  #addTransit(event: MovementEvent, pair: PairDraft, before: readonly Leg[]): void {
    const { kind, movementId, productId, occurredAt, quantity } = event
    const difference = kind === 'departure' ? quantity : -quantity
    const change = pair.transit
    if (change === null) {
      pair.transit = {
        movementId,
        productId,
        difference,
        since: occurredAt,
        known: pair.isKnown,
        before: underWay(before),
      }
      this.#transit.push(pair.transit)
    } else {
      change.difference += difference
      if (occurredAt < change.since) change.since = occurredAt
    }
  }
}

/** Departed minus arrived. */
function underWay(legs: readonly Leg[]): number {
  let sum = 0
  for (const { leg, quantity } of legs) sum += leg === 0 ? quantity : -quantity
  return sum
}
