/** The messages of the stream, as they are sent and as the OpenAPI document describes them. */
import { Type, type Static, type TSchema } from 'typebox'
import { mostSeen, type ChangeKind, type SeenChanges } from '../booking/changes.ts'
import { eventKinds } from '../message/event.ts'
import { formatTimestamp } from '../message/timestamp.ts'
import { samples, streamed } from './samples.ts'
import { define, ref, timestamp, uuid, word } from './schema.ts'

const CountsSchema = define(
  'ChangeCounts',
  Type.Object(
    {
      booked: count('Events that have their line.'),
      held: count('Departures that wait for stock from now on.'),
      released: count('Departures that waited, and have their line now.'),
      duplicate: count('Events that were known already.'),
      quarantined: count('Messages that wait for a person.'),
    } satisfies Record<ChangeKind, TSchema>,
    { description: 'By what became of them.' },
  ),
)

const BookedLineSchema = define(
  'BookedLine',
  Type.Object({
    warehouse_id: uuid('The warehouse.'),
    product_id: uuid('The product.'),
    movement_id: uuid('The movement.'),
    event: word(eventKinds, 'Goods left, or goods came.'),
    line: Type.Integer({ minimum: 1, description: 'Its number on the card.' }),
    change: Type.Integer({ description: 'Pieces; negative for a departure.' }),
    balance: Type.Integer({ minimum: 0, description: 'The stock after this line.' }),
    released: Type.Boolean({ description: 'The departure was held before.' }),
    timestamp: timestamp('When it happened, by the clock of the warehouse.'),
    recorded_at: timestamp('When the line was written.'),
  }),
)

const NewlyHeldSchema = define(
  'NewlyHeld',
  Type.Object({
    warehouse_id: uuid('The warehouse.'),
    product_id: uuid('The product.'),
    movement_id: uuid('The movement.'),
    quantity: Type.Integer({ minimum: 1, description: 'Pieces that left, by the report.' }),
    timestamp: timestamp('When it happened, by the clock of the warehouse.'),
    recorded_at: timestamp('When it was recorded here.'),
  }),
)

const CardNameSchema = define(
  'CardName',
  Type.Object({ warehouse_id: uuid('The warehouse.'), product_id: uuid('The product.') }),
)

const ChangesSchema = define(
  'Changes',
  Type.Object(
    {
      counts: ref(CountsSchema),
      bookings: list(BookedLineSchema, 'The newest first.'),
      held: list(NewlyHeldSchema, 'The newest first.'),
      cards: list(CardNameSchema, 'Cards of which events came.'),
      movements: Type.Array(uuid('A movement.'), {
        maxItems: 2 * mostSeen,
        description: 'Those of `bookings` and `held`, each once.',
      }),
      more: Type.Boolean({
        description:
          'There may be more than the lists tell; with `product_id`, or a key limited to warehouses, also more than the counts. A page that shows something else should look, too.',
      }),
    },
    { description: 'What has changed since the message before.', examples: [streamed.changes] },
  ),
)

const ChangesMessageSchema = defineMessage('changes', ref(ChangesSchema), {
  about: 'Something has changed.',
  data: streamed.changes,
})

const ReadyMessageSchema = defineMessage(
  'ready',
  Type.Object({ resumed: Type.Boolean({ description: 'All since `Last-Event-ID` has been told.' }) }),
  {
    about: 'The first message, unless it is a `reset`: what comes from now on is told.',
    data: { resumed: false },
  },
)

const ResetMessageSchema = defineMessage('reset', Type.Object({}), {
  about: 'Some of what happened cannot be told any more: load again whatever you show.',
  data: {},
})

/** What the schema of the route refers to. */
export const streamSchemas = [
  CountsSchema,
  BookedLineSchema,
  NewlyHeldSchema,
  CardNameSchema,
  ChangesSchema,
  ChangesMessageSchema,
  ReadyMessageSchema,
  ResetMessageSchema,
]

/** Any of the messages. */
export const StreamMessageSchema = Type.Unsafe<unknown>({
  oneOf: [ref(ReadyMessageSchema), ref(ChangesMessageSchema), ref(ResetMessageSchema)],
})

export function changesBody({ counts, lines, held, cards, more }: SeenChanges): Static<typeof ChangesSchema> {
  return {
    counts,
    bookings: lines.map((line) => ({
      warehouse_id: line.warehouseId,
      product_id: line.productId,
      movement_id: line.movementId,
      event: line.kind,
      line: line.line,
      change: line.change,
      balance: line.balance,
      released: line.isReleased,
      timestamp: formatTimestamp(line.occurredAt),
      recorded_at: formatTimestamp(line.recordedAt),
    })),
    held: held.map((leg) => ({
      warehouse_id: leg.warehouseId,
      product_id: leg.productId,
      movement_id: leg.movementId,
      quantity: leg.quantity,
      timestamp: formatTimestamp(leg.occurredAt),
      recorded_at: formatTimestamp(leg.recordedAt),
    })),
    cards: cards.map(({ warehouseId, productId }) => ({ warehouse_id: warehouseId, product_id: productId })),
    movements: [...new Set([...lines, ...held].map(({ movementId }) => movementId))],
    more,
  }
}

function count(description: string) {
  return Type.Integer({ minimum: 0, description })
}

function list<Item extends TSchema & { readonly $id: string }>(item: Item, description: string) {
  return Type.Array(ref(item), { maxItems: mostSeen, description })
}

function defineMessage<Data extends TSchema>(
  event: 'ready' | 'changes' | 'reset',
  data: Data,
  { about, data: example }: { readonly about: string; readonly data: unknown },
) {
  return define(
    `${event[0]?.toUpperCase()}${event.slice(1)}Message`,
    Type.Object(
      {
        event: word([event], 'The `event:` of the message.'),
        id: Type.String({ description: 'The `id:` of the message, for `Last-Event-ID`. Opaque.' }),
        data,
      },
      { description: about, examples: [{ event, id: samples.streamId, data: example }] },
    ),
  )
}
