/** The statement that settles what is under way must not depend on what PostgreSQL believes of the table's size. */
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { settleTransit } from '../../src/store/write-transit.ts'
import { uuidArray, int8Array } from '../../src/store/binary-array.ts'
import { openDatabase } from '../support/ledger.ts'
import { freshDatabase } from '../support/environment.ts'

interface Plan {
  readonly 'Node Type': string
  readonly Plans?: readonly Plan[]
}

suite('transit that has grown since it was analysed', () => {
  test('is settled without comparing each row with each change', async (t) => {
    const database = openDatabase(t, await freshDatabase(t), { serverSettings: { enable_seqscan: 'off' } })
    await database.query('analyze transit')
    await database.query(
      `insert into transit select gen_random_uuid(), gen_random_uuid(), 1, now() from generate_series(1, 20000)`,
    )
    const keys = await database.query<{ movement_id: string; product_id: string }>(
      'select movement_id, product_id from transit limit 5000',
    )
    const values = [
      uuidArray(keys.map(({ movement_id: movementId }) => movementId)),
      uuidArray(keys.map(({ product_id: productId }) => productId)),
      int8Array(keys.map(() => 1)),
    ]
    const [row] = await database.query<{ 'QUERY PLAN': readonly { Plan: Plan }[] }>(
      `explain (format json) ${settleTransit}`,
      values,
    )
    const nodes = nodesOf(row?.['QUERY PLAN'][0]?.Plan)
    assert(nodes.length > 1)
    assert.deepEqual(
      nodes.filter((node) => /Join|Loop/.test(node)),
      [],
    )
    assert.equal((await database.query(settleTransit, values)).length, 5000)
  })
})

function nodesOf(plan: Plan | undefined): string[] {
  return plan === undefined ? [] : [plan['Node Type'], ...(plan.Plans ?? []).flatMap(nodesOf)]
}
