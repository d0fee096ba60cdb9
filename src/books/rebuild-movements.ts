import { cardId, pairId } from '../booking/ledger.ts'
import type { PairKey, StoredLeg } from '../proof/ledger-rows.ts'
import { doubledLegs, mendLegs } from '../proof/mend-legs.ts'
import { rebuildTransit } from '../proof/rebuild-transit.ts'
import { noteCards, noteStrayLegs } from '../store/damage.ts'
import type { Session } from '../store/database.ts'
import { swapTransit, writeMendedLegs } from '../store/swap-books.ts'
import { readCardLines, readPairs, readTransitOf } from '../store/walk-ledgers.ts'

/** What was done to the legs of some pairs. */
export interface MendedMovements {
  readonly removed: number
  readonly renumbered: number
  /** Pairs that have a leg 1 now and had none. */
  readonly firstArrivals: number
  /** Where something was removed, by `cardId`: they must be made again now. */
  readonly cards: readonly string[]
}

/**
 * Takes doubled legs out, if asked for, and closes gaps. The cards of all that changed are to be made again. A doubled leg
 * stays if lines follow its own: their numbers are kept, and the card could not be made again without it.
 */
export async function mendMovements(
  session: Session,
  keys: readonly PairKey[],
  { doubled }: { readonly doubled: 'remove' | 'keep' },
): Promise<MendedMovements> {
  const counts = { removed: 0, renumbered: 0, firstArrivals: 0, cards: [] as string[] }
  for (const legs of await readPairs(session, keys)) {
    const spare: StoredLeg[] = []
    for (const leg of doubled === 'remove' ? doubledLegs(legs) : []) {
      if (await isSpare(session, leg)) spare.push(leg)
    }
    const mended = mendLegs(legs, spare)
    const { removed, renumbered } = mended
    await writeMendedLegs(session, mended)
    await noteCards(session, [...removed, ...renumbered.map(({ leg }) => leg)])
    await noteStrayLegs(
      session,
      renumbered.flatMap(({ leg, to }) => (leg.line === null ? [] : [{ ...leg, line: leg.line, leg: to }])),
    )
    counts.removed += removed.length
    counts.cards.push(...removed.map(cardId))
    counts.renumbered += renumbered.length
    counts.firstArrivals += Number(renumbered.some(({ to }) => to === 1))
  }
  return counts
}

/** Whether its card can do without it: its line belongs to another event, or is the last. */
async function isSpare(session: Session, leg: StoredLeg): Promise<boolean> {
  if (leg.line === null) return true
  const [own, next] = await readCardLines(session, leg, { afterLine: leg.line - 1, limit: 2 })
  if (own === undefined) return true
  if (own.line !== leg.line) return false
  const isItsOwn = own.movementId === leg.movementId && own.leg === leg.leg
  return !isItsOwn || next === undefined
}

/**
 * Makes what is under way of some pairs again from their legs. One that has a doubled leg stays as it is: the legs would
 * tell it wrong. Answers by how many rows the table grew.
 */
export async function rebuildTransitOf(session: Session, keys: readonly PairKey[]): Promise<number> {
  const living = new Map((await readTransitOf(session, keys)).map((row) => [pairId(row), row]))
  const pairs = await readPairs(session, keys)
  const doubled = pairs.filter((legs) => doubledLegs(legs).length > 0).flatMap(([first]) => first ?? [])
  const kept = new Set(doubled.map(pairId))
  const rows = pairs.flatMap((legs) => {
    const [first] = legs
    if (first === undefined || kept.has(pairId(first))) return []
    return rebuildTransit(legs, living.get(pairId(first))) ?? []
  })
  return await swapTransit(session, { pairs: keys.filter((key) => !kept.has(pairId(key))), rows })
}
