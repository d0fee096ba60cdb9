import { Type, type Static } from 'typebox'
import {
  kindOf,
  movementFlags,
  movementStatuses,
  type MovementEntry,
  type MovementView,
  type Receiver,
  type RecordedLeg,
  type Sender,
} from '../booking/movement-view.ts'
import { eventKinds, type MovementId } from '../message/event.ts'
import { formatTimestamp } from '../message/timestamp.ts'
import { completedMovement, heldMovement } from './samples.ts'
import { define, nullable, ref, timestamp, uuid, word } from './schema.ts'

export const MovementStatusSchema = define(
  'MovementStatus',
  word(
    movementStatuses,
    [
      'The first that fits. `opening_stock`: what a card began with; no other side belongs to it. `mismatched`: one product only departed, another only arrived.',
      '`departure_held`: the departure is known and larger than the stock, so stock has not changed there.',
      '`awaiting_departure`: arrived, no departure known. `in_transit`: departed, nothing arrived.',
      '`completed`, `short`, `over`: the arrivals add up to as much as, less than, more than departed.',
    ].join(' '),
  ),
)

const MovementFlagSchema = define(
  'MovementFlag',
  word(
    movementFlags,
    [
      '`product_mismatch`: see status `mismatched`. `clock_skew`: it arrived before it departed.',
      '`same_warehouse`: it arrived where it departed. `partial_deliveries`: it arrived in more than one delivery.',
      '`future_timestamp`: a timestamp is later than the moment at which its event was recorded.',
    ].join(' '),
  ),
)

const senderProperties = {
  warehouse_id: uuid('The warehouse.'),
  source: Type.String({ description: 'The short code of the warehouse that sent the event.' }),
  timestamp: timestamp('When the goods left.'),
  quantity: Type.Integer({ minimum: 1, description: 'Pieces.' }),
}

const SenderSchema = Type.Object(senderProperties, { description: 'Null while no departure is known.' })

const ReceiverSchema = Type.Object(
  {
    ...senderProperties,
    timestamp: timestamp('When the last delivery came.'),
    quantity: Type.Integer({ minimum: 0, description: 'Pieces, all deliveries together.' }),
    deliveries: Type.Integer({ minimum: 1, description: 'How many there were; `events` lists them.' }),
  },
  { description: 'Null while nothing arrived. Of several deliveries: warehouse and source of the first.' },
)

const entryProperties = {
  status: ref(MovementStatusSchema),
  product_id: uuid('The product.'),
  sender: nullable(SenderSchema),
  receiver: nullable(ReceiverSchema),
  elapsed_seconds: nullable(
    Type.Number({
      description:
        'From the departure to the last arrival, to the microsecond. Negative where the clocks disagree; null until both are known.',
    }),
  ),
  quantity_difference: nullable(
    Type.Integer({ description: 'Arrived minus departed; null until both are known.' }),
  ),
  flags: Type.Array(ref(MovementFlagSchema)),
}

const MovementEntrySchema = define(
  'MovementEntry',
  Type.Object(entryProperties, {
    description: 'One product of a movement.',
  }),
)

export const MovementEventSchema = define(
  'MovementEvent',
  Type.Object(
    {
      event: word(eventKinds, 'Goods left, or goods came.'),
      warehouse_id: uuid('The warehouse that reports.'),
      product_id: uuid('The product.'),
      quantity: Type.Integer({ minimum: 0, description: 'Pieces.' }),
      timestamp: timestamp('When it happened, by the clock of the warehouse.'),
      state: word(
        ['booked', 'held'],
        '`held`: a departure larger than the stock; it waits, stock is unchanged.',
      ),
      card_line: nullable(
        Type.Integer({ minimum: 1, description: 'Its line on the card; null while it is held.' }),
      ),
      source: Type.String({ description: 'CloudEvents `source`.' }),
      message_id: Type.String({ description: 'CloudEvents `id`. Producers repeat them.' }),
      partition: Type.Integer({ minimum: 0, description: 'Partition of the Kafka topic.' }),
      offset: Type.Integer({ minimum: 0, description: 'Place in the partition.' }),
      recorded_at: timestamp('When it was recorded here.'),
    },
    { description: 'One accepted report of a warehouse.' },
  ),
)

export const MovementSchema = define(
  'Movement',
  Type.Object(
    {
      movement_id: uuid('The movement.'),
      ...entryProperties,
      events: Type.Array(ref(MovementEventSchema), {
        description: 'All accepted reports, ordered by timestamp, then warehouse.',
      }),
      products: Type.Optional(
        Type.Array(ref(MovementEntrySchema), {
          description: 'One entry for each product; left out when there is only one.',
        }),
      ),
    },
    {
      description:
        'A movement of goods. Of several products the top level shows the first to depart, or both sides of a `product_mismatch`.',
      examples: [completedMovement, heldMovement],
    },
  ),
)

/** What `MovementSchema` refers to. */
export const movementSchemas = [
  MovementStatusSchema,
  MovementFlagSchema,
  MovementEntrySchema,
  MovementEventSchema,
  MovementSchema,
]

export function movementBody(movementId: MovementId, view: MovementView): Static<typeof MovementSchema> {
  return {
    movement_id: movementId,
    ...entryBody(view),
    events: view.events.map(eventBody),
    ...(view.products === null ? {} : { products: view.products.map(entryBody) }),
  }
}

function entryBody(entry: MovementEntry): Static<typeof MovementEntrySchema> {
  return {
    status: entry.status,
    product_id: entry.productId,
    sender: entry.sender === null ? null : senderBody(entry.sender),
    receiver: entry.receiver === null ? null : receiverBody(entry.receiver),
    elapsed_seconds: entry.elapsedSeconds,
    quantity_difference: entry.quantityDifference,
    flags: [...entry.flags],
  }
}

function senderBody({ warehouseId, source, occurredAt, quantity }: Sender): Static<typeof SenderSchema> {
  return { warehouse_id: warehouseId, source, timestamp: formatTimestamp(occurredAt), quantity }
}

function receiverBody(receiver: Receiver): Static<typeof ReceiverSchema> {
  return { ...senderBody(receiver), deliveries: receiver.deliveries }
}

export function eventBody(leg: RecordedLeg): Static<typeof MovementEventSchema> {
  return {
    event: kindOf(leg),
    warehouse_id: leg.warehouseId,
    product_id: leg.productId,
    quantity: leg.quantity,
    timestamp: formatTimestamp(leg.occurredAt),
    state: leg.line === null ? 'held' : 'booked',
    card_line: leg.line,
    source: leg.source,
    message_id: leg.messageId,
    partition: leg.partition,
    offset: leg.offset,
    recorded_at: formatTimestamp(leg.recordedAt),
  }
}
