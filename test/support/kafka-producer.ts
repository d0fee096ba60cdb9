import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { TestContext } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { Admin, Producer } from '@platformatic/kafka'
import type { Cluster } from '../../src/kafka/cluster.ts'
import { describeTopic } from '../../src/kafka/cluster.ts'
import type { Chunk, Position } from '../../src/kafka/chunk.ts'
import { PartitionReader, type PartitionReaderOptions } from '../../src/kafka/partition-reader.ts'
import type { Message } from '../../src/message/message.ts'
import { untilLed } from '../../stack/topic.ts'

/** The broker that `npm test` started for all. */
export function brokerAddress(): string {
  const address = process.env['BINCARD_TEST_KAFKA']
  assert.ok(address, 'BINCARD_TEST_KAFKA names no broker')
  return address
}

export function clusterAt(address: string): Cluster {
  return {
    bootstrapServers: [address],
    clientId: 'bincard-test',
    connectTimeoutMs: 2_000,
    requestTimeoutMs: 3_000,
  }
}

/** The cluster, with a first server that takes each connection and closes it, as a proxy before a dead broker does. */
export async function behindDeadServer(t: TestContext, cluster: Cluster): Promise<Cluster> {
  const server = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  const address = server.address()
  assert.ok(address !== null && typeof address === 'object')
  return { ...cluster, bootstrapServers: [`127.0.0.1:${address.port}`, ...cluster.bootstrapServers] }
}

/** A signal that never comes. */
export const never = new AbortController().signal

export const start: Position = { offset: 0, leaderEpoch: -1 }

/** Makes a topic of its own for a test, and deletes it afterwards. */
export async function makeTopic(
  t: TestContext,
  options: { address?: string; topic?: string; partitions?: number } = {},
): Promise<{ topic: string; topicId: string; admin: Admin; cluster: Cluster }> {
  const { address = brokerAddress(), topic = `test-${randomUUID()}`, partitions = 1 } = options
  const cluster = clusterAt(address)
  const admin = new Admin({ clientId: 'bincard-test', bootstrapBrokers: [address] })
  t.after(() => admin.close())
  await admin.createTopics({ topics: [topic], partitions, replicas: 1 })
  await untilLed(admin, topic, partitions)
  t.after(() => admin.deleteTopics({ topics: [topic] }).catch(() => undefined))
  const { topicId } = await eventually(() => describeTopic(cluster, topic, never))
  return { topic, topicId, admin, cluster }
}

export function makeProducer(
  t: TestContext,
  options: { address?: string; transactionalId?: string } = {},
): Producer {
  const { address = brokerAddress(), transactionalId } = options
  const producer = new Producer({
    clientId: 'bincard-test',
    bootstrapBrokers: [address],
    ...(transactionalId === undefined ? {} : { transactionalId, idempotent: true }),
  })
  t.after(() => producer.close())
  return producer
}

export function makeReader(
  t: TestContext,
  options: Pick<PartitionReaderOptions, 'cluster' | 'topic' | 'topicId'> & Partial<PartitionReaderOptions>,
): PartitionReader {
  const reader = new PartitionReader({ partition: 0, maxBytes: 1_048_576, maxWaitMs: 200, ...options })
  t.after(() => reader.close())
  return reader
}

/** Reads to the end of the log; all that came, and the chunks it came in. */
export async function readAll(
  reader: PartitionReader,
  from: Position = start,
): Promise<{ messages: Message[]; chunks: Chunk[]; position: Position }> {
  const chunks: Chunk[] = []
  let position = from
  for (;;) {
    const chunk = await reader.read(position, never)
    chunks.push(chunk)
    position = { offset: chunk.nextOffset, leaderEpoch: chunk.leaderEpoch }
    if (chunk.nextOffset >= chunk.endOffset) break
    assert.ok(chunks.length < 10_000, 'the reader does not come to an end')
  }
  return { messages: chunks.flatMap(({ messages }) => messages), chunks, position }
}

export function textOf({ value }: Message): string | undefined {
  return value?.toString()
}

/** Waits for a promise that is fulfilled or a value that is not false. */
export async function eventually<Value>(
  look: () => Value | Promise<Value>,
  limitMs = 10_000,
): Promise<Exclude<Value, false | undefined>> {
  const deadline = Date.now() + limitMs
  let last: unknown = new Error(`not within ${limitMs} ms`)
  while (Date.now() < deadline) {
    try {
      const value = await look()
      if (value !== false && value !== undefined) return value as Exclude<Value, false | undefined>
    } catch (error) {
      last = error
    }
    await delay(20)
  }
  throw last
}
