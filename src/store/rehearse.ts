import { decide } from '../booking/decide.ts'
import type { Outcome } from '../booking/ledger.ts'
import type { MovementEvent } from '../message/event.ts'
import type { Database } from './database.ts'
import { NearState } from './near-state.ts'
import { readKnown } from './read-known.ts'
import { settle } from './settle-decision.ts'

/**
 * What would become of the events if they were booked now, in this order, and nothing else came between: the same
 * core decides, on a snapshot. Takes no lock and writes nothing; the near state is not touched. Throws a Fault.
 */
export async function rehearse(
  database: Database,
  events: readonly MovementEvent[],
): Promise<readonly Outcome[]> {
  if (events.length === 0) return []
  return await database.snapshot(async (session) => {
    const known = await readKnown(session, events, new NearState(0))
    const { outcomes } = await settle(decide(events, known), session)
    return outcomes
  })
}
