/** What became of messages that were produced here: waits until they are booked, then reads it. */
import { Fault } from './fault.ts'
import type { ProducedAt } from './kafka/producer.ts'
import type { MovementEvent } from './message/event.ts'
import type { BookedPositions } from './store/booked-positions.ts'
import type { Database } from './store/database.ts'
import { readOutcomes, type FinalOutcome } from './store/read-outcomes.ts'

/** An event, and where its message is in the log. */
export interface ProducedEvent {
  readonly event: MovementEvent
  readonly place: ProducedAt
}

/** What became of a message in the log. `accepted`: it was not booked yet when the wait ended. */
export type ProducedOutcome = (FinalOutcome | { readonly outcome: 'accepted' }) & {
  readonly place: ProducedAt
}

export interface OutcomeParts {
  readonly database: Database
  readonly positions: Pick<BookedPositions, 'wait'>
  /** Longest wait for the booking. */
  readonly bookingWaitMs: number
}

/**
 * The outcome of each, in their order. If the wait ends first, all of them are `accepted`: they are in the log by
 * now, and a database that is away changes nothing of that.
 */
export async function awaitOutcomes(
  parts: OutcomeParts,
  produced: readonly ProducedEvent[],
): Promise<ProducedOutcome[]> {
  const finals = await waitForFinals(parts, produced)
  return produced.map(({ place }, index): ProducedOutcome => {
    const final = finals?.[index]
    return final === undefined ? { outcome: 'accepted', place } : { ...final, place }
  })
}

async function waitForFinals(
  { database, positions, bookingWaitMs }: OutcomeParts,
  produced: readonly ProducedEvent[],
): Promise<FinalOutcome[] | null> {
  if (produced.length === 0) return []
  if (bookingWaitMs <= 0) return null
  try {
    const isBooked = await positions.wait(
      produced.map(({ place }) => place),
      bookingWaitMs,
    )
    if (!isBooked) return null
    return await readOutcomes(
      database,
      produced.map(({ event, place }) => ({ event, ...place })),
    )
  } catch (error) {
    if (error instanceof Fault && error.kind !== 'halt') return null
    throw error
  }
}
