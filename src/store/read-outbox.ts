/** What waits in the outbox, in its order, for the one process that tells it. */
import type { Micros, ProductId, WarehouseId } from '../message/event.ts'
import type { MessageHeader } from '../message/message.ts'
import type { StoredLine } from '../proof/ledger-rows.ts'
import { int8Array, uuidArray } from './binary-array.ts'
import type { Queryable, Session } from './database.ts'
import { lineColumns } from './walk-ledgers.ts'

/** Any number, as long as it is always the same: of all processes on a database, one tells at a time. */
const lockKey = 7_246_222

/** Whether this transaction is the one that may tell, until its end. */
export async function lockOutbox(session: Session): Promise<boolean> {
  const [lock] = await session.query<{ taken: boolean }>(
    `select pg_try_advisory_xact_lock(${lockKey}) as taken`,
  )
  return lock?.taken === true
}

/** A message in quarantine, whole. */
export interface DeadLetter {
  readonly quarantineId: number
  readonly topic: string
  readonly partition: number
  readonly offset: number
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: readonly MessageHeader[]
  readonly code: string
  readonly field: string | null
  readonly detail: string
  readonly receivedAt: Micros
}

/** Some rows of the outbox, and all that they are about, in their order. */
export interface OutboxPart {
  /** The rows, to be removed once all of it is told. */
  readonly ids: readonly number[]
  readonly lines: readonly StoredLine[]
  readonly deadLetters: readonly DeadLetter[]
}

/** The next rows, at most `limit`, and no more than bring about `linesAtMost` lines, but one row at least. */
export async function readOutbox(
  db: Queryable,
  { limit, linesAtMost }: { readonly limit: number; readonly linesAtMost: number },
): Promise<OutboxPart> {
  const rows = await db.query<OutboxRow>(
    `select outbox_id as id, warehouse_ids as warehouses, product_ids as products,
       first_lines::text[] as firsts, last_lines::text[] as lasts, quarantine_ids::text[] as quarantined
     from outbox order by outbox_id limit $1`,
    [limit],
  )
  const taken = takeUntil(rows, linesAtMost)
  const lines: StoredLine[] = []
  // One after the other: a card may be in several rows, and each has its own lines of it.
  for (const row of taken) lines.push(...(await readSpans(db, row)))
  const deadLetters = await readDeadLetters(
    db,
    taken.flatMap(({ quarantined }) => quarantined.map(Number)),
  )
  return { ids: taken.map(({ id }) => id), lines, deadLetters }
}

interface OutboxRow {
  readonly id: number
  readonly warehouses: readonly WarehouseId[]
  readonly products: readonly ProductId[]
  readonly firsts: readonly string[]
  readonly lasts: readonly string[]
  readonly quarantined: readonly string[]
}

function takeUntil(rows: readonly OutboxRow[], linesAtMost: number): OutboxRow[] {
  const taken: OutboxRow[] = []
  let lines = 0
  for (const row of rows) {
    const own = row.lasts.reduce((sum, last, index) => sum + Number(last) - Number(row.firsts[index]) + 1, 0)
    if (taken.length > 0 && lines + own > linesAtMost) break
    taken.push(row)
    lines += own
  }
  return taken
}

async function readSpans(
  db: Queryable,
  { warehouses, products, firsts, lasts }: OutboxRow,
): Promise<StoredLine[]> {
  if (warehouses.length === 0) return []
  return await db.query<StoredLine>(
    `select ${lineColumns}
     from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::bigint[]) as k (warehouse_id, product_id, first, last)
     join card_line c on c.warehouse_id = k.warehouse_id and c.product_id = k.product_id
       and c.line between k.first and k.last
     where c.warehouse_id = any($1::uuid[])
     order by c.warehouse_id, c.product_id, c.line`,
    [uuidArray(warehouses), uuidArray(products), int8Array(firsts.map(Number)), int8Array(lasts.map(Number))],
  )
}

async function readDeadLetters(db: Queryable, ids: readonly number[]): Promise<DeadLetter[]> {
  if (ids.length === 0) return []
  const rows = await db.query<Omit<DeadLetter, 'headers'> & { names: Buffer[]; values: (Buffer | null)[] }>(
    `select quarantine_id as "quarantineId", topic, kafka_partition as "partition", kafka_offset as "offset", key, value,
       header_names as names, header_values as values, code, field, detail, received_at as "receivedAt"
     from quarantine where quarantine_id = any($1::bigint[]) order by quarantine_id`,
    [int8Array(ids)],
  )
  return rows.map(({ names, values, ...letter }) => ({
    ...letter,
    headers: names.map((name, index) => ({ name, value: values[index] ?? null })),
  }))
}

/** What was told. */
export async function removeFromOutbox(session: Session, ids: readonly number[]): Promise<void> {
  await session.query('delete from outbox where outbox_id = any($1::bigint[])', [int8Array(ids)])
}

/** How many batches wait, and since when the oldest does. */
export interface OutboxState {
  readonly batches: number
  readonly oldestSeconds: number
}

export async function readOutboxState(db: Queryable): Promise<OutboxState> {
  const [state] = await db.query<OutboxState>(
    `select count(*) as batches,
       coalesce(extract(epoch from clock_timestamp() - min(recorded_at)), 0)::float8 as "oldestSeconds"
     from outbox`,
  )
  return state ?? { batches: 0, oldestSeconds: 0 }
}
