import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { runSeeds } from './run-seeds.ts'
import { simulate } from './simulate.ts'

const steps = 500

suite('the simulated intake', () => {
  test('whatever crashes, freezes, is restored or comes twice, the books come to be those of the oracle', async () => {
    const { violations, missing } = await runSeeds({ first: 1, seeds: 300, steps })
    assert.deepEqual(violations, [], 'npm run simulate -- --seed SEED tells the story')
    assert.deepEqual(missing, [], 'faults that never took place prove nothing')
  })

  test('the same seed tells the same story twice', async () => {
    for (const seed of [3, 57, 631]) {
      const once = await simulate({ seed, steps, isTold: true })
      const again = await simulate({ seed, steps, isTold: true })
      assert.ok(once.story.length > steps)
      assert.deepEqual(again, once)
    }
  })
})
