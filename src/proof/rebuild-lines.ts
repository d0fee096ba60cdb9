/**
 * The lines of a card, made again from the events that are booked on it, in the order of the numbers that these got. What
 * was decided stays decided: who is booked, who is held, and in which order.
 */
import { maxBalance } from '../booking/ledger.ts'
import type { Micros } from '../message/event.ts'
import { changeOf, type StoredLeg, type StoredLine } from './ledger-rows.ts'

/** The next lines of a card; or why the events alone cannot tell them. */
export type RebuiltLines =
  | { readonly kind: 'lines'; readonly lines: readonly StoredLine[] }
  | { readonly kind: 'contradiction'; readonly detail: string }

/**
 * `legs` are booked on one card, sorted by their lines, and follow `previous`, the last line that was made. `living`
 * are the card's lines as they are, by number: they tell when a line was recorded, which an event that was held at first
 * does not know.
 */
export function rebuildLines(
  legs: readonly StoredLeg[],
  previous: StoredLine | null,
  living: ReadonlyMap<number, StoredLine>,
): RebuiltLines {
  const lines: StoredLine[] = []
  let before = previous
  for (const leg of legs) {
    const { warehouseId, productId, movementId, occurredAt } = leg
    const expected = (before?.line ?? 0) + 1
    if (leg.line === null) throw new RangeError('a held departure among those that are booked')
    if (leg.line < expected) return contradiction(`Two events have line ${leg.line}.`)
    if (leg.line > expected) return contradiction(`No event has line ${expected}.`)
    const change = changeOf(leg)
    const balance = (before?.balance ?? 0) + change
    if (balance < 0) return contradiction(`Line ${expected} would bring the balance to ${balance}.`)
    if (balance > maxBalance)
      return contradiction(`Line ${expected} would bring the balance beyond 2^53 − 1.`)
    const recordedAt = recordedWhen(leg, before, living.get(expected))
    before = {
      warehouseId,
      productId,
      line: expected,
      movementId,
      leg: leg.leg,
      change,
      balance,
      occurredAt,
      recordedAt,
    }
    lines.push(before)
  }
  return { kind: 'lines', lines }
}

/**
 * As the living line says, if that can be. Else an event that was booked at once was recorded when its line was; one that
 * was released, in the transaction that booked the line before it.
 */
function recordedWhen(leg: StoredLeg, before: StoredLine | null, living: StoredLine | undefined): Micros {
  const earliest = Math.max(leg.recordedAt, before?.recordedAt ?? leg.recordedAt) as Micros
  const isItsOwn = living?.movementId === leg.movementId && living.leg === leg.leg
  return isItsOwn && living.recordedAt >= earliest ? living.recordedAt : earliest
}

function contradiction(detail: string): RebuiltLines {
  return { kind: 'contradiction', detail }
}
