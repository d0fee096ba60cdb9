import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ratioOf, reaches, spreadOf } from '../../bench/figures.ts'
import { Stopwatch } from '../../bench/write/stopwatch.ts'

const figure = (name: string, values: readonly number[]) => ({ name, unit: 'messages/s', values })

test('a spread is the median with the least and the most', () => {
  assert.deepEqual(spreadOf([5, 1, 9]), { median: 5, min: 1, max: 9 })
  assert.deepEqual(spreadOf([4, 1, 9, 2]), { median: 3, min: 1, max: 9 })
  assert.throws(() => spreadOf([]), RangeError)
})

test('a ratio is taken round by round, so that what slows a round slows both', () => {
  const ratio = ratioOf(figure('ours', [50, 10, 60]), figure('ceiling', [100, 20, 100]))
  assert.deepEqual([ratio.name, ratio.values], ['ours : ceiling', [0.5, 0.5, 0.6]])
})

test('a goal is reached by the median', () => {
  assert.equal(reaches([0.1, 0.8, 0.9], { atLeast: 0.8 }), true)
  assert.equal(reaches([0.79, 0.79, 0.9], { atLeast: 0.8 }), false)
  assert.equal(reaches([10, 15, 90], { atMost: 15 }), true)
  assert.equal(reaches([10, 16, 16], { atMost: 15 }), false)
})

test('the first tenth warms up, the rest is timed', () => {
  const watch = new Stopwatch(1000)
  watch.reached(50, 0)
  watch.reached(100, 1000)
  watch.reached(600, 1500)
  assert.equal(watch.isOver, false)
  assert.throws(() => watch.perSecond, /600 of 1000/)
  watch.reached(1000, 2000)
  watch.reached(1000, 9000)
  assert.deepEqual([watch.isOver, watch.perSecond], [true, 900])
})

test('messages that were all done at once give no rate', () => {
  assert.throws(() => new Stopwatch(100).reached(100, 5), /take more/)
})
