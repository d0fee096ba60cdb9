import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { DependencyHealth } from '../../src/api/dependencies.ts'
import { Serving } from '../../src/health.ts'
import type { IntakeHealth } from '../../src/intake/intake.ts'

const migrated: DependencyHealth = { state: 'ok', detail: null }
const failing: DependencyHealth = { state: 'failing', detail: 'The schema is not up to date.' }
const joined: IntakeHealth = { group: { joined: true, fault: null }, lanes: [] }
const away: IntakeHealth = { group: { joined: false, fault: null }, lanes: [] }

suite('a process is sent requests', () => {
  test('once it has had its schema and its place in the group', () => {
    const serving = new Serving()
    const statusOf = (migration: DependencyHealth, intake: IntakeHealth) =>
      serving.status({ migration, intake, isStopping: false })
    assert.equal(statusOf(failing, joined), 'starting')
    assert.equal(statusOf(migrated, away), 'starting')
    assert.equal(statusOf(migrated, joined), 'serving')
  })

  test('also while Kafka is away later, until it is told to end', () => {
    const serving = new Serving()
    serving.status({ migration: migrated, intake: joined, isStopping: false })
    const later = { migration: migrated, intake: away }
    assert.equal(serving.status({ ...later, isStopping: false }), 'serving')
    assert.equal(serving.status({ ...later, isStopping: true }), 'stopping')
  })
})
