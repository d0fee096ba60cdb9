import type { RejectionCode } from '../message/rejection.ts'
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

/**
 * The codes that there are, one look for each; then the first entries of each. All by the order of `quarantine_by_code`: asked
 * by `code =`, the planner may walk the table for a code that is rare.
 */
async function countQuarantine(db: Queryable): Promise<OpenQuarantine[]> {
  const rows = await db.query<Omit<OpenQuarantine, 'more'>>(
    `with recursive codes as (
       (select code from quarantine where status = 'open' order by code, quarantine_id limit 1)
       union all
       select (
         select q.code from quarantine q where q.status = 'open' and q.code > c.code order by q.code, q.quarantine_id limit 1
       ) from codes c where c.code is not null
     )
     select c.code, counted.count, oldest.received_at as "oldestReceivedAt"
     from codes c
     cross join lateral (
       select count(*) as count, min(walked.quarantine_id) as first_id from (
         select q.code, q.quarantine_id from quarantine q
         where q.status = 'open' and (q.code, q.quarantine_id) > (c.code, 0)
         order by q.code, q.quarantine_id limit $1
       ) walked where walked.code = c.code
     ) counted
     join quarantine oldest on oldest.quarantine_id = counted.first_id
     order by c.code`,
    [mostCounted + 1],
  )
  return rows.map((row) => ({
    ...row,
    count: Math.min(row.count, mostCounted),
    more: row.count > mostCounted,
  }))
}
