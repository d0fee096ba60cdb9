import type { ProductId, WarehouseId } from '../message/event.ts'
import type { Queryable } from './database.ts'
import { cutPage, walkedPerPage, type Page, type PageAfter } from './page.ts'
import type { Quantity } from './read-quantities.ts'
import { warehousesFrom } from './read-warehouses.ts'

type Place = {
  readonly [Name in keyof Quantity]: Name extends 'warehouseId' ? WarehouseId : Quantity[Name] | null
}

/**
 * The warehouses that have a card of the product, by id. No key of the ledgers begins with the product: each warehouse
 * is asked by its card's last line and its held departures. That is a look-up a warehouse, not one a movement. `within`
 * leaves out all other warehouses.
 */
export async function readProductWarehouses(
  db: Queryable,
  { productId, within }: { productId: ProductId; within: ReadonlySet<WarehouseId> | null },
  { after, limit }: PageAfter<WarehouseId>,
): Promise<Page<Quantity, WarehouseId>> {
  const { condition, values } = warehousesFrom({ after, within }, [productId, walkedPerPage])
  const rows = await db.query<Place & { readonly held: boolean }>(
    `with walked as (
       select warehouse_id from warehouse where ${condition}
       order by warehouse_id limit $2
     )
     select w.warehouse_id as "warehouseId", $1::uuid as "productId",
       l.balance as quantity, l.line as "lastLine", l.recorded_at as "updatedAt",
       exists (
         select from movement_leg m where m.warehouse_id = w.warehouse_id and m.product_id = $1 and m.line is null
       ) as held
     from walked w left join lateral (
       select c.balance, c.line, c.recorded_at from card_line c
       where c.warehouse_id = w.warehouse_id and c.product_id = $1 order by c.line desc limit 1
     ) l on true
     order by w.warehouse_id`,
    values,
  )
  const { items, next } = cutPage(rows, {
    limit,
    walked: walkedPerPage,
    matches: ({ lastLine, held }) => lastLine !== null || held,
  })
  return {
    items: items.map(({ warehouseId, quantity, lastLine, updatedAt }) => ({
      warehouseId,
      productId,
      quantity: quantity ?? 0,
      lastLine: lastLine ?? 0,
      updatedAt,
    })),
    next: next?.warehouseId ?? null,
  }
}
