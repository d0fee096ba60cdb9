import type { CardKey } from '../message/event.ts'
import {
  byAge,
  maxBalance,
  type CardState,
  type HeldDeparture,
  type HeldPage,
  type HeldRequest,
} from './ledger.ts'

/**
 * A card while a batch is decided: a copy that the decision may change.
 *
 * `waiting` are the held departures that are known, the oldest first: those of the store's pages, and those held by
 * this batch. The store's are complete up to `pagedTo`, as far as they are within `reach`; more is asked for only
 * when a release has walked past that place. Since reach never grows within a batch, what was left out of a page
 * for being too large stays too large.
 */
export interface CardDraft {
  readonly key: CardKey
  lastLine: number
  balance: number
  heldFloor: number
  /** The sum of this batch's arrivals on the card that are not decided yet. */
  toCome: number
  waiting: HeldDeparture[]
  pagedTo: HeldDeparture | null
  paged: boolean
  /** No held departure outside `waiting` is smaller than this. */
  unseenFloor: number
}

/** The most that a card's balance can still come to in a batch: larger held departures are of no interest to it. */
export function reachOf({ balance, toCome }: { balance: number; toCome: number }): number {
  return Math.min(balance + toCome, maxBalance)
}

/** Opens a draft. `page` is what the store read of the held departures: needed where one is within reach. */
export function openCard(
  key: CardKey,
  state: CardState,
  toCome: number,
  page: HeldPage | undefined,
): CardDraft {
  const { lastLine, balance, heldFloor } = state
  const card: CardDraft = {
    key,
    lastLine,
    balance,
    heldFloor,
    toCome,
    waiting: [],
    pagedTo: null,
    paged: true,
    unseenFloor: heldFloor,
  }
  if (heldFloor > reachOf(card)) return card
  card.paged = false
  if (page !== undefined) addPage(card, page)
  return card
}

/** A departure larger than the balance joins those that wait. */
export function hold(card: CardDraft, departure: HeldDeparture): void {
  const place = card.waiting.findIndex((other) => byAge(departure, other) < 0)
  card.waiting.splice(place === -1 ? card.waiting.length : place, 0, departure)
  card.heldFloor = Math.min(card.heldFloor, departure.quantity)
}

/**
 * Takes out the held departures that the balance covers, the oldest first, each one that fits; one that does not
 * fit does not block the next. `book` must lower the balance. Yields when it needs the next page from the store.
 */
export function* release(
  card: CardDraft,
  book: (departure: HeldDeparture) => void,
): Generator<HeldRequest, void, HeldPage> {
  let place = 0
  while (card.balance >= card.heldFloor) {
    const departure = card.waiting[place]
    if (!card.paged && (departure === undefined || isBeyond(departure, card.pagedTo))) {
      addPage(card, yield { card: card.key, after: card.pagedTo, atMost: reachOf(card) })
    } else if (departure === undefined) {
      break
    } else if (departure.quantity > card.balance) {
      place += 1
    } else {
      card.waiting.splice(place, 1)
      book(departure)
    }
  }
  card.heldFloor = card.waiting.reduce((floor, { quantity }) => Math.min(floor, quantity), card.unseenFloor)
}

function isBeyond(departure: HeldDeparture, pagedTo: HeldDeparture | null): boolean {
  return pagedTo === null || byAge(departure, pagedTo) > 0
}

function addPage(card: CardDraft, { departures, complete }: HeldPage): void {
  card.waiting = [...card.waiting, ...departures].sort(byAge)
  card.pagedTo = departures.at(-1) ?? card.pagedTo
  card.paged = complete
  if (complete) card.unseenFloor = Math.max(card.unseenFloor, reachOf(card) + 1)
}
