import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import type { Message } from '../../src/message/message.ts'
import { brokerAddress, makeProducer, makeReader, makeTopic, readAll } from '../support/kafka-producer.ts'

const run = promisify(execFile)
const codecs = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const
const count = 2_000
const source = join(import.meta.dirname, '../support/JavaProducer.java')
const classpath = process.env['BINCARD_TEST_KAFKA_CLASSPATH']
const skip = await whyNot()

test('what the Java client sends is read byte for byte, whatever packs it', { skip }, async (t) => {
  const topics = await Promise.all(codecs.map(async (codec) => ({ codec, ...(await makeTopic(t)) })))
  const asked = topics.map(({ topic, codec }) => `${topic}=${codec}`)
  await run('java', ['-cp', String(classpath), source, brokerAddress(), String(count), ...asked])

  const expected = Array.from({ length: count }, (_, number) => recordOfJava(number))
  for (const topic of topics) {
    const { messages, position } = await readAll(makeReader(t, topic))
    assertSame(messages, expected, topic.codec)
    assert.deepEqual(position, { offset: count, leaderEpoch: 0 })
  }
})

test('a chunk of packed messages stays as small as it was asked to be', async (t) => {
  const topic = await makeTopic(t)
  const producer = makeProducer(t)
  const value = Buffer.alloc(10_000, 'x')
  for (let batch = 0; batch < 20; batch += 1) {
    const messages = Array.from({ length: 10 }, () => ({ topic: topic.topic, value }))
    await producer.send({ messages, compression: 'zstd', acks: -1 })
  }

  const { messages, chunks } = await readAll(makeReader(t, { ...topic, maxBytes: 250_000 }))

  assert.deepEqual(
    messages.map(({ offset }) => offset),
    Array.from({ length: 200 }, (_, offset) => offset),
  )
  // 100,000 bytes a batch: three of them reach 250,000.
  assert.deepEqual(
    chunks.map((chunk) => chunk.messages.length),
    [30, 30, 30, 30, 30, 30, 20],
  )
})

/** Message by message: the difference of two long lists of buffers would take more memory than there is. */
function assertSame(messages: readonly Message[], expected: readonly Message[], codec: string): void {
  for (const [index, message] of messages.entries()) assert.deepEqual(message, expected[index], codec)
  assert.equal(messages.length, expected.length, codec)
}

/** The same rules as in `JavaProducer.java`. */
function recordOfJava(number: number): Message {
  const headers = [
    { name: Buffer.from('twice'), value: Buffer.from(`header ${number}`) },
    { name: Buffer.from('twice'), value: null },
    { name: Buffer.from('склад'), value: Buffer.alloc(0) },
  ]
  return {
    partition: 0,
    offset: number,
    key: number % 3 === 0 ? null : Buffer.from(`key ${number}`),
    value: number % 7 === 0 ? null : Buffer.from(`${'value '.repeat(number % 200)}${number}`),
    headers: number % 5 === 0 ? [] : headers,
  }
}

async function whyNot(): Promise<string | false> {
  if (classpath === undefined) return 'BINCARD_TEST_KAFKA_CLASSPATH names no jars'
  const { stdout } = await run('java', ['--list-modules'])
  return stdout.includes('jdk.compiler') ? false : 'this Java has no compiler'
}
