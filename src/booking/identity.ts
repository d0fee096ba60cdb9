import type { MovementEvent } from '../message/event.ts'
import { isOpening } from '../message/opening-stock.ts'
import { reject, type Rejection } from '../message/rejection.ts'
import { maxArrivals, type Leg } from './ledger.ts'

/**
 * Is this report new to its movement? `legs` are those of the same movement and product.
 *
 * A message id alone cannot tell: real producers send a departure and its arrival under one id. The identity of a
 * report is its content: movement, product, kind, warehouse, timestamp and quantity.
 *
 * - the same content under the same (source, id): a redelivery, `duplicate`;
 * - the same content under another (source, id): a producer's repeat, or two equal pallets in one second. Nobody
 *   can tell, so a person decides: `possible_duplicate`;
 * - a second departure with other content: `departure_conflict`;
 * - an arrival at the same warehouse and time with another quantity: `arrival_conflict`;
 * - an arrival at another time or warehouse: a partial delivery, new.
 *
 * A person may accept a possible duplicate: then it counts beside its equals, once for its own (source, id). Accepted
 * before any of them is booked, it is booked as any report is, and the first plain one waits in quarantine in its turn:
 * which of the equal ones is booked depends on the order, as it does without a person; nothing is lost or counted
 * unseen. A departure is leg 0, of which there is one, and stays a possible duplicate.
 *
 * A card opens once: its opening is the one report of its movement, and whatever else comes of that is a conflict.
 */
export function identify(event: MovementEvent, legs: readonly Leg[]): 'new' | 'duplicate' | Rejection {
  if (legs.length > 0 && (isOpening(event) || legs.some(isOpening))) return identifyOpening(event, legs)
  let repeated = false
  let contradicted = false
  let arrivals = 0
  for (const leg of legs) {
    if (leg.leg !== 0) arrivals += 1
    if (!isRival(event, leg)) continue
    if (leg.quantity === event.quantity && isSamePlaceAndTime(event, leg)) {
      if (leg.source === event.source && leg.messageId === event.messageId) return 'duplicate'
      repeated = true
    } else {
      contradicted = true
    }
  }
  const mayRepeat = event.accepted === true && event.kind === 'arrival'
  if (repeated && !mayRepeat) return reject('possible_duplicate')
  if (contradicted) return reject(event.kind === 'departure' ? 'departure_conflict' : 'arrival_conflict')
  if (event.kind === 'arrival' && arrivals >= maxArrivals) return reject('movement_too_large')
  return 'new'
}

function identifyOpening(event: MovementEvent, legs: readonly Leg[]): 'duplicate' | Rejection {
  const isSame = (leg: Leg): boolean =>
    isOpening(leg) && leg.quantity === event.quantity && isSamePlaceAndTime(event, leg)
  if (isOpening(event) && event.kind === 'arrival' && legs.every(isSame)) return 'duplicate'
  const code = event.kind === 'departure' ? 'departure_conflict' : 'arrival_conflict'
  return reject(code, null, isOpening(event) ? openedBefore : movementOfOpening)
}

const openedBefore = 'The card has been opened already, with another quantity or at another time.'
const movementOfOpening = 'The movement is the opening of a card: it has no other reports.'

/** Whether the leg, of the same movement and product, is one beside which the report is not new. */
export function isRival(event: MovementEvent, leg: Leg): boolean {
  if (isOpening(event) || isOpening(leg)) return true
  if (event.kind === 'departure') return leg.leg === 0
  return leg.leg !== 0 && isSamePlaceAndTime(event, leg)
}

function isSamePlaceAndTime(event: MovementEvent, leg: Leg): boolean {
  return leg.warehouseId === event.warehouseId && leg.occurredAt === event.occurredAt
}
