/** A message in quarantine as it is shown: in the list without its bytes, by itself with them. */
import { isUtf8 } from 'node:buffer'
import { Type, type Static } from 'typebox'
import type { RecordedLeg } from '../booking/movement-view.ts'
import { formatTimestamp } from '../message/timestamp.ts'
import {
  quarantineStatuses,
  type Claim,
  type QuarantinedMessage,
  type QuarantineItem,
} from '../store/read-quarantine.ts'
import { eventBody, MovementEventSchema } from './movement-body.ts'
import { definePage } from './page-query.ts'
import { quarantinedItem, quarantinedMessage } from './samples.ts'
import { define, nullable, ref, timestamp, uuid, word } from './schema.ts'

/** Who and when, of something that was decided. */
export const deciderDescription = 'The name of the API key, or `anonymous` where there are no keys.'

const PlaceSchema = Type.Object(
  {
    topic_id: uuid('Of the topic.'),
    partition: Type.Integer({ minimum: 0, description: 'Of the topic.' }),
    offset: Type.Integer({ minimum: 0, description: 'In the partition.' }),
  },
  { description: 'Where the message is in the log again; null unless it was redriven.' },
)

const itemProperties = {
  quarantine_id: Type.Integer({ minimum: 1, description: 'The number of the message in quarantine.' }),
  code: Type.String({ description: 'Why it was not booked: a stable code.' }),
  field: nullable(Type.String({ description: 'The path of the field at fault, if it is one field.' })),
  detail: Type.String({ description: 'The same in a sentence.' }),
  status: word(
    quarantineStatuses,
    '`open`: it waits for a person. `redriven`: it was written to the topic again. `discarded`: it is not to be booked.',
  ),
  received_at: timestamp('When it was read from the topic.'),
  topic: Type.String({ description: 'The topic that it was read from.' }),
  partition: Type.Integer({ minimum: 0, description: 'Partition of that topic.' }),
  offset: Type.Integer({ minimum: 0, description: 'Place in the partition.' }),
  movement_id: nullable(uuid('The movement, where it could be read.')),
  redrive_begun_at: nullable(
    timestamp('When somebody began to redrive it. Of an open message: it was interrupted, or is under way.'),
  ),
  settled_at: nullable(timestamp('When it was redriven or discarded.')),
  settled_by: nullable(Type.String({ description: `Who decided that. ${deciderDescription}` })),
  reason: nullable(Type.String({ description: 'Why it was discarded.' })),
  redriven_to: nullable(PlaceSchema),
}

export const QuarantineItemSchema = define('QuarantineItem', Type.Object(itemProperties))

export const QuarantinePageSchema = definePage(QuarantineItemSchema, {
  description: 'Messages in quarantine, the oldest first, without what they say.',
  example: quarantinedItem,
})

const BytesSchema = define(
  'Bytes',
  Type.Object(
    {
      encoding: word(
        ['utf-8', 'base64'],
        'What `data` is: the text itself, or, where it is none, the bytes in Base64.',
      ),
      data: Type.String(),
    },
    { description: 'Bytes as they are.' },
  ),
)

const nullableBytes = (description: string) => Type.Union([ref(BytesSchema), Type.Null()], { description })

export const QuarantinedMessageSchema = define(
  'QuarantinedMessage',
  Type.Object(
    {
      ...itemProperties,
      key: nullableBytes('Of the Kafka record.'),
      value: nullableBytes('Of the Kafka record; null for a tombstone.'),
      headers: Type.Array(
        Type.Object({ name: ref(BytesSchema), value: nullableBytes('Null is no value.') }),
        {
          description: 'Of the Kafka record, in their order.',
        },
      ),
      conflicts_with: Type.Array(ref(MovementEventSchema), {
        description:
          'Of `possible_duplicate`, `departure_conflict` and `arrival_conflict`: the accepted reports of the same movement and product that speak against it now.',
      }),
      redrive: nullable(
        Type.Object(
          {
            begun_at: timestamp('When.'),
            begun_by: Type.String({ description: deciderDescription }),
            accepted: Type.Boolean({ description: 'It counts although an equal report is booked.' }),
            message: nullableBytes('What was sent in place of the value; null for the message as it is.'),
          },
          {
            description:
              'What somebody has begun to redrive; null if nobody has. While the message is open it may be in the log or not: sending the same again finishes it.',
          },
        ),
      ),
    },
    { description: 'A message in quarantine, whole.', examples: [quarantinedMessage] },
  ),
)

/** What the schemas of the routes refer to. */
export const quarantineSchemas = [
  QuarantineItemSchema,
  QuarantinePageSchema,
  BytesSchema,
  QuarantinedMessageSchema,
]

export function quarantineItemBody(item: QuarantineItem): Static<typeof QuarantineItemSchema> {
  const { redrivenTo } = item
  return {
    quarantine_id: item.quarantineId,
    code: item.code,
    field: item.field,
    detail: item.detail,
    status: item.status,
    received_at: formatTimestamp(item.receivedAt),
    topic: item.topic,
    partition: item.partition,
    offset: item.offset,
    movement_id: item.movementId,
    redrive_begun_at: item.claimedAt === null ? null : formatTimestamp(item.claimedAt),
    settled_at: item.settledAt === null ? null : formatTimestamp(item.settledAt),
    settled_by: item.settledBy,
    reason: item.reason,
    redriven_to:
      redrivenTo === null
        ? null
        : { topic_id: redrivenTo.topicId, partition: redrivenTo.partition, offset: redrivenTo.offset },
  }
}

export function quarantinedMessageBody(
  message: QuarantinedMessage,
  conflicts: readonly RecordedLeg[],
): Static<typeof QuarantinedMessageSchema> {
  return {
    ...quarantineItemBody(message),
    key: nullableBytesBody(message.key),
    value: nullableBytesBody(message.value),
    headers: message.headers.map(({ name, value }) => ({
      name: bytesBody(name),
      value: nullableBytesBody(value),
    })),
    conflicts_with: conflicts.map(eventBody),
    redrive: message.claim === null ? null : claimBody(message.claim),
  }
}

function claimBody({ at, by, accepted, correction }: Claim) {
  return {
    begun_at: formatTimestamp(at),
    begun_by: by,
    accepted,
    message: nullableBytesBody(correction),
  }
}

function nullableBytesBody(bytes: Buffer | null): Static<typeof BytesSchema> | null {
  return bytes === null ? null : bytesBody(bytes)
}

function bytesBody(bytes: Buffer): Static<typeof BytesSchema> {
  return isUtf8(bytes)
    ? { encoding: 'utf-8', data: bytes.toString() }
    : { encoding: 'base64', data: bytes.toString('base64') }
}
