import type { Micros, WarehouseId } from '../message/event.ts'
import type { Queryable } from './database.ts'
import { cutPage, type Page, type PageAfter } from './page.ts'

export interface Warehouse {
  readonly warehouseId: WarehouseId
  /** The short code under which it reported last; null if it never had one. */
  readonly source: string | null
  readonly lastRecordedAt: Micros
}

/** All warehouses that any accepted event mentions, by id. */
export async function readWarehouses(
  db: Queryable,
  { after, limit }: PageAfter<WarehouseId>,
): Promise<Page<Warehouse, WarehouseId>> {
  const rows = await db.query<Warehouse>(
    `select warehouse_id as "warehouseId", source, last_recorded_at as "lastRecordedAt"
     from warehouse ${after === null ? '' : 'where warehouse_id > $2'} order by warehouse_id limit $1`,
    [limit + 1, ...(after === null ? [] : [after])],
  )
  const { items, next } = cutPage(rows, { limit, walked: limit + 1 })
  return { items, next: next?.warehouseId ?? null }
}

/** Whether any accepted event mentions the warehouse. */
export async function warehouseIsKnown(db: Queryable, warehouseId: WarehouseId): Promise<boolean> {
  const rows = await db.query('select from warehouse where warehouse_id = $1', [warehouseId])
  return rows.length > 0
}
