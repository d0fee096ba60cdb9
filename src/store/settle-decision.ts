import type { Decision, HeldPage, HeldRequest } from '../booking/ledger.ts'
import type { Queryable } from './database.ts'
import { readMoreHeld } from './read-known.ts'

/** Drives a decision to its end: the core asks for more held departures, the store answers. */
export async function settle(
  deciding: Generator<HeldRequest, Decision, HeldPage>,
  db: Queryable,
): Promise<Decision> {
  let step = deciding.next()
  while (step.done !== true) step = deciding.next(await readMoreHeld(db, step.value))
  return step.value
}
