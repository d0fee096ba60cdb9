import type { Micros, MovementEvent, WarehouseId } from '../message/event.ts'
import { isOpening } from '../message/opening-stock.ts'
import type { Session } from './database.ts'
import type { TakenWarehouse } from './near-state.ts'

/** A warehouse whose row this transaction holds. */
export interface LockedWarehouse extends TakenWarehouse {
  /**
   * When this transaction records on its cards: the server's clock after the lock, never before the last record.
   * (`now()` is the start of the transaction: with a wait for the lock behind it, it would run backwards.)
   */
  readonly recordedAt: Micros
}

/** Small batches come often, and are dearer to plan than to write: the statement of up to so many is kept prepared. */
const mostPrepared = 16

/**
 * Takes the warehouses of the events: from here to the end of the transaction nobody else books on their cards.
 * Sorted, as everywhere, so that locks form no cycle. One statement, `insert … on conflict do update`: it works for
 * new warehouses too, and on distributed engines that refuse `select … for update` over several.
 */
export async function lockWarehouses(
  session: Session,
  events: readonly MovementEvent[],
  token: string,
): Promise<Map<WarehouseId, LockedWarehouse>> {
  const sources = new Map<WarehouseId, string | null>()
  for (const event of events) {
    const { warehouseId, source } = event
    // That of opening stock is no code of the warehouse; null leaves what is known.
    sources.set(warehouseId, isOpening(event) ? (sources.get(warehouseId) ?? null) : source)
  }
  return await takeWarehouses(session, sources, token)
}

/**
 * Takes warehouses, each with the short code that is now known of it, null for none: whoever remembers something of their
 * cards forgets it.
 */
export async function takeWarehouses(
  session: Session,
  sources: ReadonlyMap<WarehouseId, string | null>,
  token: string,
): Promise<Map<WarehouseId, LockedWarehouse>> {
  if (sources.size === 0) return new Map()
  const sorted = [...sources].sort(([a], [b]) => (a < b ? -1 : 1))
  const rows = sorted.map(
    (_, index) => `($${index * 2 + 2}::uuid, $1::uuid, clock_timestamp(), $${index * 2 + 3})`,
  )
  const locked = await session.query<{
    warehouse_id: WarehouseId
    prev_token: string | null
    last_recorded_at: Micros
  }>(
    `insert into warehouse as w (warehouse_id, token, last_recorded_at, source)
     values ${rows.join(', ')}
     on conflict (warehouse_id) do update set
       version = w.version + 1,
       prev_token = w.token,
       token = excluded.token,
       last_recorded_at = greatest(w.last_recorded_at, clock_timestamp()),
       source = coalesce(excluded.source, w.source)
     returning warehouse_id, prev_token, last_recorded_at`,
    [token, ...sorted.flat()],
    sorted.length <= mostPrepared ? { name: `lock_${sorted.length}_warehouses` } : {},
  )
  return new Map(
    locked.map(({ warehouse_id: warehouseId, prev_token: prevToken, last_recorded_at: recordedAt }) => [
      warehouseId,
      { warehouseId, token, prevToken, recordedAt },
    ]),
  )
}
