/**
 * Work on messages in quarantine. One is redriven: written to the topic again, as it is, corrected, or accepted beside
 * its equal; or it is discarded. Either is final, and recorded with who and when.
 *
 *   check ──✗ would be rejected again: refused, and nothing has changed
 *     ▼
 *   claim   what will be produced, in its row, by compare-and-set: of two different wishes the first one holds
 *     ▼
 *   produce what is claimed; waits for all replicas
 *     ▼
 *   settle  the row is redriven, with the place in the log; it leaves the tally
 *     ▼
 *   wait for the booking, answer the outcome
 *
 * Why in this order. Were a row settled before its message is produced, a crash between would lose the message; so it is
 * produced first. Were it not claimed before, whoever came after a crash could produce another correction, and both
 * would be booked; or discard what is in the log. So after a crash, or a fault, at any point the row is open, with its
 * claim. Nothing goes on by itself: asking for the same again, or a redrive of all with its code, takes the claim up and
 * produces the very same message. If that had been produced already, or two do so at once, the booking knows the
 * second one by its content, source and id: a duplicate. Of two who settle, the second changes nothing, and both
 * answer what is in the row. A claim is never given up: what it says may be in the log.
 */
import { awaitOutcomes, type OutcomeParts, type ProducedOutcome } from './booked-outcomes.ts'
import type { Producer } from './kafka/producer.ts'
import { maxValueBytes } from './message/envelope.ts'
import type { Micros, MovementEvent } from './message/event.ts'
import type { Rejection } from './message/rejection.ts'
import { asItIs, decodeRedriven, isSameAsk, redrivenMessage, type Ask } from './redriven-message.ts'
import type { PageAfter } from './store/page.ts'
import {
  readQuarantine,
  readQuarantinedMessages,
  type Claim,
  type QuarantinedMessage,
} from './store/read-quarantine.ts'
import { rehearse } from './store/rehearse.ts'
import { claimRedrive, settleDiscarded, settleRedriven } from './store/settle-quarantine.ts'

export interface QuarantineDesk {
  /** Throws a Fault if Kafka does not take the message, or PostgreSQL does not answer: ask for the same again then. */
  redrive(id: number, ask: Ask, by: string): Promise<RedriveAnswer>
  /** Those of a code that are open, as they are: a page of them, the oldest first. */
  redriveAll(code: string, page: PageAfter<number>, by: string): Promise<RedriveAllAnswer>
  discard(id: number, reason: string, by: string): Promise<DiscardAnswer>
}

/** Somebody has decided something else, or there is no such message. */
type NotDone =
  { readonly kind: 'unknown' } | { readonly kind: 'decided'; readonly message: QuarantinedMessage }

export type RedriveAnswer =
  | NotDone
  | { readonly kind: 'redriven'; readonly message: QuarantinedMessage; readonly outcome: ProducedOutcome }
  /** It would be rejected again. */
  | { readonly kind: 'refused'; readonly rejection: Rejection }
  /** Only an arrival that is a possible duplicate is accepted. */
  | { readonly kind: 'not_acceptable'; readonly isDeparture: boolean }

export interface RedriveAllAnswer {
  /** How many had each outcome; `rejected` would be rejected again, and stay open. */
  readonly counts: Readonly<Record<ProducedOutcome['outcome'] | 'rejected', number>>
  /** After which one to go on; null if there are no more. */
  readonly next: number | null
}

export type DiscardAnswer = NotDone | { readonly kind: 'discarded'; readonly message: QuarantinedMessage }

export interface QuarantineDeskParts extends OutcomeParts {
  readonly producer: Pick<Producer, 'produce'>
  readonly clock: () => Micros
}

export function createQuarantineDesk(parts: QuarantineDeskParts): QuarantineDesk {
  return {
    redrive: (id, ask, by) => redrive(parts, id, { ...ask, by }),
    redriveAll: (code, page, by) => redriveAll(parts, { code, page, by }),
    discard: (id, reason, by) => discard(parts, id, { reason, by }),
  }
}

async function redrive(
  parts: QuarantineDeskParts,
  id: number,
  ask: Omit<Claim, 'at'>,
): Promise<RedriveAnswer> {
  const [kept] = await read(parts, [id])
  if (kept === undefined) return { kind: 'unknown' }
  if (isUntouched(kept)) {
    const objection = await objectTo(parts, kept, ask)
    if (objection !== null) return objection
    await claimRedrive(parts.database, [id], ask)
  }

  const [claimed = kept] = await read(parts, [id])
  if (claimed.claim === null || !isSameAsk(claimed.claim, ask)) return { kind: 'decided', message: claimed }
  await produceClaimed(parts, [claimed])

  const [settled = claimed] = await read(parts, [id])
  const [outcome] = await outcomesOf(parts, [settled])
  return outcome === undefined
    ? { kind: 'decided', message: settled }
    : { kind: 'redriven', message: settled, outcome }
}

async function redriveAll(
  parts: QuarantineDeskParts,
  { code, page, by }: { code: string; page: PageAfter<number>; by: string },
): Promise<RedriveAllAnswer> {
  const { items, next } = await readQuarantine(parts.database, { status: 'open', code }, page)
  const kept = await read(
    parts,
    items.map(({ quarantineId }) => quarantineId),
  )
  const willing = await bookable(parts, kept.filter(isUntouched))
  await claimRedrive(parts.database, willing, { ...asItIs, by })

  const begun = kept.filter(({ claim }) => claim !== null).map(({ quarantineId }) => quarantineId)
  const chosen = [...willing, ...begun]
  await produceClaimed(parts, await read(parts, chosen))

  const outcomes = await outcomesOf(parts, await read(parts, chosen))
  const counts = { booked: 0, held: 0, duplicate: 0, quarantined: 0, accepted: 0, rejected: 0 }
  for (const { outcome } of outcomes) counts[outcome] += 1
  counts.rejected = kept.filter(isUntouched).length - willing.length
  return { counts, next }
}

async function discard(
  parts: QuarantineDeskParts,
  id: number,
  { reason, by }: { reason: string; by: string },
): Promise<DiscardAnswer> {
  await settleDiscarded(parts.database, id, { reason, by })
  const [message] = await read(parts, [id])
  if (message === undefined) return { kind: 'unknown' }
  const isDone = message.status === 'discarded' && message.reason === reason
  return { kind: isDone ? 'discarded' : 'decided', message }
}

/** Longer values cannot be booked, and of those it is enough to see that they are. */
async function read(
  { database }: QuarantineDeskParts,
  ids: readonly number[],
): Promise<QuarantinedMessage[]> {
  return await readQuarantinedMessages(database, ids, { maxValueBytes: maxValueBytes + 1 })
}

/** Nobody has decided anything. */
function isUntouched({ status, claim }: QuarantinedMessage): boolean {
  return status === 'open' && claim === null
}

/** Why the message is not to be redriven like this, or null: what the booking would say of it now. */
async function objectTo(
  { database, clock }: QuarantineDeskParts,
  kept: QuarantinedMessage,
  ask: Ask,
): Promise<RedriveAnswer | null> {
  if (ask.accepted && kept.code !== 'possible_duplicate')
    return { kind: 'not_acceptable', isDeparture: false }
  const says = decodeRedriven(redrivenMessage(kept, ask), clock())
  if (says.kind === 'rejected') return { kind: 'refused', rejection: says }
  if (ask.accepted && says.kind === 'departure') return { kind: 'not_acceptable', isDeparture: true }
  const [outcome] = await rehearse(database, [says])
  return typeof outcome === 'object' ? { kind: 'refused', rejection: outcome } : null
}

/** The numbers of those that would not be rejected again, if they were booked now, in this order. */
async function bookable(
  { database, clock }: QuarantineDeskParts,
  kept: readonly QuarantinedMessage[],
): Promise<number[]> {
  const readable = kept.flatMap((message) => {
    const event = decodeRedriven(redrivenMessage(message, asItIs), clock())
    return event.kind === 'rejected' ? [] : [{ event, id: message.quarantineId }]
  })
  const outcomes = await rehearse(
    database,
    readable.map(({ event }) => event),
  )
  return readable.filter((_, index) => typeof outcomes[index] === 'string').map(({ id }) => id)
}

/** Produces and settles those that are claimed and still open; passes over the others. */
async function produceClaimed(
  parts: QuarantineDeskParts,
  messages: readonly QuarantinedMessage[],
): Promise<void> {
  const claimed = messages.flatMap((kept) => {
    const event = kept.status === 'open' ? eventOf(parts, kept) : null
    if (event === null || kept.claim === null) return []
    const { quarantineId } = kept
    return [
      {
        quarantineId,
        message: { ...redrivenMessage(kept, kept.claim), key: Buffer.from(event.warehouseId) },
      },
    ]
  })
  if (claimed.length === 0) return
  const places = await parts.producer.produce(
    claimed.map(({ message }) => message),
    'redrive',
  )
  const redriven = claimed.map(({ quarantineId }, index) => {
    const place = places[index]
    if (place === undefined) throw new RangeError('a message was left without its place')
    return { quarantineId, place }
  })
  await settleRedriven(parts.database, redriven)
}

/** What became of those that are redriven, in their order. */
async function outcomesOf(
  parts: QuarantineDeskParts,
  messages: readonly QuarantinedMessage[],
): Promise<ProducedOutcome[]> {
  const produced = messages.flatMap((message) => {
    const event = eventOf(parts, message)
    return event === null || message.redrivenTo === null ? [] : [{ event, place: message.redrivenTo }]
  })
  return await awaitOutcomes(parts, produced)
}

/** What the claim has us produce; null without one, or if it was made by a newer version and means nothing to this one. */
function eventOf({ clock }: QuarantineDeskParts, kept: QuarantinedMessage): MovementEvent | null {
  if (kept.claim === null) return null
  const says = decodeRedriven(redrivenMessage(kept, kept.claim), clock())
  return says.kind === 'rejected' ? null : says
}
