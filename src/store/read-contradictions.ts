import { isRival } from '../booking/identity.ts'
import type { RecordedLeg } from '../booking/movement-view.ts'
import { decode } from '../message/decode.ts'
import type { Queryable } from './database.ts'
import { readMovementPair } from './read-movement.ts'
import type { QuarantinedMessage } from './read-quarantine.ts'

/** The rejections that say: something else is booked. */
const codes: ReadonlySet<string> = new Set(['possible_duplicate', 'departure_conflict', 'arrival_conflict'])

/**
 * The accepted reports of the same movement and product that speak against the message as they stand now: at most
 * 1,000 arrivals. What it has become itself, once it was accepted, is none of them.
 */
export async function readContradictions(
  db: Queryable,
  message: QuarantinedMessage,
): Promise<readonly RecordedLeg[]> {
  if (!codes.has(message.code)) return []
  const event = decode(message, message.receivedAt)
  if (event.kind === 'rejected') return []
  const { redrivenTo } = message
  const legs = await readMovementPair(db, event)
  return legs.filter(
    (leg) =>
      isRival(event, leg) && !(leg.partition === redrivenTo?.partition && leg.offset === redrivenTo.offset),
  )
}
