import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import {
  makeProducer,
  eventually,
  makeReader,
  makeTopic,
  never,
  readAll,
  start,
  textOf,
} from '../support/kafka-producer.ts'

/** Small enough that every answer holds one batch: records and the marker of their transaction are read apart. */
const ONE_BATCH = 1

test('aborted messages are never delivered, wherever their marker lies', async (t) => {
  const topic = await makeTopic(t)
  const plain = makeProducer(t)
  const one = makeProducer(t, { transactionalId: `one-${randomUUID()}` })
  const other = makeProducer(t, { transactionalId: `other-${randomUUID()}` })
  const made = (text: string) => ({ topic: topic.topic, partition: 0, value: Buffer.from(text) })
  const send = (to: { send: typeof plain.send }, text: string) =>
    to.send({ messages: [made(text)], acks: -1 })

  // One producer aborts, commits and aborts again; another one's transaction lies across all of that.
  const across = await other.beginTransaction()
  await across.send({ messages: [made('across, aborted 1')], acks: -1 })
  const first = await one.beginTransaction()
  await first.send({ messages: [made('one, aborted 1')], acks: -1 })
  await send(plain, 'plain 1')
  await first.send({ messages: [made('one, aborted 2')], acks: -1 })
  await first.abort()
  const second = await one.beginTransaction()
  await second.send({ messages: [made('one, committed 1')], acks: -1 })
  await across.send({ messages: [made('across, aborted 2')], acks: -1 })
  await second.send({ messages: [made('one, committed 2')], acks: -1 })
  await second.commit()
  const third = await one.beginTransaction()
  await third.send({ messages: [made('one, aborted 3')], acks: -1 })
  await send(plain, 'plain 2')
  await third.abort()
  await across.abort()
  const fourth = await other.beginTransaction()
  await fourth.send({ messages: [made('other, committed')], acks: -1 })
  await fourth.commit()

  const expected = ['plain 1', 'one, committed 1', 'one, committed 2', 'plain 2', 'other, committed']
  // The coordinator answers a commit once it is decided, and writes the markers then.
  await eventually(async () => (await readAll(makeReader(t, topic))).position.offset === 15)
  for (const maxBytes of [ONE_BATCH, 1_048_576]) {
    const { messages, chunks, position } = await readAll(makeReader(t, { ...topic, maxBytes }))
    assert.deepEqual(messages.map(textOf), expected)
    // 10 messages and 5 markers, the last of them behind the last message.
    assert.equal(position.offset, 15)
    assert.ok(maxBytes > ONE_BATCH || chunks.length >= 15, `${chunks.length} chunks`)
  }
  // From each offset on, as after a restart in the midst of a transaction.
  const whole = await readAll(makeReader(t, topic))
  for (let offset = 0; offset < 15; offset += 1) {
    const { messages } = await readAll(makeReader(t, topic), { offset, leaderEpoch: 0 })
    assert.deepEqual(
      messages,
      whole.messages.filter((message) => message.offset >= offset),
    )
  }
})

test('messages of an undecided transaction, and those behind them, wait for the decision', async (t) => {
  const topic = await makeTopic(t)
  const plain = makeProducer(t)
  const producer = makeProducer(t, { transactionalId: randomUUID() })
  const reader = makeReader(t, topic)
  const made = (text: string) => ({ topic: topic.topic, partition: 0, value: Buffer.from(text) })
  const open = await producer.beginTransaction()
  await open.send({ messages: [made('undecided')], acks: -1 })
  await plain.send({ messages: [made('behind')], acks: -1 })

  assert.deepEqual(await reader.read(start, never), {
    messages: [],
    nextOffset: 0,
    leaderEpoch: -1,
    endOffset: 0,
  })
  await open.commit()

  const { messages, position } = await readAll(reader)
  assert.deepEqual(messages.map(textOf), ['undecided', 'behind'])
  assert.deepEqual(position, { offset: 3, leaderEpoch: 0 })
})
