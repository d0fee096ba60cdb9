/**
 * Events that come by HTTP. They take the way of all others: decoded as the intake decodes, produced to the topic, booked
 * by whichever process owns the partition; then what became of each is read. So the topic stays the one log, and this
 * process may stop at any moment without a trace but an answer that is missing.
 *
 *   decode ──✗ rejected: not produced, for whoever sent it is here to be told
 *     ▼
 *   produce ──✗ fault: sending all again is safe, what was taken is a duplicate then
 *     ▼
 *   wait for the positions ──✗ too late, or PostgreSQL away: accepted, with the place in the log
 *     ▼
 *   booked, held, duplicate or quarantined
 */
import {
  awaitOutcomes,
  type OutcomeParts,
  type ProducedEvent,
  type ProducedOutcome,
} from './booked-outcomes.ts'
import type { Outcome } from './booking/ledger.ts'
import type { Producer } from './kafka/producer.ts'
import { decode } from './message/decode.ts'
import type { Micros, MovementEvent } from './message/event.ts'
import type { MessageHeader } from './message/message.ts'
import { isOpening } from './message/opening-stock.ts'
import { reject, type Rejection } from './message/rejection.ts'
import { rehearse } from './store/rehearse.ts'

/** One event as it came: its bytes, and the attributes beside them in binary mode. */
export interface GivenEvent {
  readonly value: Buffer
  readonly headers: readonly MessageHeader[]
}

/** What became of one event. */
export type IngestOutcome = { readonly outcome: 'rejected'; readonly rejection: Rejection } | ProducedOutcome

/** What would become of one event. */
export type RehearsedOutcome =
  | { readonly outcome: 'booked' | 'held' | 'duplicate' }
  | { readonly outcome: 'rejected' | 'quarantined'; readonly rejection: Rejection }

export interface Ingest {
  /** Answers one outcome for each event, in their order. Throws a Fault if Kafka does not take them. */
  takeIn(given: readonly GivenEvent[]): Promise<IngestOutcome[]>
  /** Decides on what is booked now, produces and writes nothing. Throws a Fault if PostgreSQL does not answer. */
  rehearse(given: readonly GivenEvent[]): Promise<RehearsedOutcome[]>
}

export interface IngestParts extends OutcomeParts {
  readonly producer: Pick<Producer, 'produce'>
  readonly clock: () => Micros
}

export function createIngest(parts: IngestParts): Ingest {
  return {
    takeIn: async (given) => {
      const decoded = decodeAll(given, parts.clock())
      const produced = await produce(parts, decoded)
      const outcomes = await awaitOutcomes(parts, produced)
      return merge(decoded, (index): IngestOutcome => {
        const outcome = outcomes[index]
        if (outcome === undefined) throw new RangeError('an event was not produced')
        return outcome
      })
    },
    rehearse: async (given) => {
      const decoded = decodeAll(given, parts.clock())
      const events = decoded.flatMap(({ says }) => (says.kind === 'rejected' ? [] : [says]))
      const outcomes = await rehearse(parts.database, events)
      return merge(decoded, (index) => rehearsed(outcomes[index]))
    },
  }
}

interface DecodedEvent {
  readonly given: GivenEvent
  readonly says: MovementEvent | Rejection
}

function decodeAll(given: readonly GivenEvent[], receivedAt: Micros): DecodedEvent[] {
  return given.map((event) => {
    const says = decode({ ...event, partition: 0, offset: 0, key: null }, receivedAt)
    // Who may report movements may not, by this alone, say what there was at the beginning.
    const isReserved = says.kind !== 'rejected' && isOpening(says)
    return { given: event, says: isReserved ? reservedSource : says }
  })
}

const reservedSource = reject(
  'field_invalid',
  'source',
  'The source is that of opening stock, for which POST /api/opening-stock is there.',
)

async function produce(
  { producer }: IngestParts,
  decoded: readonly DecodedEvent[],
): Promise<ProducedEvent[]> {
  const accepted = decoded.flatMap(({ given, says }) => (says.kind === 'rejected' ? [] : [{ given, says }]))
  if (accepted.length === 0) return []
  const messages = accepted.map(({ given, says }) => ({ ...given, key: Buffer.from(says.warehouseId) }))
  const places = await producer.produce(messages, 'http')
  return accepted.map(({ says }, index) => {
    const place = places[index]
    if (place === undefined) throw new RangeError('a message was left without its place')
    return { event: says, place }
  })
}

/** One outcome for each event in its order; `outcomeOf` is asked for the n-th of those that were not rejected. */
function merge<Merged>(
  decoded: readonly DecodedEvent[],
  outcomeOf: (index: number) => Merged,
): (Merged | { readonly outcome: 'rejected'; readonly rejection: Rejection })[] {
  let next = 0
  return decoded.map(({ says }) =>
    says.kind === 'rejected' ? { outcome: 'rejected', rejection: says } : outcomeOf(next++),
  )
}

function rehearsed(outcome: Outcome | undefined): RehearsedOutcome {
  if (outcome === undefined) throw new RangeError('an event was left undecided')
  return typeof outcome === 'string' ? { outcome } : { outcome: 'quarantined', rejection: outcome }
}
