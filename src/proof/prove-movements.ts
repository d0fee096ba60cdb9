/**
 * The movements, proven against the cards: the arrivals of each are counted without a gap, no report is booked twice, each
 * booked event has its line and each held one is larger than its card's balance, and what is under way is what departed
 * minus what arrived.
 */
import { identify } from '../booking/identity.ts'
import { cardId, pairId } from '../booking/ledger.ts'
import type { MovementEvent } from '../message/event.ts'
import { isOpening } from '../message/opening-stock.ts'
import type { Finding } from './finding.ts'
import { lineId, type PairKey, type StoredLeg, type StoredLine, type StoredTransit } from './ledger-rows.ts'

/** What a stretch of movements is held against; all of it of the stretch's own moment. */
export interface KnownToMovements {
  /** The lines that the legs name, by `lineId`. */
  readonly lines: ReadonlyMap<string, StoredLine>
  /** Of the cards of held departures, by `cardId`; a card without lines is not in it. */
  readonly balances: ReadonlyMap<string, number>
  /** All rows within the stretch, by `pairId`. */
  readonly transit: ReadonlyMap<string, StoredTransit>
}

/** Proves all the legs of some pairs of movement and product, and every row of transit in their stretch. */
export function proveMovements(pairs: readonly (readonly StoredLeg[])[], known: KnownToMovements): Finding[] {
  const findings: Finding[] = []
  const unexplained = new Map(known.transit)
  for (const unsorted of pairs) {
    const legs = unsorted.toSorted((a, b) => a.leg - b.leg)
    const [first] = legs
    if (first === undefined) continue
    const stored = unexplained.get(pairId(first))
    unexplained.delete(pairId(first))
    for (const leg of legs) findings.push(...proveBooking(leg, known))
    findings.push(...proveNumbers(legs), ...proveReports(legs), ...proveTransit(legs, stored))
  }
  for (const { movementId, productId, quantity } of unexplained.values()) {
    const detail = `${quantity} are under way of a movement that nobody reported.`
    findings.push({ code: 'transit_wrong', detail, movement: { movementId, productId } })
  }
  return findings
}

function proveBooking(leg: StoredLeg, { lines, balances }: KnownToMovements): Finding[] {
  if (leg.line === null) {
    const balance = balances.get(cardId(cardOf(leg))) ?? 0
    if (leg.quantity > balance) return []
    const detail = `A departure of ${leg.quantity} is held, and the balance is ${balance}.`
    return [{ ...placeOf(leg), code: 'held_in_vain', detail }]
  }
  const line = lines.get(lineId({ ...cardOf(leg), line: leg.line }))
  if (line === undefined) {
    return [{ ...placeOf(leg), code: 'leg_without_line', detail: `Line ${leg.line} of its card is missing.` }]
  }
  if (line.movementId === leg.movementId && line.leg === leg.leg) return []
  const owner =
    line.movementId === leg.movementId ? `leg ${line.leg} of the movement` : `movement ${line.movementId}`
  const detail = `Line ${leg.line} of its card belongs to ${owner}.`
  return [{ ...placeOf(leg), code: 'leg_without_line', detail }]
}

/** Leg 0 may be missing: nothing departed yet. A gap would collide with the next arrival. */
function proveNumbers(legs: readonly StoredLeg[]): Finding[] {
  const arrivals = legs.filter(({ leg }) => leg > 0)
  const wrong = arrivals.find(({ leg }, index) => leg !== index + 1)
  if (wrong === undefined) return []
  const detail = `The movement has ${arrivals.length} arrivals of the product, and one of them is leg ${wrong.leg}.`
  return [{ ...placeOf(wrong), code: 'legs_missing', detail }]
}

/** Each report must have been new beside those before it; a person may have accepted an equal one of another id. */
function proveReports(legs: readonly StoredLeg[]): Finding[] {
  if (legs.length === 1) return []
  return legs.flatMap((leg, index): Finding[] => {
    const before = legs.slice(0, index)
    if (isRepeat(leg, before)) {
      const detail = `Leg ${leg.leg} repeats an earlier one.`
      return [{ ...placeOf(leg), code: 'booked_twice', detail }]
    }
    const verdict = identify(eventOf(leg), before)
    if (typeof verdict === 'string') return []
    return [{ ...placeOf(leg), code: 'legs_contradict', detail: `Leg ${leg.leg}: ${verdict.detail}` }]
  })
}

/** Whether a leg says once more what one of those before it says: under the same source and message id, or out of the same message. */
export function isRepeat(leg: StoredLeg, before: readonly StoredLeg[]): boolean {
  return before.some((other) => isOfSameMessage(leg, other)) || identify(eventOf(leg), before) === 'duplicate'
}

/** A message is one report. Its place alone does not name it: that of a topic made anew comes again. */
function isOfSameMessage(one: StoredLeg, other: StoredLeg): boolean {
  return (
    one.partition === other.partition &&
    one.offset === other.offset &&
    one.leg > 0 === other.leg > 0 &&
    one.warehouseId === other.warehouseId &&
    one.quantity === other.quantity &&
    one.occurredAt === other.occurredAt
  )
}

/** The report that became this leg; equal ones beside it count as accepted. */
export function eventOf(leg: StoredLeg): MovementEvent {
  return { ...leg, kind: leg.leg === 0 ? 'departure' : 'arrival', accepted: true }
}

function proveTransit(legs: readonly StoredLeg[], stored: StoredTransit | undefined): Finding[] {
  const [first] = legs
  if (first === undefined) return []
  const movement = pairOf(first)
  const underWay = underWayOf(legs)
  if (underWay !== (stored?.quantity ?? 0)) {
    const is = stored === undefined ? 'nothing is' : `${stored.quantity} are`
    const detail = `By its events ${underWay} are under way; in transit, ${is}.`
    return [{ code: 'transit_wrong', detail, movement }]
  }
  if (stored === undefined || legs.some(({ occurredAt }) => occurredAt === stored.since)) return []
  return [
    { code: 'transit_wrong', detail: 'It is under way since a time that none of its events has.', movement },
  ]
}

/** Departed minus arrived. Opening stock came from nowhere, and is no part of it. */
export function underWayOf(legs: readonly StoredLeg[]): number {
  let sum = 0
  for (const leg of legs) if (!isOpening(leg)) sum += leg.leg === 0 ? leg.quantity : -leg.quantity
  return sum
}

function cardOf({ warehouseId, productId }: StoredLeg): {
  warehouseId: StoredLeg['warehouseId']
  productId: StoredLeg['productId']
} {
  return { warehouseId, productId }
}

function pairOf({ movementId, productId }: PairKey): PairKey {
  return { movementId, productId }
}

function placeOf(leg: StoredLeg): Pick<Finding, 'card' | 'line' | 'movement'> {
  const line = leg.line === null ? {} : { line: leg.line }
  return { card: cardOf(leg), ...line, movement: { ...pairOf(leg), leg: leg.leg } }
}
