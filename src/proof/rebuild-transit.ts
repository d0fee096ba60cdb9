import type { StoredLeg, StoredTransit } from './ledger-rows.ts'
import { underWayOf } from './prove-movements.ts'

/**
 * What is under way of a pair by its legs; null if nothing is. Since when: as the living row says, if one of the legs has that
 * time; else since the oldest leg. (Of goods that came and went more than once, the true one may be a later leg.)
 */
export function rebuildTransit(
  legs: readonly StoredLeg[],
  living: StoredTransit | undefined,
): StoredTransit | null {
  const [first] = legs
  const quantity = underWayOf(legs)
  if (first === undefined || quantity === 0) return null
  const times = legs.map(({ occurredAt }) => occurredAt)
  const oldest = times.reduce((a, b) => (b < a ? b : a))
  const since = living !== undefined && times.includes(living.since) ? living.since : oldest
  return { movementId: first.movementId, productId: first.productId, quantity, since }
}
