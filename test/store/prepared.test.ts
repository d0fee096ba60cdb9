import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Queryable, StatementOptions } from '../../src/store/database.ts'
import { readCard } from '../../src/store/read-card.ts'
import { readMovement } from '../../src/store/read-movement.ts'
import { insertLeg, movement, north, tea } from '../api/ledger-rows.ts'
import { openFreshDatabase } from '../support/http.ts'

test('what a connection keeps prepared is planned by key, also while the books are nearly empty', async (t) => {
  const database = await openFreshDatabase(t)
  await insertLeg(database, { movementId: movement(1), leg: 1, warehouseId: north, line: 1, balance: 100 })
  const prepared = new Map<string, { text: string; values: readonly unknown[] }>()
  const session: Queryable = {
    query: async <Row>(
      text: string,
      values: readonly unknown[] = [],
      { name }: StatementOptions = {},
    ): Promise<Row[]> => {
      if (name !== undefined) prepared.set(name, { text, values })
      return await database.query<Row>(text, values)
    },
  }
  await readMovement(session, movement(1))
  const card = { warehouseId: north, productId: tea }
  await readCard({ snapshot: async (work) => await work(session) }, card, { before: null, limit: 50 })
  assert.deepEqual([...prepared.keys()].sort(), [
    'held_of_card',
    'legs_of_movement',
    'lines_of_card',
    'mixed_movements',
    'sums_of_product',
  ])
  await database.transaction(async (connection) => {
    await connection.query('set local plan_cache_mode = force_generic_plan')
    for (const [name, { text, values }] of prepared) {
      await connection.query(`prepare ${name} as ${text}`)
      const nothing = values.map(() => 'null').join(', ')
      const plan = await connection.query<Record<string, string>>(`explain execute ${name}(${nothing})`)
      const lines = plan.map((row) => row['QUERY PLAN']).join('\n')
      assert.match(lines, /Index/, name)
      assert.doesNotMatch(lines, /Seq Scan/, name)
    }
  })
})
