import assert from 'node:assert/strict'
import { test } from 'node:test'
import { invalidity } from '../../bench/latency/step.ts'
import { createLatencies } from '../../open-loop/latencies.ts'

function step(given: Partial<Parameters<typeof invalidity>[0]> = {}) {
  const seen = createLatencies()
  seen.record(12)
  return { visible: seen.percentiles(), unseen: {}, behindShare: 0.04, isRefused: false, ...given }
}

test('a step whose messages were all sent in time and seen has figures', () => {
  assert.equal(invalidity(step()), null)
})

test('a generator that was more than a twentieth behind leaves no figure', () => {
  assert.match(invalidity(step({ behindShare: 0.051 })) ?? '', /generator itself was 5 % behind/)
})

test('what was never seen, never taken, or never looked for leaves no figure', () => {
  assert.match(invalidity(step({ unseen: { 'not in time': 2 } })) ?? '', /never seen: 2 \(not in time\)/)
  assert.match(invalidity(step({ isRefused: true })) ?? '', /Kafka/)
  assert.match(invalidity(step({ visible: createLatencies().percentiles() })) ?? '', /no message/)
})
