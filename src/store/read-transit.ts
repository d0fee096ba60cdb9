import { pairId } from '../booking/ledger.ts'
import { statusOf, type MovementStatus } from '../booking/movement-view.ts'
import type { Micros, MovementId, ProductId, WarehouseId } from '../message/event.ts'
import { formatTimestamp } from '../message/timestamp.ts'
import type { Queryable } from './database.ts'
import { cutPage, rowsToRead, type Page, type PageAfter, type Snapshots } from './page.ts'
import { readSidesOfPairs } from './read-movement-sides.ts'

/** A place in the order of age; the index `transit_by_age` knows its time. */
export interface TransitKey {
  readonly since: Micros
  readonly movementId: MovementId
  readonly productId: ProductId
}

/** One product of a movement of which not as much arrived as departed. */
export interface Open extends TransitKey {
  /** Departed minus arrived. */
  readonly quantity: number
  /** Whole seconds since the oldest report; negative if that is dated in the future. */
  readonly ageSeconds: number
  readonly status: MovementStatus
  readonly departed: number | null
  readonly arrived: number | null
  readonly senderId: WarehouseId | null
  readonly receiverId: WarehouseId | null
}

export interface TransitFilter {
  /** Only what is at least as old; null for all. */
  readonly olderThanSeconds: number | null
  /** Only what left or reached this warehouse; null for all. */
  readonly warehouseId: WarehouseId | null
  /** Only what both departed and arrived, in different quantities. */
  readonly bothSides: boolean
}

/** What is open, the oldest first. */
export async function readTransit(
  database: Snapshots,
  filter: TransitFilter,
  { after, limit }: PageAfter<TransitKey>,
): Promise<Page<Open, TransitKey>> {
  const walked = rowsToRead({ limit, filtered: filter.warehouseId !== null || filter.bothSides })
  return await database.snapshot(async (db) => {
    const rows = await walk(db, filter, { after, walked })
    const { items, next } = cutPage(rows, { limit, walked, matches: (row) => row.matches })
    const sides = new Map((await readSidesOfPairs(db, items)).map((side) => [pairId(side), side]))
    return {
      items: items.map(({ since, movementId, productId, quantity, ageSeconds }) => {
        const side = sides.get(pairId({ movementId, productId }))
        if (side === undefined) throw new Error(`the movement ${movementId} is open and has no legs`)
        const { departed, arrived, senderId, receiverId } = side
        const status = statusOf(side)
        const key = { since, movementId, productId }
        return { ...key, quantity, ageSeconds, status, departed, arrived, senderId, receiverId }
      }),
      next,
    }
  })
}

type Walked = TransitKey & Pick<Open, 'quantity' | 'ageSeconds'> & { readonly matches: boolean }

async function walk(
  db: Queryable,
  { olderThanSeconds, warehouseId, bothSides }: TransitFilter,
  { after, walked }: { after: TransitKey | null; walked: number },
): Promise<Walked[]> {
  const values: unknown[] = [walked]
  const value = (next: unknown): string => `$${values.push(next)}`
  const place = after === null ? 'true' : isAfter(after, value)
  const age =
    olderThanSeconds === null ? 'true' : `since <= now() - make_interval(secs => ${value(olderThanSeconds)})`
  const ofWarehouse = warehouseId === null ? 'true' : hasLeg(`m.warehouse_id = ${value(warehouseId)}`)
  const ofBoth = bothSides ? `${hasLeg('m.leg = 0')} and ${hasLeg('m.leg = 1')}` : 'true'
  return await db.query<Walked>(
    `with walked as (
       select movement_id, product_id, quantity, since from transit where ${place} and ${age}
       order by since, movement_id, product_id limit $1
     )
     select movement_id as "movementId", product_id as "productId", quantity, since,
       floor(extract(epoch from now() - since))::bigint as "ageSeconds", (${ofWarehouse} and ${ofBoth}) as matches
     from walked t order by since, movement_id, product_id`,
    values,
  )
}

/** The index knows the time alone; that it bounds the place is said for the planner. */
function isAfter({ since, movementId, productId }: TransitKey, value: (next: unknown) => string): string {
  const time = `${value(formatTimestamp(since))}::timestamptz`
  const place = `${time}, ${value(movementId)}::uuid, ${value(productId)}::uuid`
  return `since >= ${time} and (since, movement_id, product_id) > (${place})`
}

function hasLeg(condition: string): string {
  return `exists (
    select from movement_leg m where m.movement_id = t.movement_id and m.product_id = t.product_id and ${condition}
  )`
}
