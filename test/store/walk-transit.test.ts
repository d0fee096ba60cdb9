import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Database } from '../../src/store/database.ts'
import { readTransit, type TransitFilter, type TransitKey } from '../../src/store/read-transit.ts'
import { freshLedger } from '../support/ledger.ts'

const all: TransitFilter = { olderThanSeconds: null, warehouseId: null, bothSides: false }
/** How many entries share each time, from the oldest time on. */
const shared = [1, 120, 1, 1, 7, 300, 2, 1]

test('a walk by age passes times that one, some and very many share, in their order and without a gap', async (t) => {
  const { database } = await freshLedger(t)
  await insertOpen(database)
  const expected = await database.query<TransitKey>(
    `select since, movement_id as "movementId", product_id as "productId" from transit
     order by since, movement_id, product_id`,
  )
  for (const limit of [3, 50, 119, 120, 121, 200])
    assert.deepEqual(await walk(database, all, limit), expected, `pages of ${limit}`)
  // Those of the last two times are younger.
  const old = { ...all, olderThanSeconds: 2.5 * 86_400 }
  assert.deepEqual(await walk(database, old, 50), expected.slice(0, -3))
})

async function walk(database: Database, filter: TransitFilter, limit: number): Promise<TransitKey[]> {
  const walked: TransitKey[] = []
  let after: TransitKey | null = null
  do {
    const page: Awaited<ReturnType<typeof readTransit>> = await readTransit(database, filter, {
      after,
      limit,
    })
    walked.push(...page.items.map(({ since, movementId, productId }) => ({ since, movementId, productId })))
    after = page.next
  } while (after !== null)
  return walked
}

/** Departures with random ids, a day between two times, the last one a day ago. */
async function insertOpen(database: Database): Promise<void> {
  await database.query(
    `insert into movement_leg
     select gen_random_uuid(), gen_random_uuid(), 0, gen_random_uuid(), 1, now() - ($2 + 1 - day) * interval '1 day',
       'WH-1', 'm', 0, 0, now(), 1
     from unnest($1::integer[]) with ordinality as u (shared, day), generate_series(1, shared)`,
    [shared, shared.length],
  )
  await database.query('insert into transit select movement_id, product_id, 1, occurred_at from movement_leg')
}
