import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { DependencyHealth } from '../../src/api/dependencies.ts'
import { Fault } from '../../src/fault.ts'
import { Serving, type ServingParts } from '../../src/health.ts'
import type { IntakeHealth } from '../../src/intake/intake.ts'

type LaneState = IntakeHealth['lanes'][number]['state']

const migrated: DependencyHealth = { state: 'ok', detail: null }
const outdated: DependencyHealth = { state: 'failing', detail: 'The schema is not up to date.' }
const fault = new Fault({ part: 'postgres', kind: 'outage', code: 'connection_lost', message: 'x' })
const away: IntakeHealth = { group: { joined: false, fault: null }, lanes: [] }
const booking = (...states: readonly LaneState[]): IntakeHealth => ({
  group: { joined: true, fault: null },
  lanes: states.map((state, partition) => ({ partition, state, lag: 0 })),
})
const running = booking({ name: 'running' })

suite('a process is sent requests', () => {
  test('once it has had its schema, its place in the group, and its partitions under way', () => {
    let now: ServingParts = { migration: outdated, intake: running, isStopping: false }
    const serving = new Serving(() => now)
    assert.equal(serving.status, 'starting')
    for (const intake of [away, booking({ name: 'running' }, { name: 'failing', fault })]) {
      now = { migration: migrated, intake, isStopping: false }
      assert.equal(serving.status, 'starting')
    }
    now = { ...now, intake: booking({ name: 'running' }, { name: 'halted', fault }) }
    assert.equal(serving.status, 'serving')
  })

  test('also while Kafka is away later, whoever asked before, until it is told to end', (t) => {
    t.mock.timers.enable({ apis: ['setInterval'] })
    let now: ServingParts = { migration: migrated, intake: running, isStopping: false }
    const serving = new Serving(() => now)
    serving.start()
    t.after(() => serving.stop())
    t.mock.timers.tick(1000)
    now = { ...now, intake: away }
    assert.equal(serving.status, 'serving')
    now = { ...now, isStopping: true }
    assert.equal(serving.status, 'stopping')
  })
})
