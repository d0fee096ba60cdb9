/** Rows of both ledgers, written as the booking would write them, for tests that only read. */
import type { MovementId, ProductId, WarehouseId } from '../../src/message/event.ts'
import type { Queryable } from '../../src/store/database.ts'

export const north = '00000000-0000-4000-8000-00000000000a' as WarehouseId
export const south = '00000000-0000-4000-8000-00000000000b' as WarehouseId
export const west = '00000000-0000-4000-8000-00000000000c' as WarehouseId
export const tea = '00000000-0000-4000-8000-000000000001' as ProductId
export const rice = '00000000-0000-4000-8000-000000000002' as ProductId

/** The nth movement. */
export function movement(number: number): MovementId {
  return `00000000-0000-4000-9000-${String(number).padStart(12, '0')}` as MovementId
}

export interface LegRow {
  readonly movementId: MovementId
  readonly productId?: ProductId
  /** 0 is the departure. */
  readonly leg: number
  readonly warehouseId: WarehouseId
  readonly quantity?: number
  readonly occurredAt?: string
  readonly recordedAt?: string
  readonly source?: string
  readonly messageId?: string
  readonly offset?: number
  /** Null while it is held. */
  readonly line: number | null
  /** On its card after this line. */
  readonly balance?: number
}

/** A leg, and its line if it has one. */
export async function insertLeg(db: Queryable, row: LegRow): Promise<void> {
  const { movementId, productId = tea, leg, warehouseId, quantity = 100, line, offset = 0 } = row
  const { occurredAt = '2025-02-18T12:00:00Z', recordedAt = '2025-02-18T12:00:01Z', source = 'WH-0001' } = row
  await db.query(
    `insert into movement_leg (movement_id, product_id, leg, warehouse_id, quantity, occurred_at, source, message_id,
       kafka_partition, kafka_offset, recorded_at, line)
     values ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9, $10, $11)`,
    [
      movementId,
      productId,
      leg,
      warehouseId,
      quantity,
      occurredAt,
      source,
      row.messageId ?? 'm',
      offset,
      recordedAt,
      line,
    ],
  )
  if (line === null) return
  const change = leg === 0 ? -quantity : quantity
  await db.query(
    `insert into card_line (warehouse_id, product_id, line, movement_id, leg, change, balance, occurred_at, recorded_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [warehouseId, productId, line, movementId, leg, change, row.balance ?? quantity, occurredAt, recordedAt],
  )
}

/** Lines `from` to `to` of tea in the north: arrivals of one piece each, a movement for each. */
export async function insertArrivals(
  db: Queryable,
  { from, to }: { from: number; to: number },
): Promise<void> {
  for (let line = from; line <= to; line += 1) {
    const row = { movementId: movement(line), leg: 1, warehouseId: north, quantity: 1 }
    await insertLeg(db, { ...row, line, balance: line, offset: line })
  }
}

/** Warehouses with their short codes. */
export async function insertWarehouses(db: Queryable, sources: Record<string, string | null>): Promise<void> {
  for (const [id, source] of Object.entries(sources)) {
    await db.query(
      `insert into warehouse (warehouse_id, token, last_recorded_at, source)
       values ($1, gen_random_uuid(), '2025-02-18T12:00:01Z', $2)`,
      [id, source],
    )
  }
}
