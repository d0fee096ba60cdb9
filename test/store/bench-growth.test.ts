/** The books that the growth bench fills: they add up, in ordinary tables and in partitioned ones. */
import assert from 'node:assert/strict'
import test from 'node:test'
import { Lanes } from '../../bench/growth/lanes.ts'
import { partitionLedgers } from '../../bench/growth/partition-ledgers.ts'
import { readRelations } from '../../bench/growth/disk.ts'
import { Trade } from '../../bench/growth/trade.ts'
import { seededRandom } from '../../bench/random.ts'
import { batchWriter } from '../../bench/write/book.ts'
import type { Database } from '../../src/store/database.ts'
import { checkBooks } from '../support/books.ts'
import { freshDatabase } from '../support/environment.ts'
import { openDatabase } from '../support/ledger.ts'

const messages = 45_000

/** Books the opening stock and some messages after it, and answers how many were booked. */
async function trade(database: Database): Promise<number> {
  const shop = new Trade({ random: seededRandom(5), warehouses: 20, products: 20 })
  const lanes = new Lanes(batchWriter(database), 'growth')
  const stock = shop.openingStock()
  let left = messages
  return (
    (await lanes.book(() => stock.next().value ?? null)) +
    (await lanes.book(() => (left-- > 0 ? shop.next() : null)))
  )
}

test('the lanes of the growth bench book every message once', async (t) => {
  const database = openDatabase(t, await freshDatabase(t))
  assert.equal(await trade(database), 400 + messages)
  const { legs } = await checkBooks(database)
  assert.equal(legs.length, 400 + messages)
})

test('ledgers that are partitioned by hash are booked as others are, and refuse what others refuse', async (t) => {
  const database = openDatabase(t, await freshDatabase(t))
  await partitionLedgers(database, 8)
  assert.equal(await trade(database), 400 + messages)
  const { legs } = await checkBooks(database)
  assert.equal(legs.length, 400 + messages)
  const relations = await readRelations(database)
  assert.equal(relations.filter(({ name }) => name === 'movement_leg').length, 1)
  await assert.rejects(database.query('insert into card_line select * from card_line limit 1'), {
    code: 'key_collision',
  })
  await assert.rejects(
    database.query(
      `insert into card_line select warehouse_id, product_id, 1000000, movement_id, leg, change, -1, occurred_at, recorded_at
       from card_line limit 1`,
    ),
    { code: 'check_violated' },
  )
})
