import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test, type TestContext } from 'node:test'
import type { Fault } from '../../src/fault.ts'
import type { Cluster } from '../../src/kafka/cluster.ts'
import { GroupMembership } from '../../src/kafka/group-membership.ts'
import { behindDeadServer, eventually, makeProducer, makeTopic } from '../support/kafka-producer.ts'

const all = [0, 1, 2, 3]

test('two members share the partitions, and who stays gets those of who leaves', async (t) => {
  const topic = await makeTopic(t, { partitions: all.length })
  const groupId = `test-${randomUUID()}`
  const first = joined(t, { ...topic, groupId })
  await eventually(() => first.partitions.length === all.length)
  assert.deepEqual(first.partitions, all)

  const second = joined(t, { ...topic, groupId })
  await eventually(() => first.partitions.length === 2 && second.partitions.length === 2)
  assert.deepEqual(
    [...first.partitions, ...second.partitions].toSorted((a, b) => a - b),
    all,
  )

  await second.membership.stop()
  // Long before the session of 10 s could have ended: it has left, it was not given up.
  await eventually(() => first.partitions.length === all.length, 5_000)
  assert.deepEqual(first.partitions, all)
  assert.deepEqual([first.lost, second.lost], [[], []])
  assert.deepEqual([first.membership.state().isJoined, second.membership.state().isJoined], [true, false])
})

test('a commit is seen by lag tools, and one that is refused leaves the membership as it is', async (t) => {
  const topic = await makeTopic(t, { partitions: 1 })
  await makeProducer(t).send({ messages: [{ topic: topic.topic, value: Buffer.from('x') }], acks: -1 })
  const groupId = `test-${randomUUID()}`
  const member = joined(t, { ...topic, groupId })
  const outage = { name: 'Fault', part: 'kafka', kind: 'outage' }
  const offsets = [{ partition: 0, offset: 1, leaderEpoch: 0 }]
  await assert.rejects(member.membership.commit(offsets), { ...outage, code: 'membership_lost' })
  await eventually(() => member.partitions.length === 1)

  await member.membership.commit(offsets)
  const groups = await topic.admin.listConsumerGroupOffsets({
    groups: [{ groupId, topics: [{ name: topic.topic, partitionIndexes: [0] }] }],
  })
  const committed = groups.flatMap((group) => group.topics).flatMap(({ partitions }) => partitions)
  assert.deepEqual(
    committed.map(({ partitionIndex, committedOffset }) => [partitionIndex, committedOffset]),
    [[0, 1n]],
  )

  const since = member.membership.state().since
  await assert.rejects(member.membership.commit([{ partition: 99, offset: 1, leaderEpoch: 0 }]), outage)
  await member.membership.commit(offsets)
  assert.deepEqual(member.assignments, [[0]])
  assert.deepEqual(member.membership.state().since, since)
})

test('a member joins through the server that answers, whatever the first one does', async (t) => {
  const topic = await makeTopic(t, { partitions: all.length })
  const cluster = await behindDeadServer(t, topic.cluster)
  const member = joined(t, { ...topic, cluster, groupId: `test-${randomUUID()}` })
  await eventually(() => member.partitions.length === all.length)
  assert.deepEqual(member.lost, [])
})

test('stopping is quick while no broker answers', async (t) => {
  const cluster = {
    bootstrapServers: ['127.0.0.1:1'],
    clientId: 'test',
    connectTimeoutMs: 2_000,
    requestTimeoutMs: 3_000,
  }
  const member = joined(t, { cluster, topic: 'any', groupId: 'any' })
  await eventually(() => member.lost.includes('broker_unreachable'))
  const { isJoined, lostBecause, lastHeartbeatAt } = member.membership.state()
  assert.deepEqual([isJoined, lostBecause?.code, lastHeartbeatAt], [false, 'broker_unreachable', null])
  const begun = performance.now()
  await member.membership.stop()
  assert.ok(performance.now() - begun < 2_500)
})

function joined(t: TestContext, options: { cluster: Cluster; topic: string; groupId: string }) {
  const seen = {
    assignments: [] as (readonly number[])[],
    partitions: [] as readonly number[],
    lost: [] as string[],
  }
  const membership = new GroupMembership({
    ...options,
    sessionTimeoutMs: 10_000,
    rebalanceTimeoutMs: 12_000,
    heartbeatIntervalMs: 300,
    onAssigned: (partitions) => {
      seen.assignments.push(partitions)
      seen.partitions = partitions
    },
    onLost: (why: Fault) => seen.lost.push(why.code),
  })
  membership.start()
  t.after(() => membership.stop())
  return Object.assign(seen, { membership })
}
