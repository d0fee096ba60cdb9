import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { startKafka } from '../../stack/kafka.ts'
import { freePort } from '../../stack/ports.ts'
import { runFolder } from '../../stack/state.ts'
import { describeTopic } from '../../src/kafka/cluster.ts'
import { GroupMembership } from '../../src/kafka/group-membership.ts'
import {
  clusterAt,
  eventually,
  makeProducer,
  makeReader,
  makeTopic,
  never,
  readAll,
  textOf,
} from '../support/kafka-producer.ts'

const classpath = process.env['BINCARD_TEST_KAFKA_CLASSPATH']
const skip = classpath === undefined ? 'BINCARD_TEST_KAFKA_CLASSPATH names no jars' : false
/** The shortest that a broker accepts unless told otherwise. */
const sessionTimeoutMs = 6_000
const patienceMs = 30_000

test(
  'reader and membership outlive a broker that is away, gone or hung',
  { skip, timeout: 180_000 },
  async (t) => {
    const broker = await ownBroker(t)
    const cluster = clusterAt(broker.address)
    const assigned: (readonly number[])[] = []
    const lost: string[] = []
    const topicName = `test-${randomUUID()}`
    const membership = new GroupMembership({
      cluster,
      groupId: 'outage',
      topic: topicName,
      sessionTimeoutMs,
      rebalanceTimeoutMs: 8_000,
      heartbeatIntervalMs: 500,
      onAssigned: (partitions) => assigned.push(partitions),
      onLost: ({ code }) => lost.push(code),
    })
    membership.start()
    t.after(() => membership.stop())

    // Away from the begin: no broker, then no topic.
    await eventually(() => lost.includes('broker_unreachable'), patienceMs)
    await broker.start()
    await eventually(() => lost.includes('topic_missing'), patienceMs)
    const { topic, topicId } = await makeTopic(t, {
      address: broker.address,
      topic: topicName,
      partitions: 2,
    })
    await eventually(() => assigned.length === 1, patienceMs)
    assert.deepEqual(assigned, [[0, 1]])

    const send = async (text: string): Promise<void> => {
      const producer = makeProducer(t, { address: broker.address })
      await eventually(() =>
        producer.send({ messages: [{ topic, partition: 1, value: Buffer.from(text) }], acks: -1 }),
      )
    }
    const reader = makeReader(t, { cluster, topic, topicId, partition: 1 })
    await send('before')
    const before = await readAll(reader)
    assert.deepEqual(before.messages.map(textOf), ['before'])

    // Gone, and back on the same port.
    lost.length = 0
    await broker.stop()
    const outage = { name: 'Fault', part: 'kafka', kind: 'outage' }
    await assert.rejects(reader.read(before.position, never), outage)
    await assert.rejects(reader.read(before.position, never), { ...outage, code: 'broker_unreachable' })
    await eventually(() => lost.includes('heartbeat_stalled'), patienceMs)
    assert.equal(membership.state().isJoined, false)
    await broker.start()
    await eventually(() => assigned.length === 2, patienceMs)
    await send('after')
    const after = await readAll(reader, before.position)
    assert.deepEqual(after.messages.map(textOf), ['after'])

    // Hung: connections stay open and nothing is answered.
    lost.length = 0
    broker.signal('SIGSTOP')
    await assert.rejects(reader.read(after.position, never), { ...outage, code: 'request_timed_out' })
    await eventually(() => lost.includes('heartbeat_stalled'), patienceMs)
    broker.signal('SIGCONT')
    await eventually(() => assigned.length === 3, patienceMs)
    await send('again')
    assert.deepEqual((await readAll(reader, after.position)).messages.map(textOf), ['again'])
    assert.deepEqual(assigned, [
      [0, 1],
      [0, 1],
      [0, 1],
    ])
    assert.equal((await describeTopic(cluster, topic, never)).topicId, topicId)
  },
)

/** A broker of this test alone, so that it can be taken away. */
async function ownBroker(t: TestContext) {
  const folder = runFolder(`test-outage-${randomUUID()}`)
  const port = await freePort()
  const jars = { java: 'java', classpath: String(classpath) }
  let running: Awaited<ReturnType<typeof startKafka>> | undefined
  const signal = (name: 'SIGSTOP' | 'SIGCONT'): void => {
    const pids: unknown = JSON.parse(readFileSync(join(folder.pids, 'kafka.json'), 'utf8'))
    assert.ok(typeof pids === 'object' && pids !== null && 'part' in pids && typeof pids.part === 'number')
    process.kill(pids.part, name)
  }
  const stop = async (): Promise<void> => {
    await running?.stop()
    running = undefined
  }
  t.after(async () => {
    if (running !== undefined) signal('SIGCONT')
    await stop()
    rmSync(folder.path, { recursive: true, force: true })
  })
  return {
    address: `127.0.0.1:${port}`,
    start: async () => {
      running = await startKafka({ folder, port, heapMegabytes: 256, jars, signal: never })
    },
    stop,
    signal,
  }
}
