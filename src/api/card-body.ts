import { Type, type Static } from 'typebox'
import { eventKinds, type CardKey } from '../message/event.ts'
import { formatTimestamp } from '../message/timestamp.ts'
import type { CardPage, HistoryLine } from '../store/read-card.ts'
import { cardCursor, encodeCursor } from './cursor.ts'
import { MovementStatusSchema } from './movement-body.ts'
import { receiversCard, sendersHeldCard } from './samples.ts'
import { define, nullable, ref, timestamp, uuid, word } from './schema.ts'

const CardLineSchema = define(
  'CardLine',
  Type.Object(
    {
      line: Type.Integer({ minimum: 1, description: 'Its number on the card, without gaps.' }),
      event: word(eventKinds, 'Goods left, or goods came.'),
      change: Type.Integer({ description: 'Pieces; negative for a departure.' }),
      balance: Type.Integer({ minimum: 0, description: 'The stock after this line.' }),
      movement_id: uuid('The movement.'),
      counterparty_warehouse_id: nullable(
        uuid('Where the goods came from, or the first place they came to. Null while that is not known.'),
      ),
      status: ref(MovementStatusSchema),
      timestamp: timestamp('When it happened, by the clock of the warehouse.'),
      recorded_at: timestamp('When the line was written.'),
    },
    { description: 'One booked event on a card. Lines never change and are never removed.' },
  ),
)

export const CardSchema = define(
  'Card',
  Type.Object(
    {
      warehouse_id: uuid('The warehouse.'),
      product_id: uuid('The product.'),
      quantity: Type.Integer({ minimum: 0, description: 'The stock: the balance of the last line.' }),
      held_quantity: Type.Unsafe<bigint>({
        type: 'integer',
        minimum: 0,
        description: 'The sum of departures that wait for stock. The digits are exact, also beyond 2^53.',
      }),
      last_line: Type.Integer({ minimum: 0, description: 'Number of the last line; 0 if there is none.' }),
      updated_at: nullable(timestamp('When the last line was written; null if there is none.')),
      history: Type.Array(ref(CardLineSchema), { description: 'The newest line first.' }),
      next_cursor: nullable(
        Type.String({ description: 'Pass it as `cursor` for the lines before; null at the first line.' }),
      ),
    },
    {
      description: 'The stock of one product in one warehouse, all of one moment.',
      examples: [receiversCard, sendersHeldCard],
    },
  ),
)

/** What `CardSchema` refers to, beside `movementSchemas`. */
export const cardSchemas = [CardLineSchema, CardSchema]

export function cardBody(card: CardKey, page: CardPage): Static<typeof CardSchema> {
  return {
    warehouse_id: card.warehouseId,
    product_id: card.productId,
    quantity: page.quantity,
    held_quantity: page.heldQuantity,
    last_line: page.lastLine,
    updated_at: page.updatedAt === null ? null : formatTimestamp(page.updatedAt),
    history: page.history.map(lineBody),
    next_cursor: page.nextBefore === null ? null : encodeCursor(cardCursor(card), page.nextBefore),
  }
}

function lineBody(line: HistoryLine): Static<typeof CardLineSchema> {
  return {
    line: line.line,
    event: line.kind,
    change: line.change,
    balance: line.balance,
    movement_id: line.movementId,
    counterparty_warehouse_id: line.counterpartyId,
    status: line.status,
    timestamp: formatTimestamp(line.occurredAt),
    recorded_at: formatTimestamp(line.recordedAt),
  }
}
