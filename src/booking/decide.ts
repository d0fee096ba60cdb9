/**
 * The rules of the stock ledger. Pure: events and what is known in, a decision out.
 *
 *   event ─ identify ─┬─ duplicate / contradicts what is booked ──▶ outcome, nothing changes
 *                     ├─ arrival ────────────▶ line (+) ─▶ releases held departures that now fit
 *                     └─ departure ─ covered ─▶ line (−)
 *                                  └ larger ──▶ held: a leg without a line
 *
 * An event that is accepted becomes a leg of its movement at once; a line of its card when it is booked. No balance
 * falls below zero, because only what is covered is booked; the database repeats that by `balance_not_negative`.
 */
import type { MovementEvent } from '../message/event.ts'
import { reject } from '../message/rejection.ts'
import { BatchDraft } from './batch-draft.ts'
import { release } from './card-draft.ts'
import { identify } from './identity.ts'
import { maxBalance, type Decision, type HeldPage, type HeldRequest, type Known } from './ledger.ts'

/** Decides a batch in its order. Yields only where it must know more held departures of a card. */
export function* decide(
  events: readonly MovementEvent[],
  known: Known,
): Generator<HeldRequest, Decision, HeldPage> {
  const batch = new BatchDraft(known)
  for (const event of events) {
    const card = batch.card(event)
    const pair = batch.pair(event)
    const identity = identify(event, pair.legs)
    if (identity !== 'new') batch.settle(identity)
    else if (batch.isTooLarge(pair)) batch.settle(reject('movement_too_large'))
    else if (event.kind === 'departure' && event.quantity > card.balance) batch.hold(event, pair, card)
    else if (event.kind === 'departure') batch.book(event, pair, card)
    else if (card.balance + event.quantity > maxBalance) batch.settle(reject('quantity_overflow'))
    else {
      batch.book(event, pair, card)
      yield* release(card, (departure) => batch.release(departure, card))
    }
  }
  return batch.decision()
}
