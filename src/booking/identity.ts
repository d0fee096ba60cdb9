import type { MovementEvent } from '../message/event.ts'
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
 */
export function identify(event: MovementEvent, legs: readonly Leg[]): 'new' | 'duplicate' | Rejection {
  let repeated = false
  let contradicted = false
  let arrivals = 0
  for (const leg of legs) {
    const isDeparture = leg.leg === 0
    if (!isDeparture) arrivals += 1
    if (isDeparture !== (event.kind === 'departure')) continue
    const samePlaceAndTime = leg.warehouseId === event.warehouseId && leg.occurredAt === event.occurredAt
    if (samePlaceAndTime && leg.quantity === event.quantity) {
      if (leg.source === event.source && leg.messageId === event.messageId) return 'duplicate'
      repeated = true
    } else if (isDeparture || samePlaceAndTime) {
      contradicted = true
    }
  }
  if (repeated) return reject('possible_duplicate')
  if (contradicted) return reject(event.kind === 'departure' ? 'departure_conflict' : 'arrival_conflict')
  if (event.kind === 'arrival' && arrivals >= maxArrivals) return reject('movement_too_large')
  return 'new'
}
