import type { ProductId, WarehouseId } from '../message/event.ts'
import type { Queryable } from './database.ts'
import { cutPage, type Page, type PageAfter, type Snapshots } from './page.ts'
import { readQuantities, type Quantity } from './read-quantities.ts'
import { warehouseIsKnown } from './read-warehouses.ts'

/** The products of a warehouse by id, those of which only departures are held included; null if it is not known. */
export async function readWarehouseProducts(
  database: Snapshots,
  warehouseId: WarehouseId,
  { after, limit }: PageAfter<ProductId>,
): Promise<Page<Quantity, ProductId> | null> {
  return await database.snapshot(async (db) => {
    if (!(await warehouseIsKnown(db, warehouseId))) return null
    const request = { warehouseId, after, walked: limit + 1 }
    const booked = await readDistinct(db, 'card_line where warehouse_id = $1', request)
    const held = await readDistinct(db, 'movement_leg where line is null and warehouse_id = $1', request)
    // Text and uuid have one order: ids are lower-case everywhere.
    const products = [...new Set([...booked, ...held])].sort((a, b) => (a < b ? -1 : 1))
    const { items, next } = cutPage(products.slice(0, limit + 1), { limit, walked: limit + 1 })
    return {
      items: await readQuantities(
        db,
        items.map((productId) => ({ warehouseId, productId })),
      ),
      next,
    }
  })
}

/**
 * The next distinct products, each by one look into the index (a loose index scan): however many lines a card has,
 * it costs the same.
 */
async function readDistinct(
  db: Queryable,
  rowsOfWarehouse: string,
  { warehouseId, after, walked }: { warehouseId: WarehouseId; after: ProductId | null; walked: number },
): Promise<ProductId[]> {
  const rows = await db.query<{ productId: ProductId }>(
    `with recursive step as (
       (select product_id from ${rowsOfWarehouse} ${after === null ? '' : 'and product_id > $3'}
        order by product_id limit 1)
       union all
       select following.product_id from step cross join lateral (
         select product_id from ${rowsOfWarehouse} and product_id > step.product_id order by product_id limit 1
       ) following
     )
     select product_id as "productId" from step limit $2`,
    [warehouseId, walked, ...(after === null ? [] : [after])],
  )
  return rows.map(({ productId }) => productId)
}
