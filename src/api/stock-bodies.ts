/** Items of the lists about stock. */
import { Type, type Static } from 'typebox'
import { formatTimestamp } from '../message/timestamp.ts'
import type { Held } from '../store/read-held.ts'
import type { Quantity } from '../store/read-quantities.ts'
import type { Warehouse } from '../store/read-warehouses.ts'
import { definePage } from './page-query.ts'
import { listed } from './samples.ts'
import { define, nullable, timestamp, uuid } from './schema.ts'

const WarehouseSchema = define(
  'Warehouse',
  Type.Object({
    warehouse_id: uuid('The warehouse.'),
    source: nullable(Type.String({ description: 'The short code under which it reported last.' })),
    last_recorded_at: timestamp('When a report of it was recorded last.'),
  }),
)

export const WarehousePageSchema = definePage(WarehouseSchema, {
  description: 'Warehouses by id.',
  example: listed.warehouse,
})

export const QuantitySchema = define(
  'Quantity',
  Type.Object({
    warehouse_id: uuid('The warehouse.'),
    product_id: uuid('The product.'),
    quantity: Type.Integer({ minimum: 0, description: 'The stock: the balance of the last line.' }),
    last_line: Type.Integer({ minimum: 0, description: 'Number of the last line; 0 if there is none.' }),
    updated_at: nullable(timestamp('When the last line was written; null if there is none.')),
  }),
)

export const QuantityPageSchema = definePage(QuantitySchema, {
  description: 'The stock on several cards.',
  example: listed.quantity,
})

const HeldSchema = define(
  'HeldDeparture',
  Type.Object({
    warehouse_id: uuid('The warehouse that reports the departure.'),
    product_id: uuid('The product.'),
    movement_id: uuid('The movement.'),
    quantity: Type.Integer({ minimum: 1, description: 'Pieces that left, by the report.' }),
    balance: Type.Integer({ minimum: 0, description: 'The stock on the card.' }),
    missing: Type.Integer({ minimum: 1, description: 'Quantity minus balance: what would release it.' }),
    timestamp: timestamp('When it happened, by the clock of the warehouse.'),
    recorded_at: timestamp('When it was recorded here.'),
  }),
)

export const HeldPageSchema = definePage(HeldSchema, {
  description: 'Departures that wait for stock, card by card.',
  example: listed.held,
})

/** What the schemas of the routes refer to. */
export const stockSchemas = [
  WarehouseSchema,
  WarehousePageSchema,
  QuantitySchema,
  QuantityPageSchema,
  HeldSchema,
  HeldPageSchema,
]

export function warehouseBody(row: Warehouse): Static<typeof WarehouseSchema> {
  const { warehouseId, source, lastRecordedAt } = row
  return { warehouse_id: warehouseId, source, last_recorded_at: formatTimestamp(lastRecordedAt) }
}

export function quantityBody(card: Quantity): Static<typeof QuantitySchema> {
  return {
    warehouse_id: card.warehouseId,
    product_id: card.productId,
    quantity: card.quantity,
    last_line: card.lastLine,
    updated_at: card.updatedAt === null ? null : formatTimestamp(card.updatedAt),
  }
}

export function heldBody(held: Held): Static<typeof HeldSchema> {
  return {
    warehouse_id: held.warehouseId,
    product_id: held.productId,
    movement_id: held.movementId,
    quantity: held.quantity,
    balance: held.balance,
    missing: held.quantity - held.balance,
    timestamp: formatTimestamp(held.occurredAt),
    recorded_at: formatTimestamp(held.recordedAt),
  }
}
