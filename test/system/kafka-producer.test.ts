import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { partitionOfKey, Producer, type ProducerOptions } from '../../src/kafka/producer.ts'
import { kafkaClasspath } from '../support/environment.ts'
import { behindDeadServer, clusterAt, makeReader, makeTopic, readAll } from '../support/kafka-producer.ts'

const message = (key: string, value: string) => ({
  key: Buffer.from(key),
  value: Buffer.from(value),
  headers: [{ name: Buffer.from('ce_id'), value: Buffer.from('ж') }],
})

test('a key goes to the partition that Kafka’s own producer takes', () => {
  const keys = ['a', ...Array.from({ length: 200 }, () => randomUUID())]
  const program = join(import.meta.dirname, '../support/JavaPartitions.java')
  for (const partitions of [1, 7, 12]) {
    const said = execFileSync('java', ['-cp', kafkaClasspath(), program, String(partitions), ...keys])
    assert.deepEqual(
      keys.map((key) => partitionOfKey(Buffer.from(key), partitions)),
      said.toString().trim().split('\n').map(Number),
    )
  }
})

test('each message is where the answer says, in order, with its headers and its origin', async (t) => {
  const { topic, topicId, cluster } = await makeTopic(t, { partitions: 3 })
  const producer = makeOurProducer(t, { cluster, topic })
  const given = Array.from({ length: 40 }, (_, n) => message(`key ${n % 5}`, `${n}`))
  const places = await producer.produce(given, 'http')
  const more = await producer.produce(given, 'opening-stock')
  for (const partition of [0, 1, 2]) {
    const { messages } = await readAll(makeReader(t, { cluster, topic, topicId, partition }))
    const expected = [...places, ...more].flatMap((place, index) =>
      place.partition === partition ? [{ ...place, index }] : [],
    )
    assert.deepEqual(
      messages.map(({ offset, key, value, headers }) => ({
        topicId,
        partition,
        offset,
        key: String(key),
        value: String(value),
        headers: headers.map((header) => [String(header.name), String(header.value)]),
      })),
      expected.map(({ index, ...place }) => ({
        ...place,
        key: `key ${index % 5}`,
        value: `${index % 40}`,
        headers: [
          ['ce_id', 'ж'],
          ['bincard-origin', index < 40 ? 'http' : 'opening-stock'],
        ],
      })),
    )
  }
})

test('a header that looks like a mark of ours is left out; what we say ourselves is there', async (t) => {
  const { topic, topicId, cluster } = await makeTopic(t)
  const producer = makeOurProducer(t, { cluster, topic })
  const header = (name: string, value: string) => ({ name: Buffer.from(name), value: Buffer.from(value) })
  const given = ['bincard-accepted', 'bincard-origin', 'Bincard-Accepted', 'bincardian', 'ce_id']
  const sent = {
    ...message('key', 'value'),
    headers: given.map((name) => header(name, 'theirs')),
    marks: [header('bincard-quarantine-id', '7')],
  }
  await producer.produce([sent], 'redrive')
  const { messages } = await readAll(makeReader(t, { cluster, topic, topicId }))
  assert.deepEqual(
    messages[0]?.headers.map(({ name, value }) => [String(name), String(value)]),
    [
      ['bincardian', 'theirs'],
      ['ce_id', 'theirs'],
      ['bincard-quarantine-id', '7'],
      ['bincard-origin', 'redrive'],
    ],
  )
})

test('more than a broker takes in one record batch is sent in several requests, in order', async (t) => {
  const { topic, topicId, cluster } = await makeTopic(t)
  const producer = makeOurProducer(t, { cluster, topic })
  const given = Array.from({ length: 40 }, (_, n) => message('key', `${n} ${'x'.repeat(60_000)}`))
  const places = await producer.produce(given, 'http')
  assert.deepEqual(
    places,
    given.map((_, offset) => ({ topicId, partition: 0, offset })),
  )
  const { messages } = await readAll(makeReader(t, { cluster, topic, topicId }))
  assert.deepEqual(
    messages.map(({ value }) => Number.parseInt(String(value), 10)),
    given.map((_, n) => n),
  )
})

test('a topic that is missing, and a broker that is away, are faults; the next try is a new one', async (t) => {
  const { topic, cluster } = await makeTopic(t)
  const nowhere = makeOurProducer(t, { cluster, topic: `no-${topic}` })
  await assert.rejects(nowhere.produce([message('k', 'v')], 'http'), {
    name: 'Fault',
    part: 'kafka',
    kind: 'outage',
    code: 'topic_missing',
  })
  const away = makeOurProducer(t, { cluster: clusterAt('127.0.0.1:1'), topic })
  for (let tries = 0; tries < 2; tries += 1) {
    await assert.rejects(away.produce([message('k', 'v')], 'http'), { code: 'broker_unreachable' })
  }
})

test('a server that takes connections and answers nothing costs one try', async (t) => {
  const { topic, topicId, cluster } = await makeTopic(t)
  const producer = makeOurProducer(t, { cluster: await behindDeadServer(t, cluster), topic })
  await assert.rejects(producer.produce([message('k', 'v')], 'http'), { code: 'broker_unreachable' })
  const places = await producer.produce([message('k', 'v')], 'http')
  assert.deepEqual(places, [{ topicId, partition: 0, offset: 0 }])
})

test('nothing is written to a topic that is not the one of the positions', async (t) => {
  const { topic, topicId, cluster } = await makeTopic(t)
  const asked: string[] = []
  const isOurTopic = async (id: string): Promise<boolean> => asked.push(id) > 1
  const producer = makeOurProducer(t, { cluster, topic, isOurTopic })
  const refused = { name: 'Fault', part: 'kafka', kind: 'halt', code: 'topic_recreated' }
  await assert.rejects(producer.produce([message('k', 'v')], 'http'), refused)
  const [place] = await producer.produce([message('k', 'v')], 'http')
  assert.deepEqual([asked, place], [[topicId, topicId], { topicId, partition: 0, offset: 0 }])
})

function makeOurProducer(
  t: TestContext,
  options: Omit<ProducerOptions, 'isOurTopic'> & Partial<ProducerOptions>,
): Producer {
  const producer = new Producer({ isOurTopic: async () => true, ...options })
  t.after(() => producer.close())
  return producer
}
