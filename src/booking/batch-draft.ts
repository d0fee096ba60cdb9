import type { CardKey, MovementEvent, MovementId } from '../message/event.ts'
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

/** The books while a batch is decided: copies of what is known, and what the batch adds to it. */
export class BatchDraft {
  readonly #events: readonly MovementEvent[]
  readonly #known: Known
  readonly #cards = new Map<string, CardDraft>()
  readonly #legsOfPair = new Map<string, Leg[]>()
  readonly #products = new Map<MovementId, number>()
  readonly #outcomes: Outcome[] = []
  readonly #legs: NewLeg[] = []
  readonly #lines: NewLine[] = []
  readonly #releases: Release[] = []
  readonly #transit = new Map<string, TransitChange>()
  /** The legs that this batch holds, by pair: released in the same batch, they need no release in the database. */
  readonly #heldHere = new Map<string, NewLeg>()

  constructor(events: readonly MovementEvent[], known: Known) {
    this.#events = events
    this.#known = known
  }

  card(key: CardKey): CardDraft {
    const id = cardId(key)
    const open = this.#cards.get(id)
    if (open !== undefined) return open
    const { warehouseId, productId } = key
    const state = this.#known.cards.get(id) ?? emptyCard
    const card = openCard({ warehouseId, productId }, state, this.#known.held.get(id))
    this.#cards.set(id, card)
    return card
  }

  legs(event: MovementEvent): readonly Leg[] {
    const pair = pairId(event)
    return this.#legsOfPair.get(pair) ?? this.#known.legs.get(pair) ?? []
  }

  /** Would the event add a product to a movement that has as many as it may have? */
  isTooLarge(event: MovementEvent): boolean {
    return this.legs(event).length === 0 && this.#productsOf(event.movementId) >= maxProducts
  }

  settle(index: number, outcome: Outcome): void {
    this.#outcomes[index] = outcome
  }

  book(index: number, card: CardDraft): void {
    const leg = this.#addLeg(index)
    const event = this.#event(index)
    const change = event.kind === 'arrival' ? event.quantity : -event.quantity
    leg.line = this.#addLine(card, {
      movementId: leg.movementId,
      leg: leg.leg,
      occurredAt: leg.occurredAt,
      change,
    })
    this.settle(index, 'booked')
  }

  hold(index: number, card: CardDraft): void {
    const leg = this.#addLeg(index)
    this.#heldHere.set(pairId(leg), leg)
    hold(card, leg)
    this.settle(index, 'held')
  }

  release({ movementId, quantity, occurredAt }: HeldDeparture, card: CardDraft): void {
    const { productId } = card.key
    const line = this.#addLine(card, { movementId, leg: 0, occurredAt, change: -quantity })
    const heldHere = this.#heldHere.get(pairId({ movementId, productId }))
    if (heldHere === undefined) {
      this.#releases.push({ movementId, productId, line })
    } else {
      heldHere.line = line
      this.settle(heldHere.event, 'booked')
    }
  }

  decision(): Decision {
    const cards = new Map<string, CardState & CardKey>()
    for (const [id, { key, lastLine, balance, heldFloor }] of this.#cards) {
      cards.set(id, { ...key, lastLine, balance, heldFloor })
    }
    return {
      outcomes: this.#outcomes,
      legs: this.#legs,
      lines: this.#lines,
      releases: this.#releases,
      transit: [...this.#transit.values()],
      cards,
    }
  }

  #event(index: number): MovementEvent {
    const event = this.#events[index]
    if (event === undefined) throw new RangeError(`the batch has no event ${index}`)
    return event
  }

  #productsOf(movementId: MovementId): number {
    return this.#products.get(movementId) ?? this.#known.products.get(movementId) ?? 0
  }

  #addLeg(index: number): NewLeg {
    const event = this.#event(index)
    const { kind, movementId, productId, warehouseId, quantity, occurredAt, source, messageId } = event
    const before = this.legs(event)
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
      event: index,
    }
    this.#legsOfPair.set(pairId(event), [...before, leg])
    this.#legs.push(leg)
    if (!isOpening(event)) this.#addTransit(event, kind === 'departure' ? quantity : -quantity)
    return leg
  }

  #addLine(card: CardDraft, entry: Pick<NewLine, 'movementId' | 'leg' | 'change' | 'occurredAt'>): number {
    card.balance += entry.change
    card.lastLine += 1
    this.#lines.push({ ...card.key, ...entry, line: card.lastLine, balance: card.balance })
    return card.lastLine
  }

  #addTransit(event: MovementEvent, difference: number): void {
    const { movementId, productId, occurredAt } = event
    const pair = pairId(event)
    const change = this.#transit.get(pair)
    if (change === undefined) {
      const legs = this.#known.legs.get(pair)
      const before = underWay(legs ?? [])
      this.#transit.set(pair, {
        movementId,
        productId,
        difference,
        since: occurredAt,
        known: legs !== undefined,
        before,
      })
    } else {
      change.difference += difference
      if (occurredAt < change.since) change.since = occurredAt
    }
  }
}

/** Departed minus arrived. */
function underWay(legs: readonly Leg[]): number {
  return legs.reduce((sum, { leg, quantity }) => sum + (leg === 0 ? quantity : -quantity), 0)
}
