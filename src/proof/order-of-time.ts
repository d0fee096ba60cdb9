/**
 * How a card would end if its reports had come in the order in which they happened: for a comparison only. Where a card's
 * reports add up to less than zero, which departures are held depends on the order; this tells whether that is why.
 */
import { decide } from '../booking/decide.ts'
import { cardId } from '../booking/ledger.ts'
import type { StoredLeg } from './ledger-rows.ts'
import { eventOf } from './prove-movements.ts'

/** A card's end: its balance, and what is held on it. */
export interface CardEnd {
  readonly balance: number
  readonly held: number
}

/** `legs` are all those of one card, booked and held. Of equal age, arrivals come first, then the smaller movement. */
export function endInOrderOfTime(legs: readonly StoredLeg[]): CardEnd {
  const events = legs.toSorted(byTime).map(eventOf)
  const deciding = decide(events, { cards: new Map(), legs: new Map(), products: new Map(), held: new Map() })
  const decided = deciding.next()
  if (decided.done !== true) throw new Error('a card of which all is known asks for more')
  const { cards, legs: ended } = decided.value
  const [first] = legs
  const balance = first === undefined ? 0 : (cards.get(cardId(first))?.balance ?? 0)
  return { balance, held: ended.reduce((sum, { line, quantity }) => sum + (line === null ? quantity : 0), 0) }
}

function byTime(a: StoredLeg, b: StoredLeg): number {
  if (a.occurredAt !== b.occurredAt) return a.occurredAt - b.occurredAt
  if ((a.leg === 0) !== (b.leg === 0)) return a.leg === 0 ? 1 : -1
  return a.movementId < b.movementId ? -1 : a.movementId > b.movementId ? 1 : a.leg - b.leg
}
