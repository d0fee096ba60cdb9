import assert from 'node:assert/strict'
import test from 'node:test'
import { quantile } from '../../bench/figures.ts'
import { isTooSlow, medianLimitMs, tableOf } from '../../bench/questions/timing.ts'

test('a quantile is the smallest value that its share of the values does not exceed', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index)
  assert.deepEqual(
    [0.01, 0.5, 0.99, 1].map((share) => quantile(hundred, share)),
    [1, 50, 99, 100],
  )
  assert.equal(quantile([7], 0.99), 7)
  assert.throws(() => quantile([], 0.5), RangeError)
})

test('a question is too slow from the limit on, and the table says so', () => {
  const timing = { operation: 'getCard', about: 'any', p99Ms: 41 }
  const [quick, slow] = [medianLimitMs - 0.1, medianLimitMs].map((medianMs) => ({ ...timing, medianMs }))
  assert(quick !== undefined && slow !== undefined)
  assert.deepEqual([isTooSlow(quick), isTooSlow(slow)], [false, true])
  assert.equal(
    tableOf([quick, slow]),
    [
      '| Operation | Asked for | Median, ms |        p99, ms |',
      '| --------- | --------- | ---------: | -------------: |',
      '| `getCard` | any       |       19.9 |           41.0 |',
      '| `getCard` | any       |       20.0 | 41.0, too slow |',
    ].join('\n'),
  )
})
