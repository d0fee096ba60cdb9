/** The legs of one pair of movement and product, brought into an order that the booking can go on from. */
import type { StoredLeg } from './ledger-rows.ts'
import { isRepeat } from './prove-movements.ts'

/** What is to be done to the legs of a pair. */
export interface MendedLegs {
  readonly removed: readonly StoredLeg[]
  /** The legs that stay and get another number, in the order in which they can get it one after the other. */
  readonly renumbered: readonly { readonly leg: StoredLeg; readonly to: number }[]
}

/** The legs that repeat an earlier one. */
export function doubledLegs(legs: readonly StoredLeg[]): StoredLeg[] {
  const sorted = legs.toSorted((a, b) => a.leg - b.leg)
  return sorted.filter((leg, index) => isRepeat(leg, sorted.slice(0, index)))
}

/**
 * Without the legs that are to be removed, arrivals are numbered again from 1 without a gap: the next one gets their count
 * plus one, and would collide for ever.
 */
export function mendLegs(legs: readonly StoredLeg[], removed: readonly StoredLeg[]): MendedLegs {
  const renumbered = legs
    .filter((leg) => leg.leg > 0 && !removed.includes(leg))
    .toSorted((a, b) => a.leg - b.leg)
    .map((leg, index) => ({ leg, to: index + 1 }))
    .filter(({ leg, to }) => leg.leg !== to)
  return { removed, renumbered }
}
