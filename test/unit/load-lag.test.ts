import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { bookedBy } from '../../load/lag.ts'
import { readValues } from '../../load/prometheus.ts'
import { usageOf } from '../../load/watch.ts'

suite('what was booked at a time', () => {
  const samples = [
    { at: 1000, sent: 100, lag: 100 },
    { at: 2000, sent: 1100, lag: 900 },
    { at: 6000, sent: 2000, lag: 0 },
  ]

  test('lies between the answers before and after, however late the later one came', () => {
    assert.deepEqual(
      [1000, 1500, 2000, 3000, 6000].map((at) => bookedBy(samples, at)),
      [0, 100, 200, 650, 2000],
    )
  })

  test('is that of the only answer on its side, and unknown if there was none', () => {
    assert.deepEqual(
      [0, 9000].map((at) => bookedBy(samples.slice(1), at)),
      [200, 2000],
    )
    assert.throws(() => bookedBy([], 0), RangeError)
  })
})

suite('what the process takes', () => {
  test('series without labels are read from the text of Prometheus, and no others', () => {
    const text = `# HELP process_cpu_seconds_total Total.
# TYPE process_cpu_seconds_total counter
process_cpu_seconds_total 12.5
bincard_kafka_lag{partition="0"} 7
nodejs_eventloop_lag_p99_seconds 1.1e-2
`
    assert.deepEqual(
      readValues(text),
      new Map([
        ['process_cpu_seconds_total', 12.5],
        ['nodejs_eventloop_lag_p99_seconds', 0.011],
      ]),
    )
  })

  test('cores are processor time by time, memory is the most of it, and one sample tells nothing', () => {
    const samples = [
      { at: 0, cpuSeconds: 10, residentBytes: 1e8, eventLoopP99Ms: 11 },
      { at: 1000, cpuSeconds: 11, residentBytes: 3e8, eventLoopP99Ms: 400 },
      { at: 2000, cpuSeconds: 11.5, residentBytes: 2e8, eventLoopP99Ms: 12 },
    ]
    assert.deepEqual(usageOf(samples), { cpuCores: 0.75, residentMegabytes: 300, eventLoopP99Ms: 12 })
    assert.deepEqual([usageOf(samples.slice(0, 1)), usageOf([])], [null, null])
  })
})
