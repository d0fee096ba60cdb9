/** A store in memory around the real pure core: it reads for a batch, drives the decision, applies it whole. */
import { decide } from '../../src/booking/decide.ts'
import {
  byAge,
  cardId,
  cardsOf,
  pairId,
  reachOf,
  type CardState,
  type Decision,
  type HeldPage,
  type HeldRequest,
  type Known,
  type Leg,
  type NewLeg,
  type NewLine,
} from '../../src/booking/ledger.ts'
import type { CardKey, MovementEvent, MovementId } from '../../src/message/event.ts'

export interface MemoryLedgerOptions {
  /** Held departures on the page that is read beforehand. */
  readonly firstPage: number
  /** … and on each page that the core asks for. */
  readonly nextPage: number
  /** Where the least held quantity of a card comes from: read anew, or what the last decision said of it. */
  readonly floors: 'read' | 'remembered'
}

export class MemoryLedger {
  readonly legs: NewLeg[] = []
  readonly lines: NewLine[] = []
  readonly transit = new Map<string, number>()
  /** How often the core asked for more. */
  requests = 0
  readonly #options: MemoryLedgerOptions
  readonly #floors = new Map<string, number>()

  constructor(options: MemoryLedgerOptions = { firstPage: 100, nextPage: 1000, floors: 'read' }) {
    this.#options = options
  }

  book(events: readonly MovementEvent[]): Decision {
    const deciding = decide(events, this.#known(events))
    let step = deciding.next()
    while (step.done !== true) {
      this.requests += 1
      step = deciding.next(this.#page(step.value, this.#options.nextPage))
    }
    this.#apply(step.value)
    return step.value
  }

  balance(key: CardKey): number {
    return this.linesOf(key).at(-1)?.balance ?? 0
  }

  linesOf(key: CardKey): NewLine[] {
    return this.lines.filter((line) => cardId(line) === cardId(key))
  }

  heldOf(key: CardKey): NewLeg[] {
    return this.legs.filter((leg) => leg.line === null && cardId(leg) === cardId(key)).sort(byAge)
  }

  /** Every card that has a line or a held departure. */
  keys(): CardKey[] {
    return [...new Map(this.legs.map((leg) => [cardId(leg), leg])).values()]
  }

  #known(events: readonly MovementEvent[]): Known {
    const legs = new Map<string, Leg[]>()
    const products = new Map<MovementId, number>()
    for (const leg of this.legs) {
      if (!legs.has(pairId(leg))) products.set(leg.movementId, (products.get(leg.movementId) ?? 0) + 1)
      legs.set(pairId(leg), [...(legs.get(pairId(leg)) ?? []), leg])
    }
    const cards = new Map<string, CardState>()
    const held = new Map<string, HeldPage>()
    for (const [id, key] of cardsOf(events)) {
      const floor = this.#floorOf(key)
      const card = { lastLine: this.linesOf(key).length, balance: this.balance(key), heldFloor: floor }
      cards.set(id, card)
      const reach = reachOf({ balance: card.balance, toCome: key.toCome })
      const request = { card: key, after: null, atMost: reach }
      if (floor <= reach) held.set(id, this.#page(request, this.#options.firstPage))
    }
    return { cards, legs, products, held }
  }

  #floorOf(key: CardKey): number {
    const remembered = this.#options.floors === 'remembered' ? this.#floors.get(cardId(key)) : undefined
    return remembered ?? Math.min(Infinity, ...this.heldOf(key).map(({ quantity }) => quantity))
  }

  #page({ card, after, atMost }: HeldRequest, size: number): HeldPage {
    const held = this.heldOf(card)
    const rest = held.filter((leg) => leg.quantity <= atMost && (after === null || byAge(leg, after) > 0))
    const larger = held.filter((leg) => leg.quantity > atMost).map(({ quantity }) => quantity)
    const nextFloor = Math.min(Infinity, ...larger)
    return { departures: rest.slice(0, size), atMost, complete: rest.length <= size, nextFloor }
  }

  #apply({ legs, lines, releases, transit, cards }: Decision): void {
    this.legs.push(...legs)
    this.lines.push(...lines)
    for (const [id, { heldFloor }] of cards) this.#floors.set(id, heldFloor)
    for (const release of releases) {
      const leg = this.legs.find((one) => one.leg === 0 && pairId(one) === pairId(release))
      if (leg === undefined || leg.line !== null) throw new Error('a release of what is not held')
      leg.line = release.line
    }
    for (const change of transit) {
      const quantity = (this.transit.get(pairId(change)) ?? 0) + change.difference
      if (quantity === 0) this.transit.delete(pairId(change))
      else this.transit.set(pairId(change), quantity)
    }
  }
}
