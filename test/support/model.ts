/**
 * The oracle: the rules of the ledger once more, as plainly as possible, in memory, one event at a time. It shares
 * nothing with the product but the event's type, and keeps no secrets: tests compare with its fields.
 */
import type { MovementEvent } from '../../src/message/event.ts'

const openingSource = 'bincard:opening-stock'

export interface ModelLine {
  readonly movementId: string
  readonly change: number
  readonly balance: number
}

export interface ModelCard {
  balance: number
  readonly lines: ModelLine[]
  held: MovementEvent[]
}

export type ModelOutcome =
  'booked' | 'held' | 'duplicate' | 'possible_duplicate' | 'departure_conflict' | 'arrival_conflict'

export class Model {
  readonly cards = new Map<string, ModelCard>()
  /** Accepted events by movement and product. */
  readonly movements = new Map<string, MovementEvent[]>()
  readonly outcomes = new Map<ModelOutcome, number>()

  deliver(event: MovementEvent): ModelOutcome {
    const outcome = this.#decide(event)
    this.outcomes.set(outcome, (this.outcomes.get(outcome) ?? 0) + 1)
    return outcome
  }

  card(event: Pick<MovementEvent, 'warehouseId' | 'productId'>): ModelCard {
    const key = `${event.warehouseId}/${event.productId}`
    const card = this.cards.get(key) ?? { balance: 0, lines: [], held: [] }
    this.cards.set(key, card)
    return card
  }

  #decide(event: MovementEvent): ModelOutcome {
    const key = `${event.movementId}/${event.productId}`
    const accepted = this.movements.get(key) ?? []
    if (accepted.some(isOpening) || (isOpening(event) && accepted.length > 0)) {
      const isAgain = isOpening(event) && accepted.every((other) => contentOf(other) === contentOf(event))
      if (isAgain && accepted.every(isOpening)) return 'duplicate'
      return event.kind === 'departure' ? 'departure_conflict' : 'arrival_conflict'
    }
    const same = accepted.filter((other) => contentOf(other) === contentOf(event))
    if (same.some((other) => other.source === event.source && other.messageId === event.messageId))
      return 'duplicate'
    const isCounted = event.accepted === true && event.kind === 'arrival'
    if (same.length > 0 && !isCounted) return 'possible_duplicate'
    const rivals = accepted.filter((other) => other.kind === event.kind)
    if (event.kind === 'departure' && rivals.length > 0) return 'departure_conflict'
    const unequal = rivals.filter((other) => !same.includes(other))
    if (
      unequal.some(
        (other) => other.warehouseId === event.warehouseId && other.occurredAt === event.occurredAt,
      )
    ) {
      return 'arrival_conflict'
    }
    this.movements.set(key, [...accepted, event])
    return this.#book(event)
  }

  #book(event: MovementEvent): ModelOutcome {
    const card = this.card(event)
    if (event.kind === 'departure' && event.quantity > card.balance) {
      card.held.push(event)
      return 'held'
    }
    addLine(card, event)
    if (event.kind === 'arrival') releaseAll(card)
    return 'booked'
  }
}

function releaseAll(card: ModelCard): void {
  const oldestFirst = [...card.held].sort(
    (a, b) => a.occurredAt - b.occurredAt || (a.movementId < b.movementId ? -1 : 1),
  )
  for (const held of oldestFirst) {
    if (held.quantity > card.balance) continue
    addLine(card, held)
    card.held = card.held.filter((other) => other !== held)
  }
}

function addLine(card: ModelCard, { kind, movementId, quantity }: MovementEvent): void {
  const change = kind === 'arrival' ? quantity : -quantity
  card.balance += change
  card.lines.push({ movementId, change, balance: card.balance })
}

function isOpening({ source }: MovementEvent): boolean {
  return source === openingSource
}

function contentOf({ kind, warehouseId, occurredAt, quantity }: MovementEvent): string {
  return [kind, warehouseId, occurredAt, quantity].join(' ')
}
