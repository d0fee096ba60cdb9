import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cpuSecondsOf, parseTimes, secondsBelow } from '../../bench/cpu.ts'
import { batchesOfEach, isShared, layoutsOf, nameOf } from '../../bench/replicas/layout.ts'
import { readOptions } from '../../bench/replicas/options.ts'
import { reportOf } from '../../bench/replicas/report.ts'
import { between } from '../../bench/replicas/run.ts'
import { StackError } from '../../stack/stack-error.ts'

test('replicas are tried on the most partitions, partitions on one replica, and nothing twice', () => {
  assert.deepEqual(layoutsOf({ replicas: [1, 2, 4], partitions: [1, 2, 12] }).map(nameOf), [
    '1 replica, 12 partitions',
    '2 replicas, 12 partitions',
    '4 replicas, 12 partitions',
    '1 replica, 1 partition',
    '1 replica, 2 partitions',
  ])
})

test('a group is settled when all are there and nobody has two more than another', () => {
  const layout = { replicas: 3, partitions: 8 }
  assert.equal(isShared([3, 3, 2], layout), true)
  assert.equal(isShared([4, 2, 2], layout), false)
  assert.equal(isShared([4, 4], layout), false)
  assert.equal(isShared([3, 3, 1], layout), false)
  assert.equal(isShared([], layout), false)
})

test('what all write at once is shared out, and nobody is left without', () => {
  const each = (replicas: number): number => batchesOfEach(4, { replicas, partitions: 12 })
  assert.deepEqual([1, 2, 3, 4, 8].map(each), [4, 2, 1, 1, 1])
})

test('options that can measure nothing are refused', () => {
  assert.equal(readOptions([]).layouts.length, 6)
  for (const args of [
    ['--replicas', '4', '--partitions', '2'],
    ['--messages', '99999'],
    ['--rounds', '0'],
    ['--nothing'],
  ])
    assert.throws(() => readOptions(args), StackError)
})

const before = { atMs: 1000, booked: 100, walBytes: 5000, service: 1, postgres: 2, kafka: null }
const after = { atMs: 3000, booked: 1100, walBytes: 2_005_000, service: 1.5, postgres: 2.25, kafka: null }

test('a run is what came between two moments, for each message', () => {
  assert.deepEqual(between(before, after), {
    messages: 1000,
    messagesPerSecond: 500,
    serviceCpu: 500,
    postgresCpu: 250,
    kafkaCpu: null,
    walBytesPerMessage: 2000,
  })
})

test('the report has medians, and the ratio to the first layout round by round', () => {
  const rest = { peakMemoryBytes: 3e8, rolledBack: 0, deadlocks: 0 }
  const runsOf = (...rates: number[]) =>
    rates.map((messagesPerSecond) => ({ ...between(before, after), ...rest, messagesPerSecond }))
  const [, , first, second] = reportOf([
    { layout: { replicas: 1, partitions: 12 }, runs: runsOf(100, 200, 400) },
    { layout: { replicas: 2, partitions: 12 }, runs: runsOf(90, 160, 480) },
  ]).split('\n')
  const cells = (line = ''): string[] => line.split('|').map((cell) => cell.trim())
  assert.deepEqual(cells(first).slice(1, 4), ['1 replica, 12 partitions', '200 (100 to 400)', '1.00'])
  assert.deepEqual(cells(second).slice(1, 4), ['2 replicas, 12 partitions', '160 (90 to 480)', '0.90'])
})

test('the processor time of a process is that of all below it', () => {
  const processes = [
    { pid: 1, parent: 0, seconds: 50 },
    { pid: 2, parent: 1, seconds: 3 },
    { pid: 3, parent: 2, seconds: 4 },
    { pid: 4, parent: 3, seconds: 5 },
    { pid: 5, parent: 1, seconds: 7 },
  ]
  assert.equal(secondsBelow(2, processes), 12)
  assert.equal(secondsBelow(9, processes), 0)
})

test('a line of /proc is read, whatever the program calls itself', () => {
  const line = '42 (a) (b c) S 7 42 42 0 -1 4194304 100 200 0 0 150 50 30 20 20 0 1 0 12345 1000 10'
  assert.deepEqual(parseTimes(line), { pid: 42, parent: 7, seconds: 2.5 })
})

test(
  'this process has taken some time, where the system tells',
  { skip: process.platform !== 'linux' },
  () => {
    assert((cpuSecondsOf(process.pid) ?? 0) > 0)
  },
)
