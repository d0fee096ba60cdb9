import type { CardKey, Micros } from '../message/event.ts'
import type { Queryable } from './database.ts'

export interface Quantity extends CardKey {
  readonly quantity: number
  /** 0 for a card without lines; `updatedAt` is null then. */
  readonly lastLine: number
  readonly updatedAt: Micros | null
}

const lastLines = `
select u.warehouse_id as "warehouseId", u.product_id as "productId",
  l.balance as quantity, l.line as "lastLine", l.recorded_at as "updatedAt"
from warehouse h
join unnest($1::uuid[], $2::uuid[]) as u (warehouse_id, product_id) on u.warehouse_id = h.warehouse_id
cross join lateral (
  select c.balance, c.line, c.recorded_at from card_line c
  where c.warehouse_id = h.warehouse_id and c.product_id = u.product_id
  order by c.line desc limit 1
) l`

/** The stock of each of the cards, in their order, of one moment; zero for one that no event mentions. */
export async function readQuantities(db: Queryable, cards: readonly CardKey[]): Promise<Quantity[]> {
  if (cards.length === 0) return []
  const distinct = [...new Map(cards.map((card) => [keyOf(card), card])).values()]
  const rows = await db.query<Quantity>(lastLines, [
    distinct.map(({ warehouseId }) => warehouseId),
    distinct.map(({ productId }) => productId),
  ])
  const found = new Map(rows.map((row) => [keyOf(row), row]))
  return cards.map(
    ({ warehouseId, productId }) =>
      found.get(keyOf({ warehouseId, productId })) ?? {
        warehouseId,
        productId,
        quantity: 0,
        lastLine: 0,
        updatedAt: null,
      },
  )
}

function keyOf({ warehouseId, productId }: CardKey): string {
  return warehouseId + productId
}
