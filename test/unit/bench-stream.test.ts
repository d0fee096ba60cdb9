import assert from 'node:assert/strict'
import { test } from 'node:test'
import { backlogOf } from '../../bench/write/backlog.ts'
import { makeStream, partitions, streamNames, type StreamName } from '../../bench/write/stream.ts'
import type { MovementEvent } from '../../src/message/event.ts'
import { Model } from '../support/model.ts'

const shape = { messages: 4000, seed: 7 }
const reportsOf = (name: StreamName): MovementEvent[] =>
  makeStream(name, shape).messages.flatMap(({ report }) => (report === 'unreadable' ? [] : [report]))

/** How many of the timed reports had each outcome, after all that comes before them. */
function outcomesOf(name: StreamName): Record<string, number> {
  const model = new Model()
  const { stock, before } = makeStream(name, shape)
  for (const report of [...stock, ...before]) model.deliver(report)
  model.outcomes.clear()
  for (const report of reportsOf(name)) model.deliver(report)
  return Object.fromEntries(model.outcomes)
}

test('a stream is the same for the same seed, and another for another', () => {
  assert.deepEqual(makeStream('pairs', shape), makeStream('pairs', shape))
  assert.notDeepEqual(makeStream('pairs', shape), makeStream('pairs', { ...shape, seed: 8 }))
})

test('no departure is beyond its stock', () => {
  for (const name of ['pairs', 'apart', 'one partition', 'unkeyed', 'hot card', 'one warehouse'] as const)
    assert.deepEqual(outcomesOf(name), { booked: shape.messages }, name)
})

test('all streams of a seed begin with the same stock', () => {
  const stockOf = (name: StreamName) => makeStream(name, shape).stock
  for (const name of Object.keys(streamNames) as StreamName[])
    assert.deepEqual(stockOf(name), stockOf('pairs'), name)
})

test('50,000 messages come between a departure and its arrival that is apart, also at the beginning', () => {
  const { before, messages } = makeStream('apart', { ...shape, messages: 60_000 })
  const leftAt = new Map(before.map(({ movementId }, n) => [movementId, (n - before.length) * 2]))
  const gaps = messages.flatMap(({ report }, n) => {
    if (report === 'unreadable') return []
    if (report.kind === 'arrival') return [n - (leftAt.get(report.movementId) ?? Number.NaN) - 1]
    leftAt.set(report.movementId, n)
    return []
  })
  assert.deepEqual([gaps.length, new Set(gaps)], [30_000, new Set([50_000])])
})

test('a backlog has as many messages as it says, and none that must wait for another', () => {
  const model = new Model()
  const messages = [...backlogOf(150_000, 7)]
  for (const { report } of messages) if (report !== 'unreadable') model.deliver(report)
  assert.deepEqual([messages.length, Object.fromEntries(model.outcomes)], [150_000, { booked: 150_000 }])
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

test('a warehouse has one partition where the stream is keyed by it, and all of them where it is not', () => {
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
  assert(makeStream('unkeyed', shape).messages.every(({ key }) => key === null))
})

test('where the key is the movement, its sides follow each other in one partition', () => {
  const byPartition = Map.groupBy(makeStream('one partition', shape).messages, ({ partition }) => partition)
  assert.equal(byPartition.size, partitions)
  for (const messages of byPartition.values()) {
    const ids = messages.map(({ report }) => (report === 'unreadable' ? null : report.movementId))
    assert(ids.every((id, n) => id === ids[n - (n % 2)]))
  }
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
