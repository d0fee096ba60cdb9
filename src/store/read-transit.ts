import { pairId } from '../booking/ledger.ts'
import { statusOf, type MovementStatus } from '../booking/movement-view.ts'
import type { Micros, MovementId, ProductId, WarehouseId } from '../message/event.ts'
import { cutPage, rowsToRead, type Page, type PageAfter, type Snapshots } from './page.ts'
import { readSidesOfPairs } from './read-movement-sides.ts'
import { walkTransit } from './walk-transit.ts'

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
    const rows = await walkTransit(db, filter, { after, walked })
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
