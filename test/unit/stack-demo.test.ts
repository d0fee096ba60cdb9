import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { demoMessage } from '../../stack/demo-message.ts'
import { demoStory, uuidOf, type DemoEvent } from '../../stack/demo-story.ts'
import { decode } from '../../src/message/decode.ts'
import type { Micros, MovementEvent } from '../../src/message/event.ts'
import { MemoryLedger } from '../support/memory-ledger.ts'

const now = Date.parse('2026-11-22T12:00:00Z')

/** The first reports of a story; the first hundred fill the cards. */
function reports(seed: string, count: number): DemoEvent[] {
  return demoStory(seed).take(count).toArray()
}

/** As the service reads them, half a second apart. */
function decoded(events: readonly DemoEvent[]): MovementEvent[] {
  return events.map((event, index) => {
    const sentAt = now + index * 500
    const value = Buffer.from(demoMessage(event, { messageId: uuidOf(`message ${index}`), now: sentAt }))
    const message = { partition: 0, offset: index, key: null, value, headers: [] }
    const result = decode(message, (sentAt * 1000) as Micros)
    if (result.kind === 'rejected') assert.fail(`report ${index} is rejected: ${JSON.stringify(result)}`)
    return result
  })
}

test('a demo tells the same story for the same seed, and another for another', () => {
  assert.deepEqual(reports('a', 500), reports('a', 500))
  assert.notDeepEqual(reports('a', 500), reports('b', 500))
})

test('the messages of the demo have the shape of the samples', () => {
  const samples = join(import.meta.dirname, '../../docs/samples')
  const first = reports('a', 300).find(({ kind }) => kind === 'departure')
  if (first === undefined) assert.fail('a story without a departure')
  const sample: unknown = JSON.parse(readFileSync(join(samples, 'departure.json'), 'utf8'))
  const message: unknown = JSON.parse(demoMessage(first, { messageId: uuidOf('a'), now }))
  assert.deepEqual(shapeOf(message), shapeOf(sample))
})

test('a demo is booked as it was meant: nothing quarantined, few held, some in parts, some short', () => {
  const ledger = new MemoryLedger()
  const events = decoded(reports('a', 1_200))
  const outcomes = events.flatMap((event) => ledger.book([event]).outcomes)
  const count = (outcome: string): number => outcomes.filter((one) => one === outcome).length
  assert.equal(count('booked') + count('held'), events.length)
  assert.ok(count('held') >= 5 && count('held') <= 60, `${count('held')} held`)

  const arrivals = Map.groupBy(
    events.filter(({ kind }) => kind === 'arrival'),
    ({ movementId }) => movementId,
  )
  const departures = events.filter(({ kind, movementId }) => kind === 'departure' && arrivals.has(movementId))
  const missing = departures.map(({ movementId, quantity }) => {
    const arrived = arrivals.get(movementId) ?? []
    return { parts: arrived.length, quantity: quantity - arrived.reduce((sum, one) => sum + one.quantity, 0) }
  })
  assert.ok(missing.some(({ parts }) => parts === 2))
  assert.ok(missing.some(({ parts, quantity }) => parts === 1 && quantity > 0))
  assert.ok(missing.every(({ quantity }) => quantity >= 0))
  assert.ok(ledger.lines.every(({ balance }) => balance >= 0))
})

/** The names of all attributes, in their order, and the kinds of their values. */
function shapeOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return typeof value
  return Object.entries(value).map(([name, inner]) => [name, shapeOf(inner)])
}
