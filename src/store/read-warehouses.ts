import type { Micros, WarehouseId } from '../message/event.ts'
import type { Queryable } from './database.ts'
import { cutPage, type Page, type PageAfter } from './page.ts'

export interface Warehouse {
  readonly warehouseId: WarehouseId
  /** The short code under which it reported last; null if it never had one. */
  readonly source: string | null
  readonly lastRecordedAt: Micros
}

/** All warehouses that any accepted event mentions, by id; `within` leaves out all others. */
export async function readWarehouses(
  db: Queryable,
  within: ReadonlySet<WarehouseId> | null,
  { after, limit }: PageAfter<WarehouseId>,
): Promise<Page<Warehouse, WarehouseId>> {
  const { condition, values } = warehousesFrom({ after, within }, [limit + 1])
  const rows = await db.query<Warehouse>(
    `select warehouse_id as "warehouseId", source, last_recorded_at as "lastRecordedAt"
     from warehouse where ${condition} order by warehouse_id limit $1`,
    values,
  )
  const { items, next } = cutPage(rows, { limit, walked: limit + 1 })
  return { items, next: next?.warehouseId ?? null }
}

/** Which warehouses come after a place, and are within a choice: a condition for the table, and all values with it. */
export function warehousesFrom(
  { after, within }: { after: WarehouseId | null; within: ReadonlySet<WarehouseId> | null },
  others: readonly unknown[],
): { condition: string; values: unknown[] } {
  const values = [...others]
  const value = (next: unknown): string => `$${values.push(next)}`
  const conditions = [
    ...(after === null ? [] : [`warehouse_id > ${value(after)}`]),
    ...(within === null ? [] : [`warehouse_id = any(${value([...within])}::uuid[])`]),
  ]
  return { condition: conditions.join(' and ') || 'true', values }
}

/** Whether any accepted event mentions the warehouse. */
export async function warehouseIsKnown(db: Queryable, warehouseId: WarehouseId): Promise<boolean> {
  const rows = await db.query('select from warehouse where warehouse_id = $1', [warehouseId])
  return rows.length > 0
}
