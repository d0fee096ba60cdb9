import type { Micros } from '../message/event.ts'
import { formatTimestamp } from '../message/timestamp.ts'
import type { Queryable } from './database.ts'
import type { Open, TransitFilter, TransitKey } from './read-transit.ts'

/** An entry that was looked at, and whether the filter lets it through. */
export type Walked = TransitKey & Pick<Open, 'quantity' | 'ageSeconds'> & { readonly matches: boolean }

/**
 * The next entries in the order of age. The index knows the time alone, and very many entries may share one, as
 * in a warehouse that dates its reports by the day. So a page reads what is left of the time at which it begins, all of the times in between,
 * and as much as it needs of the time at which it ends: PostgreSQL takes many of one time from the key, which has their
 * order, and sorts few. (In one statement, each page sorted all of the time at which it ended.)
 */
export async function walkTransit(
  db: Queryable,
  filter: TransitFilter,
  { after, walked }: { after: TransitKey | null; walked: number },
): Promise<Walked[]> {
  const begun = after === null ? [] : await readEntries(db, filter, { ofTime: after.since, after }, walked)
  const left = walked - begun.length
  const from = after?.since ?? null
  const end = left === 0 ? null : await readLastTime(db, filter, { from, to: null }, left)
  if (end === null) return begun
  const between = await readEntries(db, filter, { from, to: end }, left)
  const ended = await readEntries(db, filter, { ofTime: end, after: null }, left - between.length)
  return [...begun, ...between, ...ended]
}

/** Entries of one time, perhaps beyond one of them; or those between two times, neither included, null for no bound. */
type Stretch = OneTime | Between
interface OneTime {
  readonly ofTime: Micros
  readonly after: TransitKey | null
}
interface Between {
  readonly from: Micros | null
  readonly to: Micros | null
}

/** The time of the last of the first `entries` of a stretch; null if it is empty. */
async function readLastTime(
  db: Queryable,
  { olderThanSeconds }: TransitFilter,
  stretch: Between,
  entries: number,
): Promise<Micros | null> {
  const { value, values } = collectValues()
  const rows = await db.query<{ since: Micros }>(
    `select since from (
       select since from transit where ${isWithin(stretch, value)} and ${isOlder(olderThanSeconds, value)}
       order by since limit ${value(entries)}
     ) first order by since desc limit 1`,
    values,
  )
  return rows[0]?.since ?? null
}

async function readEntries(
  db: Queryable,
  { olderThanSeconds, warehouseId, bothSides }: TransitFilter,
  stretch: Stretch,
  limit: number,
): Promise<Walked[]> {
  const { value, values } = collectValues()
  const ofWarehouse = warehouseId === null ? 'true' : hasLeg(`m.warehouse_id = ${value(warehouseId)}`)
  const ofBoth = bothSides ? `${hasLeg('m.leg = 0')} and ${hasLeg('m.leg = 1')}` : 'true'
  return await db.query<Walked>(
    `with walked as (
       select movement_id, product_id, quantity, since from transit
       where ${isWithin(stretch, value)} and ${isOlder(olderThanSeconds, value)}
       order by since, movement_id, product_id limit ${value(limit)}
     )
     select movement_id as "movementId", product_id as "productId", quantity, since,
       floor(extract(epoch from now() - since))::bigint as "ageSeconds", (${ofWarehouse} and ${ofBoth}) as matches
     from walked t order by since, movement_id, product_id`,
    values,
  )
}

type Value = (next: unknown) => string

/** Each value that is handed in gets the next parameter of a statement. */
function collectValues(): { value: Value; values: unknown[] } {
  const values: unknown[] = []
  return { value: (next) => `$${values.push(next)}`, values }
}

function isWithin(stretch: Stretch, value: Value): string {
  const time = (micros: Micros): string => `${value(formatTimestamp(micros))}::timestamptz`
  if ('ofTime' in stretch) {
    const { ofTime, after } = stretch
    if (after === null) return `since = ${time(ofTime)}`
    const place = `${value(after.movementId)}::uuid, ${value(after.productId)}::uuid`
    return `since = ${time(ofTime)} and (movement_id, product_id) > (${place})`
  }
  const { from, to } = stretch
  return `${from === null ? 'true' : `since > ${time(from)}`} and ${to === null ? 'true' : `since < ${time(to)}`}`
}

function isOlder(seconds: number | null, value: Value): string {
  return seconds === null ? 'true' : `since <= now() - make_interval(secs => ${value(seconds)})`
}

function hasLeg(condition: string): string {
  return `exists (
    select from movement_leg m where m.movement_id = t.movement_id and m.product_id = t.product_id and ${condition}
  )`
}
