/** A quarantined message as a dead letter: itself, with the reason in headers beside its own. Pure. */
import type { MessageHeader } from '../message/message.ts'
import { formatTimestamp } from '../message/timestamp.ts'
import type { DeadLetter } from '../store/read-outbox.ts'

/** The headers that are added, by what they tell; those of the message itself stand before them. */
export function deadLetterMarks(letter: DeadLetter): MessageHeader[] {
  const marks = {
    'bincard-quarantine-id': String(letter.quarantineId),
    'bincard-code': letter.code,
    'bincard-field': letter.field,
    'bincard-detail': letter.detail,
    'bincard-topic': letter.topic,
    'bincard-partition': String(letter.partition),
    'bincard-offset': String(letter.offset),
    'bincard-received-at': formatTimestamp(letter.receivedAt),
  }
  return Object.entries(marks).flatMap(([name, value]) =>
    value === null ? [] : [{ name: Buffer.from(name), value: Buffer.from(value) }],
  )
}

/** Stands beside them where the topic took neither the value nor the headers of the message: it is larger than it may be there. */
export const valueLeftOut: MessageHeader = {
  name: Buffer.from('bincard-left-out'),
  value: Buffer.from('value, headers'),
}
