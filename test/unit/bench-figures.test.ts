import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Figures, ratioOf, reaches, spreadOf } from '../../bench/figures.ts'
import { reportOf } from '../../bench/report.ts'
import { Stopwatch } from '../../bench/write/stopwatch.ts'

const figure = (name: string, values: readonly number[]) => ({ name, unit: 'messages/s', values, goal: null })

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

test('the report says of figures and of ratios which goal was missed', () => {
  const figures = new Figures()
  for (const ms of [12, 16, 17]) figures.add('latency/p50', 'ms', ms, { atMost: 15 })
  figures.add('latency/p99', 'ms', 55, { atMost: 60 })
  figures.add('read', 'requests/s', 1000)
  const ratio = ratioOf(figure('ours', [9]), figure('ceiling', [10]), { atLeast: 0.8 })
  assert.equal(
    reportOf({ figures: figures.all, ratios: [ratio] }),
    [
      '| Measured    | Unit       | Goal               | Median | Least | Most |',
      '| ----------- | ---------- | ------------------ | -----: | ----: | ---: |',
      '| latency/p50 | ms         | at most 15, missed |   16.0 |  12.0 | 17.0 |',
      '| latency/p99 | ms         | at most 60         |   55.0 |  55.0 | 55.0 |',
      '| read        | requests/s |                    |   1000 |  1000 | 1000 |',
      '',
      '| Ratio          | Goal         | Median | Least |  Most |',
      '| -------------- | ------------ | -----: | ----: | ----: |',
      '| ours : ceiling | at least 0.8 |  0.900 | 0.900 | 0.900 |',
    ].join('\n'),
  )
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
