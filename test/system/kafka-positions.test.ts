import assert from 'node:assert/strict'
import { createServer, type Socket } from 'node:net'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { describeTopic } from '../../src/kafka/cluster.ts'
import {
  brokerAddress,
  clusterAt,
  eventually,
  makeProducer,
  makeReader,
  makeTopic,
  never,
  readAll,
  start,
  textOf,
} from '../support/kafka-producer.ts'

test('a reader goes on exactly where it is told to', async (t) => {
  const topic = await makeTopic(t)
  const producer = makeProducer(t)
  const messages = Array.from({ length: 10 }, (_, number) => ({
    topic: topic.topic,
    value: Buffer.from(`${number}`),
  }))
  await producer.send({ messages, acks: -1 })
  const reader = makeReader(t, topic)

  assert.deepEqual(await reader.bounds(never), { earliest: 0, latest: 10 })
  const chunk = await reader.read({ offset: 7, leaderEpoch: 0 }, never)
  assert.deepEqual(chunk.messages.map(textOf), ['7', '8', '9'])
  assert.deepEqual(
    { ...chunk, messages: [] },
    { messages: [], nextOffset: 10, leaderEpoch: 0, endOffset: 10 },
  )
})

test('a position before the begin of the log stops the reader', async (t) => {
  const topic = await makeTopic(t)
  const producer = makeProducer(t)
  const messages = Array.from({ length: 10 }, () => ({ topic: topic.topic, value: Buffer.from('x') }))
  await producer.send({ messages, acks: -1 })
  await topic.admin.deleteRecords({
    topics: [{ name: topic.topic, partitions: [{ partition: 0, offset: 4n }] }],
  })
  const reader = makeReader(t, topic)

  const expected = { name: 'Fault', part: 'kafka', kind: 'halt', code: 'position_before_log' }
  await assert.rejects(reader.read({ offset: 3, leaderEpoch: 0 }, never), expected)
  await assert.rejects(reader.read(start, never), expected)
  assert.deepEqual(await reader.bounds(never), { earliest: 4, latest: 10 })
  assert.equal((await reader.read({ offset: 4, leaderEpoch: 0 }, never)).messages.length, 6)
})

test('a position behind the end of the log stops the reader', async (t) => {
  const topic = await makeTopic(t)
  await makeProducer(t).send({ messages: [{ topic: topic.topic, value: Buffer.from('x') }], acks: -1 })
  const reader = makeReader(t, topic)

  const expected = { name: 'Fault', part: 'kafka', kind: 'halt', code: 'position_after_log' }
  await assert.rejects(reader.read({ offset: 2, leaderEpoch: -1 }, never), expected)
  // With its epoch the broker reports where the histories part.
  await assert.rejects(reader.read({ offset: 2, leaderEpoch: 0 }, never), expected)
  // An epoch that this log has never seen.
  await assert.rejects(reader.read({ offset: 1, leaderEpoch: 7 }, never), expected)
  assert.equal((await reader.read(start, never)).messages.length, 1)
})

test('a topic that was deleted and made again stops the reader', async (t) => {
  const topic = await makeTopic(t)
  const producer = makeProducer(t)
  await producer.send({ messages: [{ topic: topic.topic, value: Buffer.from('old') }], acks: -1 })
  const reader = makeReader(t, topic)
  await readAll(reader)

  await topic.admin.deleteTopics({ topics: [topic.topic] })
  const missing = { name: 'Fault', kind: 'outage', code: 'topic_missing' }
  await eventually(() =>
    assert.rejects(describeTopic(topic.cluster, topic.topic, never), missing).then(() => true),
  )
  // The broker that is read from may know of it a little later.
  await eventually(() =>
    assert.rejects(reader.read({ offset: 1, leaderEpoch: 0 }, never), missing).then(() => true),
  )

  await eventually(() => topic.admin.createTopics({ topics: [topic.topic], partitions: 1, replicas: 1 }))
  await eventually(() => describeTopic(topic.cluster, topic.topic, never))
  const recreated = { name: 'Fault', part: 'kafka', kind: 'halt', code: 'topic_recreated' }
  await assert.rejects(reader.read({ offset: 1, leaderEpoch: 0 }, never), recreated)
  await assert.rejects(reader.bounds(never), recreated)
})

test('a partition that the topic does not have is an outage, not a crash', async (t) => {
  const reader = makeReader(t, { ...(await makeTopic(t)), partition: 5 })
  await assert.rejects(reader.read(start, never), {
    name: 'Fault',
    kind: 'outage',
    code: 'partition_missing',
  })
})

test('an abort ends a wait for messages at once, with its own reason', async (t) => {
  const topic = await makeTopic(t)
  const reader = makeReader(t, { ...topic, maxWaitMs: 30_000 })
  await reader.bounds(never)
  const stop = new AbortController()
  const reading = reader.read(start, stop.signal)
  const reason = new Error('enough')
  setTimeout(() => stop.abort(reason), 50)
  await assert.rejects(Promise.race([reading, delay(5_000, 'still waiting')]), reason)
  await assert.rejects(reader.read(start, stop.signal), reason)

  await makeProducer(t).send({ messages: [{ topic: topic.topic, value: Buffer.from('x') }], acks: -1 })
  assert.deepEqual((await readAll(reader)).messages.map(textOf), ['x'])
})

test('a broker that takes a request and never answers is given up in time', async (t) => {
  const sockets = new Set<Socket>()
  const silent = createServer((socket) => sockets.add(socket)).listen(0, '127.0.0.1')
  t.after(() => {
    for (const socket of sockets) socket.destroy()
    silent.close()
  })
  await eventually(() => silent.listening)
  const address = silent.address()
  assert.ok(address !== null && typeof address === 'object')
  const cluster = { ...clusterAt(`127.0.0.1:${address.port}`), requestTimeoutMs: 300 }
  const answer = describeTopic(cluster, 'any', never)
  const timedOut = { name: 'Fault', part: 'kafka', kind: 'outage', code: 'request_timed_out' }
  await assert.rejects(Promise.race([answer, delay(3_000, 'still waiting')]), timedOut)

  // The next server of the list is asked instead.
  const { topic, topicId } = await makeTopic(t)
  const both = {
    ...cluster,
    requestTimeoutMs: 3000,
    bootstrapServers: [...cluster.bootstrapServers, brokerAddress()],
  }
  const answeredBy = brokerAddress()
  assert.deepEqual(await describeTopic(both, topic, never), { topic, topicId, partitions: 1, answeredBy })
})

test('a broker that is not there is an outage', async () => {
  const cluster = clusterAt('127.0.0.1:1')
  const expected = { name: 'Fault', part: 'kafka', kind: 'outage', code: 'broker_unreachable' }
  await assert.rejects(describeTopic(cluster, 'any', never), expected)
})
