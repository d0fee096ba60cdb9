/** What `POST /api/events` takes, for the description. Whether it is right is for decoding to say, event by event. */
import { Type } from 'typebox'
import { eventKinds } from '../message/event.ts'
import { eventMediaTypes } from './given-events.ts'
import { departureEvent } from './samples.ts'
import { define, nullable, ref, timePattern, word } from './schema.ts'
import { maxBatchEvents } from './split-batch.ts'

export const eventsUrl = '/api/events'

const id = (description: string) =>
  Type.String({ format: 'uuid', description: `${description} Of any version, in either case.` })

/** PostgreSQL has no U+0000. Length counts code points, here as there. */
const storable = { pattern: '^[^\\u0000]*$', maxLength: 255 }
const text = (description: string) => Type.String({ ...storable, minLength: 1, description })

const MovementDataSchema = define(
  'MovementData',
  Type.Object(
    {
      movement_id: id('Shared by the departure and its arrivals.'),
      warehouse_id: id('Where it happened.'),
      product_id: id('What was moved.'),
      event: word(eventKinds, 'Goods left, or goods came.'),
      timestamp: Type.String({
        pattern: timePattern,
        description: 'When it happened: RFC 3339, to the microsecond; UTC if it has no offset.',
      }),
      quantity: Type.Integer({
        minimum: 0,
        maximum: 1e12,
        description: 'Pieces; of a departure at least 1, of an arrival 0 if nothing came.',
      }),
    },
    { description: 'What a warehouse reports.', examples: [departureEvent.data] },
  ),
)

const MovementMessageSchema = define(
  'MovementMessage',
  Type.Object(
    {
      specversion: word(['1.0'], 'Of CloudEvents.'),
      type: word(['ru.retail.warehouses.movement'], 'The one type that is read.'),
      source: text('The short code of the warehouse.'),
      id: text('Of the message.'),
      subject: Type.Optional(
        nullable(
          Type.String({ description: 'May end in `:DEPARTURE` or `:ARRIVAL`, if the data say so, too.' }),
        ),
      ),
      dataschema: Type.Optional(
        nullable(
          Type.String({ ...storable, description: 'If it ends in a version, its first number must be 1.' }),
        ),
      ),
      time: Type.Optional(
        Type.Union([Type.Integer(), Type.String({ pattern: timePattern }), Type.Null()], {
          description: 'When it was sent: milliseconds since 1970, or RFC 3339. Not used.',
        }),
      ),
      data: ref(MovementDataSchema),
    },
    {
      additionalProperties: true,
      description: 'A CloudEvent as it is in Kafka; more attributes may be there.',
      examples: [departureEvent],
    },
  ),
)

/** What the description of the request refers to. */
export const eventSchemas = [MovementDataSchema, MovementMessageSchema]

export const eventsRequestBody = {
  content: {
    [eventMediaTypes.event]: { schema: ref(MovementMessageSchema) },
    [eventMediaTypes.batch]: {
      schema: { type: 'array', minItems: 1, maxItems: maxBatchEvents, items: ref(MovementMessageSchema) },
    },
    [eventMediaTypes.json]: { schema: { anyOf: [ref(MovementMessageSchema), ref(MovementDataSchema)] } },
  },
}
