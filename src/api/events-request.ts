/** What `POST /api/events` takes, for the description. Whether it is right is for decoding to say, event by event. */
import { Type } from 'typebox'
import { eventKinds } from '../message/event.ts'
import { eventMediaTypes } from './given-events.ts'
import { departureEvent } from './samples.ts'
import { define, ref, word } from './schema.ts'
import { maxBatchEvents } from './split-batch.ts'

export const eventsUrl = '/api/events'

const id = (description: string) =>
  Type.String({ format: 'uuid', description: `${description} Of any version, in either case.` })

const MovementDataSchema = define(
  'MovementData',
  Type.Object(
    {
      movement_id: id('Shared by the departure and its arrivals.'),
      warehouse_id: id('Where it happened.'),
      product_id: id('What was moved.'),
      event: word(eventKinds, 'Goods left, or goods came.'),
      timestamp: Type.String({
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
      source: Type.String({ description: 'The short code of the warehouse.' }),
      id: Type.String({ description: 'Of the message.' }),
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
