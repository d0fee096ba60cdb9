import { rejections, type RejectionCode } from '../message/rejection.ts'
import type { CardKey, Micros, MovementId, ProductId } from '../message/event.ts'
import type { Queryable } from './database.ts'
import type { Snapshots } from './page.ts'
import { readTally, type Tally } from './position.ts'

/** All of one moment. */
export interface Overview {
  readonly totals: Tally
  readonly positions: readonly BookedPartition[]
  readonly oldestHeld: OldestHeld | null
  readonly oldestTransit: OldestTransit | null
  /** Only codes under which messages are open. */
  readonly quarantine: readonly OpenQuarantine[]
}

/** How far a partition is booked. */
export interface BookedPartition {
  readonly partition: number
  readonly topicId: string
  readonly nextOffset: number
}

export interface OldestHeld extends CardKey {
  readonly movementId: MovementId
  readonly quantity: number
  readonly occurredAt: Micros
}

export interface OldestTransit {
  readonly movementId: MovementId
  readonly productId: ProductId
  readonly quantity: number
  readonly since: Micros
}

export interface OpenQuarantine {
  readonly code: RejectionCode
  /** At most `mostCounted`; `more`: there are more. */
  readonly count: number
  readonly more: boolean
  readonly oldestReceivedAt: Micros
}

/** For each code; so that all of them cost some milliseconds, however many messages a producer has spoilt. */
export const mostCounted = 1000

/** The state of all at a glance: a row a partition, and the first entries of indexes. */
export async function readOverview(database: Snapshots, topic: string): Promise<Overview> {
  return await database.snapshot(async (db) => ({
    totals: await readTally(db),
    positions: await db.query<BookedPartition>(
      `select kafka_partition as "partition", topic_id as "topicId", next_offset as "nextOffset"
       from kafka_position where topic = $1 order by kafka_partition`,
      [topic],
    ),
    oldestHeld: await readOldestHeld(db),
    oldestTransit: await readOldestTransit(db),
    quarantine: await countQuarantine(db),
  }))
}

/** By the expression that `held_by_time` is over. */
async function readOldestHeld(db: Queryable): Promise<OldestHeld | null> {
  const [oldest] = await db.query<OldestHeld>(
    `select warehouse_id as "warehouseId", product_id as "productId", movement_id as "movementId", quantity,
       occurred_at as "occurredAt"
     from movement_leg where line is null order by occurred_at at time zone 'UTC' limit 1`,
  )
  return oldest ?? null
}

async function readOldestTransit(db: Queryable): Promise<OldestTransit | null> {
  const [oldest] = await db.query<OldestTransit>(
    `select movement_id as "movementId", product_id as "productId", quantity, since
     from transit order by since limit 1`,
  )
  return oldest ?? null
}

async function countQuarantine(db: Queryable): Promise<OpenQuarantine[]> {
  const rows = await db.query<Omit<OpenQuarantine, 'more'>>(
    `select c.code, counted.count, oldest.received_at as "oldestReceivedAt"
     from unnest($1::text[]) as c (code)
     cross join lateral (
       select received_at from quarantine q where q.status = 'open' and q.code = c.code
       order by quarantine_id limit 1
     ) oldest
     cross join lateral (
       select count(*) from (
         select from quarantine q where q.status = 'open' and q.code = c.code limit $2
       ) first_ones
     ) counted
     order by c.code`,
    [Object.keys(rejections), mostCounted + 1],
  )
  return rows.map((row) => ({
    ...row,
    count: Math.min(row.count, mostCounted),
    more: row.count > mostCounted,
  }))
}
