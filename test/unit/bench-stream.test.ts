import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeStream, partitions, type StreamName } from '../../bench/write/stream.ts'
import type { MovementEvent } from '../../src/message/event.ts'
import { Model } from '../support/model.ts'

const shape = { messages: 4000, seed: 7 }
const reportsOf = (name: StreamName): MovementEvent[] =>
  makeStream(name, shape).messages.flatMap(({ report }) => (report === 'unreadable' ? [] : [report]))

/** How many of the timed reports had each outcome, after all that comes before them. */
function outcomesOf(name: StreamName): Record<string, number> {
  const model = new Model()
  for (const report of makeStream(name, shape).before) model.deliver(report)
  model.outcomes.clear()
  for (const report of reportsOf(name)) model.deliver(report)
  return Object.fromEntries(model.outcomes)
}

test('a stream is the same for the same seed, and another for another', () => {
  assert.deepEqual(makeStream('pairs', shape), makeStream('pairs', shape))
  assert.notDeepEqual(makeStream('pairs', shape), makeStream('pairs', { ...shape, seed: 8 }))
})

test('no departure is beyond its stock', () => {
  for (const name of ['pairs', 'apart', 'unkeyed', 'hot card', 'one warehouse'] as const)
    assert.deepEqual(outcomesOf(name), { booked: shape.messages }, name)
})

test('a stream with duplicates or poison has as many as it says', () => {
  assert.deepEqual(outcomesOf('all duplicates'), { duplicate: shape.messages })
  const { duplicate = 0, booked = 0 } = outcomesOf('duplicates')
  assert.equal(duplicate + booked, shape.messages)
  assert(duplicate > 120 && duplicate < 280, `${duplicate} duplicates`)
  const poison = shape.messages - reportsOf('poison').length
  assert(poison > 15 && poison < 80, `${poison} unreadable messages`)
})

test('half of the events of a hot card are its own, and one warehouse is one warehouse', () => {
  const counts = new Map<string, number>()
  for (const { warehouseId, productId } of reportsOf('hot card')) {
    const card = warehouseId + productId
    counts.set(card, (counts.get(card) ?? 0) + 1)
  }
  assert(Math.max(...counts.values()) >= shape.messages / 2)
  assert.equal(new Set(reportsOf('one warehouse').map(({ warehouseId }) => warehouseId)).size, 1)
})

test('a warehouse has one partition where the stream is keyed, and all of them where it is not', () => {
  const partitionsOf = (name: StreamName): number => {
    const { messages } = makeStream(name, shape)
    const [first] = messages
    if (first === undefined || first.report === 'unreadable') return 0
    const { warehouseId } = first.report
    const own = messages.filter(({ report }) => report !== 'unreadable' && report.warehouseId === warehouseId)
    return new Set(own.map(({ partition }) => partition)).size
  }
  assert.equal(partitionsOf('pairs'), 1)
  assert.equal(partitionsOf('unkeyed'), partitions)
})

test('of the pile nothing is ever released', () => {
  const { before } = makeStream('held pile', { messages: 2000, seed: 7 })
  const held = before.filter(({ kind }) => kind === 'departure')
  assert.equal(held.length, 100_000)
  assert.equal(new Set(held.map(({ warehouseId, productId }) => warehouseId + productId)).size, 1)
  const arrived = reportsOf('held pile')
    .filter(({ kind, warehouseId }) => kind === 'arrival' && warehouseId === held[0]?.warehouseId)
    .reduce((sum, { quantity }) => sum + quantity, 0)
  assert(Math.min(...held.map(({ quantity }) => quantity)) > arrived)
})
