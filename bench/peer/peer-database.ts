import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from 'pg'
import type { DatabaseAddress } from './sink-settings.ts'

/** How much of a product lies in a warehouse. */
export interface Stock {
  readonly warehouseId: string
  readonly productId: string
  readonly quantity: number
}

/** How fast rows came in. */
export interface Stored {
  /** Those that were timed. */
  readonly rows: number
  readonly seconds: number
  readonly perSecond: number
}

/** Makes the peer's tables in an empty database, and opens the stock, one entry for each product of a warehouse. */
export async function prepareDatabase(address: DatabaseAddress, stock: readonly Stock[] = []): Promise<void> {
  await withClient(address, async (client) => {
    await client.query(readFileSync(join(import.meta.dirname, 'schema.sql'), 'utf8'))
    await client.query(
      'insert into stock (warehouse_id, product_id, quantity) select * from unnest($1::uuid[], $2::uuid[], $3::bigint[])',
      [
        stock.map(({ warehouseId }) => warehouseId),
        stock.map(({ productId }) => productId),
        stock.map(({ quantity }) => quantity),
      ],
    )
    await client.query('vacuum analyze')
  })
}

/** Gives `work` a connection and closes it. */
export async function withClient<T>(
  address: DatabaseAddress,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const client = new Client(address)
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

/** Whether so many rows are committed. They are counted only when that many may be: it is no load before. */
export async function hasStored(client: Client, rows: number): Promise<boolean> {
  const { rows: numbered } = await client.query<{ last: string }>(
    'select last_value as last from movement_event_seq_seq',
  )
  if (Number(numbered[0]?.last ?? 0) < rows) return false
  const { rows: counted } = await client.query<{ count: string }>('select count(*) from movement_event')
  return Number(counted[0]?.count ?? 0) >= rows
}

/**
 * How fast the rows came in after the first `warmRows` of them, which warm up: timed by when each was written, from
 * the last of those to the last of all. The end of the last batch, trigger and commit, is not in it: up to one batch of
 * all that were timed, in the peer's favour.
 *
 * @throws {RangeError} when there are not at least two rows to time
 */
export async function rateOf(client: Client, warmRows: number): Promise<Stored> {
  const { rows } = await client.query<{ rows: number; seconds: number }>(timed, [Math.max(warmRows, 1)])
  const { rows: counted, seconds } = rows[0] ?? { rows: 0, seconds: 0 }
  if (counted < 1 || seconds <= 0) throw new RangeError(`nothing to time after ${warmRows} rows`)
  return { rows: counted, seconds, perSecond: counted / seconds }
}

const timed = `
with numbered as (
  select recorded_at, row_number() over (order by recorded_at) as number from movement_event
)
select
  (count(*) - 1)::integer as rows,
  extract(epoch from max(recorded_at) - min(recorded_at))::float8 as seconds
from numbered
where number >= $1`
