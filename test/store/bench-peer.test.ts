import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { suite, test, type TestContext } from 'node:test'
import type { Client } from 'pg'
import { hasStored, prepareDatabase, rateOf, withClient, type Stock } from '../../bench/peer/peer-database.ts'
import { freshDatabase } from '../support/environment.ts'

interface Row {
  readonly movement: string
  readonly event: 'arrival' | 'departure'
  readonly product: string
  readonly quantity: number
  readonly recordedAt?: string
}

const warehouse = randomUUID()
const [opened, other] = [randomUUID(), randomUUID()]
const openingStock: Stock = { warehouseId: warehouse, productId: opened, quantity: 10 }

/** As the sink does it: one statement for a batch. */
async function store(client: Client, rows: readonly Row[]): Promise<void> {
  await client.query(
    `insert into movement_event (movement_id, event, product_id, quantity, recorded_at, warehouse_id, occurred_at, source, message_id)
    select given.*, $6, now(), 'WH-1', '1' from unnest($1::uuid[], $2::text[], $3::uuid[], $4::bigint[], $5::timestamptz[]) given
    on conflict (movement_id, event) do update set quantity = excluded.quantity`,
    [
      rows.map(({ movement }) => movement),
      rows.map(({ event }) => event),
      rows.map(({ product }) => product),
      rows.map(({ quantity }) => quantity),
      rows.map(({ recordedAt }) => recordedAt ?? '2025-02-18T12:00:00Z'),
      warehouse,
    ],
  )
}

async function stockOf(client: Client): Promise<Record<string, number>> {
  const { rows } = await client.query<{ product: string; quantity: number }>(
    'select product_id as product, quantity::integer from stock where warehouse_id = $1',
    [warehouse],
  )
  return Object.fromEntries(rows.map(({ product, quantity }) => [product, quantity]))
}

async function inPeerDatabase(t: TestContext, work: (client: Client) => Promise<void>): Promise<void> {
  const database = await freshDatabase(t)
  await prepareDatabase(database, [openingStock])
  await withClient(database, work)
}

const arrival = { movement: randomUUID(), event: 'arrival', product: other, quantity: 7 } as const
const departure = { movement: randomUUID(), event: 'departure', product: opened, quantity: 4 } as const

suite('the peer of the bench', () => {
  test('adds what arrives to the stock and takes what departs from it, and a replay changes nothing', async (t) => {
    await inPeerDatabase(t, async (client) => {
      for (const batch of [[arrival, departure], [departure, arrival], [arrival]]) {
        await store(client, batch)
        assert.deepEqual(await stockOf(client), { [opened]: 6, [other]: 7 })
      }
    })
  })

  test('sums up what one batch has for one product', async (t) => {
    await inPeerDatabase(t, async (client) => {
      await store(client, [arrival, departure, { ...departure, movement: randomUUID(), quantity: 6 }])
      assert.deepEqual(await stockOf(client), { [opened]: 0, [other]: 7 })
    })
  })

  test('refuses a whole batch for one departure beyond the stock', async (t) => {
    await inPeerDatabase(t, async (client) => {
      const beyond = store(client, [arrival, { ...departure, quantity: 11 }])
      await assert.rejects(beyond, { code: '23514', constraint: 'stock_not_negative' })
      assert.deepEqual(await stockOf(client), { [opened]: 10 })
    })
  })

  test('is timed from the last row that warms up to the last of all', async (t) => {
    await inPeerDatabase(t, async (client) => {
      const seconds = [0, 1, 10, 11, 12]
      const rows = seconds.map((second) => ({
        ...arrival,
        movement: randomUUID(),
        recordedAt: new Date(Date.UTC(2025, 0, 1, 0, 0, second)).toISOString(),
      }))
      await store(client, rows.toReversed())
      assert.deepEqual(await rateOf(client, 0), { rows: 4, seconds: 12, perSecond: 4 / 12 })
      assert.deepEqual(await rateOf(client, 3), { rows: 2, seconds: 2, perSecond: 1 })
      await assert.rejects(rateOf(client, 5), RangeError)
    })
  })

  test('has stored a row when it is committed, and never for being stored twice', async (t) => {
    await inPeerDatabase(t, async (client) => {
      assert.equal(await hasStored(client, 1), false)
      await store(client, [arrival])
      await store(client, [arrival])
      assert.deepEqual([await hasStored(client, 1), await hasStored(client, 2)], [true, false])
    })
  })
})
