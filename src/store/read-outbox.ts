/** What waits in the outbox, in its order, for the one process that tells it. */
import type { Micros } from '../message/event.ts'
import type { MessageHeader } from '../message/message.ts'
import type { StoredLine } from '../proof/ledger-rows.ts'
import { int8Array } from './binary-array.ts'
import type { Queryable, Session } from './database.ts'
import { lineColumns } from './walk-ledgers.ts'

/** What one process at a time tells, each by a number that is always the same. */
const lockKeys = { lines: 7_246_222, deadLetters: 7_246_223 }

/** Whether this transaction is the one that may tell, until its end. */
export async function lockOutbox(session: Session, what: keyof typeof lockKeys): Promise<boolean> {
  const [lock] = await session.query<{ taken: boolean }>(
    `select pg_try_advisory_xact_lock(${lockKeys[what]}) as taken`,
  )
  return lock?.taken === true
}

/** Rows of the outbox, and the lines that they are about, in their order. */
export interface WaitingLines {
  /** To be removed once all of it is told. */
  readonly ids: readonly number[]
  readonly lines: readonly StoredLine[]
}

/** The next rows, at most `limit`, and no more than bring about `linesAtMost` lines, but one row at least. */
export async function readWaitingLines(
  db: Queryable,
  { limit, linesAtMost }: { readonly limit: number; readonly linesAtMost: number },
): Promise<WaitingLines> {
  const rows = await db.query<Row>(
    `select outbox_id as id, warehouse_ids::text as warehouses, product_ids::text as products,
       first_lines::text as firsts, last_lines::text as lasts,
       (select sum(u.last - u.first + 1) from unnest(first_lines, last_lines) as u (first, last))::int8 as "lineCount"
     from outbox_lines order by outbox_id limit $1`,
    [limit],
  )
  const taken = takeUntil(rows, linesAtMost)
  const lines: StoredLine[] = []
  // One after the other: a card may be in several rows, and each has its own lines of it.
  for (const row of taken) lines.push(...(await readSpans(db, row)))
  return { ids: taken.map(({ id }) => id), lines }
}

export async function removeWaitingLines(session: Session, ids: readonly number[]): Promise<void> {
  await session.query('delete from outbox_lines where outbox_id = any($1::bigint[])', [int8Array(ids)])
}

/** Its lists go back to the server as they came, as the text of an array: nobody here reads them. */
interface Row {
  readonly id: number
  readonly warehouses: string
  readonly products: string
  readonly firsts: string
  readonly lasts: string
  readonly lineCount: number
}

function takeUntil(rows: readonly Row[], linesAtMost: number): Row[] {
  const taken: Row[] = []
  let lines = 0
  for (const row of rows) {
    if (taken.length > 0 && lines + row.lineCount > linesAtMost) break
    taken.push(row)
    lines += row.lineCount
  }
  return taken
}

async function readSpans(db: Queryable, { warehouses, products, firsts, lasts }: Row): Promise<StoredLine[]> {
  return await db.query<StoredLine>(
    `select ${lineColumns}
     from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::bigint[]) as k (warehouse_id, product_id, first, last)
     join card_line c on c.warehouse_id = k.warehouse_id and c.product_id = k.product_id
       and c.line between k.first and k.last
     where c.warehouse_id = any($1::uuid[])
     order by c.warehouse_id, c.product_id, c.line`,
    [warehouses, products, firsts, lasts],
  )
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

/** The next dead letters, the oldest first. Each is as large as its topic lets a message be. */
export async function readWaitingLetters(db: Queryable, limit: number): Promise<DeadLetter[]> {
  const rows = await db.query<Omit<DeadLetter, 'headers'> & { names: Buffer[]; values: (Buffer | null)[] }>(
    `select q.quarantine_id as "quarantineId", q.topic, q.kafka_partition as "partition", q.kafka_offset as "offset",
       q.key, q.value, q.header_names as names, q.header_values as values, q.code, q.field, q.detail,
       q.received_at as "receivedAt"
     from (select quarantine_id from outbox_dead_letter order by quarantine_id limit $1) o
     join quarantine q on q.quarantine_id = o.quarantine_id
     order by q.quarantine_id`,
    [limit],
  )
  return rows.map(({ names, values, ...letter }) => ({
    ...letter,
    headers: names.map((name, index) => ({ name, value: values[index] ?? null })),
  }))
}

export async function removeWaitingLetters(session: Session, ids: readonly number[]): Promise<void> {
  await session.query('delete from outbox_dead_letter where quarantine_id = any($1::bigint[])', [
    int8Array(ids),
  ])
}

/** How much waits, counted up to a limit, and since when the oldest does. */
export interface OutboxState {
  /** Batches of lines, and dead letters. */
  readonly waiting: number
  readonly oldestSeconds: number
}

/** More than so many are not counted: the answer must be quick however long a topic is away. */
const mostCounted = 10_000

export async function readOutboxState(db: Queryable): Promise<OutboxState> {
  const [state] = await db.query<OutboxState>(
    `select (select count(*) from (select from outbox_lines limit ${mostCounted}) l)
         + (select count(*) from (select from outbox_dead_letter limit ${mostCounted}) d) as waiting,
       coalesce(extract(epoch from clock_timestamp() - least(
         (select recorded_at from outbox_lines order by outbox_id limit 1),
         (select recorded_at from outbox_dead_letter order by quarantine_id limit 1)
       )), 0)::float8 as "oldestSeconds"`,
  )
  return state ?? { waiting: 0, oldestSeconds: 0 }
}
