/**
 * The headers by which this program marks what it writes to the topic. All of them begin alike, and only the producer
 * adds them: in what comes by HTTP, or out of quarantine, a header of such a name is left out.
 */
import type { MessageHeader } from './message.ts'

const ownPrefix = 'bincard-'

/** Who gave a message to us. */
export type Origin = 'http' | 'opening-stock' | 'redrive' | 'command'

/** Where a message from quarantine stood in the log at first: topic id, partition and offset, with colons between. */
const redrivenFrom = 'bincard-redriven-from'
/** Its number in quarantine, also at first. */
const quarantineId = 'bincard-quarantine-id'
/** A person has said that it counts although an equal report is booked. */
const accepted = 'bincard-accepted'

/** What we write ourselves: others could write anything under these names. */
const firstOrigin = {
  [redrivenFrom]: /^[0-9a-f-]{36}:\d{1,10}:\d{1,16}$/,
  [quarantineId]: /^\d{1,16}$/,
}

export function originMark(origin: Origin): MessageHeader {
  return mark('bincard-origin', origin)
}

/** A message that was in quarantine, by its number and its place there. */
export interface Quarantined {
  readonly quarantineId: number
  readonly topicId: string
  readonly partition: number
  readonly offset: number
  readonly headers: readonly MessageHeader[]
}

/** The marks of a message that leaves quarantine; one that was there before keeps its first origin. */
export function redriveMarks(from: Quarantined, { isAccepted }: { isAccepted: boolean }): MessageHeader[] {
  const before = Object.entries(firstOrigin).map(([name, form]) =>
    from.headers.find((one) => isNamed(one, name) && form.test(String(one.value))),
  )
  const here = [
    mark(redrivenFrom, `${from.topicId}:${from.partition}:${from.offset}`),
    mark(quarantineId, String(from.quarantineId)),
  ]
  const origin = before.every((one) => one !== undefined) ? before : here
  return isAccepted ? [...origin, mark(accepted, 'true')] : origin
}

/** Whether the message counts although an equal report is booked. */
export function isMarkedAccepted(headers: readonly MessageHeader[]): boolean {
  return headers.some((one) => isNamed(one, accepted))
}

/** The headers that are not ours. */
export function withoutMarks(headers: readonly MessageHeader[]): MessageHeader[] {
  return headers.filter(({ name }) => !name.toString('latin1').toLowerCase().startsWith(ownPrefix))
}

function mark(name: string, value: string): MessageHeader {
  return { name: Buffer.from(name), value: Buffer.from(value) }
}

function isNamed({ name, value }: MessageHeader, wanted: string): boolean {
  return value !== null && name.length === wanted.length && name.toString('latin1') === wanted
}
