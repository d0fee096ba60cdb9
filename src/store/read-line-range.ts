import type { CardKey, Micros } from '../message/event.ts'
import { formatTimestamp } from '../message/timestamp.ts'
import type { Queryable } from './database.ts'

/** What was recorded at `from` or later, and before `to`; null where that side is open. */
export interface RecordedWithin {
  readonly from: Micros | null
  readonly to: Micros | null
}

/** Lines from this number on, and below that one. */
export interface LineRange {
  readonly from: number
  readonly below: number
}

/**
 * Recording times on a card never run backwards, so a time is found among its lines by halving: some 20 look-ups by
 * key for a million lines, and no index over times.
 */
export async function linesRecorded(
  db: Queryable,
  card: CardKey,
  { from, to }: RecordedWithin,
): Promise<LineRange> {
  return {
    from: from === null ? 1 : await firstLineSince(db, card, from),
    below: to === null ? Number.MAX_SAFE_INTEGER : await firstLineSince(db, card, to),
  }
}

const halve = `
with recursive search (low, high) as (
  select 1::bigint, coalesce((
    select line + 1 from card_line where warehouse_id = $1 and product_id = $2 order by line desc limit 1
  ), 1)
  union all
  select case when earlier then middle + 1 else low end, case when earlier then high else middle end
  from (
    select low, high, (low + high) / 2 as middle, (
      select recorded_at < $3::timestamptz from card_line
      where warehouse_id = $1 and product_id = $2 and line = (low + high) / 2
    ) as earlier
    from search where low < high
  ) half
)
select low as line from search where low = high`

/** The first line recorded at the time or later; one above the last line if there is none. */
async function firstLineSince(
  db: Queryable,
  { warehouseId, productId }: CardKey,
  time: Micros,
): Promise<number> {
  const [found] = await db.query<{ line: number }>(halve, [warehouseId, productId, formatTimestamp(time)])
  return found?.line ?? 1
}
