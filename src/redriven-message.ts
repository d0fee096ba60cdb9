/** A message that leaves quarantine: as it was, or corrected; pure. */
import type { NewMessage } from './kafka/producer.ts'
import { decode, type Decoded } from './message/decode.ts'
import type { Micros } from './message/event.ts'
import { redriveMarks, withoutMarks } from './message/marks.ts'
import type { Claim, QuarantinedMessage } from './store/read-quarantine.ts'

/** What somebody wants to redrive. */
export type Ask = Pick<Claim, 'correction' | 'accepted'>

export const asItIs: Ask = { correction: null, accepted: false }

export function isSameAsk(one: Ask, other: Ask): boolean {
  if (one.accepted !== other.accepted) return false
  if (one.correction === null || other.correction === null) return one.correction === other.correction
  return one.correction.equals(other.correction)
}

/**
 * What would be produced, but for its key, the warehouse. The same ask gives the same message, whoever asks and when. A
 * correction is a whole event, so the headers of the old one do not belong to it.
 */
export function redrivenMessage(
  kept: QuarantinedMessage,
  { correction, accepted }: Ask,
): Omit<NewMessage, 'key'> {
  const marks = redriveMarks(kept, { isAccepted: accepted })
  if (correction !== null) return { value: correction, headers: structured, marks }
  // A header without a value says nothing, and the producer could only write it as an empty one, which would.
  const headers = withoutMarks(kept.headers).filter(({ value }) => value !== null)
  return { value: kept.value ?? Buffer.alloc(0), headers, marks }
}

/** What the intake will read in it. */
export function decodeRedriven(message: Omit<NewMessage, 'key'>, receivedAt: Micros): Decoded {
  const { value, headers, marks = [] } = message
  return decode({ value, headers: [...headers, ...marks], partition: 0, offset: 0, key: null }, receivedAt)
}

const structured = [{ name: Buffer.from('content-type'), value: Buffer.from('application/cloudevents+json') }]
