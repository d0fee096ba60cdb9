import type { CardKey, MovementId } from '../message/event.ts'
import { byAge, type CardState, type HeldDeparture, type HeldPage, type HeldRequest } from './ledger.ts'

/**
 * A card while a batch is decided: a copy that the decision may change.
 *
 * `waiting` are the held departures that are known, the oldest first: those held by this batch, and those read from
 * the store. The store's are known up to `seen`; what lies beyond is asked for only when it may matter, that is,
 * when the balance covers `unseenFloor`. So a pile of large departures costs a small arrival nothing.
 */
export interface CardDraft {
  readonly key: CardKey
  lastLine: number
  balance: number
  /** No held departure is smaller than this. */
  heldFloor: number
  waiting: HeldDeparture[]
  /** The store's departures that were read in this batch, waiting still or released. */
  readonly read: Set<MovementId>
  /** Where reading has come to: the store's departures up to this age and this quantity are known. */
  seen: { upTo: HeldDeparture | null; atMost: number }
  /** No departure of the store that is not known is smaller than this. */
  unseenFloor: number
}

/** Opens a draft. `page` is what the store read of the held departures beforehand, if anything. */
export function openCard(key: CardKey, state: CardState, page: HeldPage | undefined): CardDraft {
  const card: CardDraft = {
    key,
    lastLine: state.lastLine,
    balance: state.balance,
    heldFloor: state.heldFloor,
    waiting: [],
    read: new Set(),
    seen: { upTo: null, atMost: 0 },
    unseenFloor: state.heldFloor,
  }
  if (page !== undefined) addPage(card, page)
  return card
}

/** A departure larger than the balance joins those that wait. */
export function hold(card: CardDraft, departure: HeldDeparture): void {
  card.waiting.splice(placeOf(card.waiting, departure), 0, departure)
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
  if (card.balance < card.heldFloor) return
  let place = 0
  for (;;) {
    const departure = card.waiting[place]
    if (!isKnownUpTo(card, departure)) {
      const { upTo, atMost } = card.seen
      const after = card.balance <= atMost ? upTo : null
      addPage(card, yield { card: card.key, after, atMost: card.balance })
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

/** Could the store hold a departure that fits, and is older than this one (or exists at all, if there is none)? */
function isKnownUpTo(
  { balance, unseenFloor, seen }: CardDraft,
  departure: HeldDeparture | undefined,
): boolean {
  if (balance < unseenFloor) return true
  if (balance > seen.atMost || seen.upTo === null) return false
  return departure !== undefined && byAge(departure, seen.upTo) <= 0
}

function addPage(card: CardDraft, { departures, atMost, complete, nextFloor }: HeldPage): void {
  const fresh = departures.filter(({ movementId }) => !card.read.has(movementId))
  for (const { movementId } of fresh) card.read.add(movementId)
  if (fresh.length > 0) card.waiting = [...card.waiting, ...fresh].sort(byAge)
  card.seen = { upTo: departures.at(-1) ?? null, atMost }
  if (complete) card.unseenFloor = nextFloor
}

/** Where a departure belongs among others that are sorted by age. */
function placeOf(sorted: readonly HeldDeparture[], departure: HeldDeparture): number {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    const other = sorted[middle]
    if (other !== undefined && byAge(other, departure) < 0) low = middle + 1
    else high = middle
  }
  return low
}
