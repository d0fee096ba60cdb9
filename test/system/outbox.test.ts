/** What is told to other topics: each line of each card, and each message that goes into quarantine. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test, type TestContext } from 'node:test'
import { describeTopic } from '../../src/kafka/cluster.ts'
import type { Message } from '../../src/message/message.ts'
import { readBooks } from '../support/books.ts'
import { freshDatabase, freshTopic, kafkaAddress } from '../support/environment.ts'
import { arrival } from '../support/events.ts'
import { clusterAt, makeReader, readAll } from '../support/kafka-producer.ts'
import { openDatabase } from '../support/ledger.ts'
import { toJson } from '../support/memory-log.ts'
import { setScene } from '../support/scene.ts'
import { send } from '../support/send.ts'
import { startService } from '../support/service-process.ts'
import { waitFor } from '../support/wait.ts'
import { ensureTopic, withAdmin } from '../../stack/topic.ts'

test('every line is told, those of a card in their order, whoever books and whoever is killed', async (t) => {
  const [changes, letters] = [await freshTopic(t, 4), await freshTopic(t, 2)]
  const told = { KAFKA_CHANGES_TOPIC: changes, KAFKA_DLQ_TOPIC: letters }
  const scene = await setScene(t, { seed: 81, messages: 30_000, partitions: 4, environment: told })
  const first = await scene.startReplica()
  await scene.startReplica()
  await scene.feed()
  await scene.untilBooked(0.3)
  scene.forget(first)
  await first.end('SIGKILL')
  await scene.startReplica()
  await scene.untilBooked(1)
  await waitFor(
    'all to be told',
    async () => {
      const [row] = await scene.database.query<{ rows: number }>(
        'select (select count(*) from outbox_lines) + (select count(*) from outbox_dead_letter) as rows',
      )
      return row?.rows === 0
    },
    { limitMs: 120_000 },
  )
  const { lines, legs } = await readBooks(scene.database)
  const seen = new Map<string, number>()
  let repeated = 0
  for (const { key, value, headers } of await readTopic(t, changes)) {
    const event = JSON.parse(String(value)) as LineEvent
    assert.equal(String(key), event.subject)
    assert.equal(event.id, `${event.subject}/${event.data.line}`)
    assert.equal(Number(event.sequence), event.data.line)
    assert.deepEqual(
      headers.map(({ name }) => String(name)),
      ['content-type'],
    )
    const last = seen.get(event.subject) ?? 0
    // What was told before may come again; what is new is the next line.
    if (event.data.line <= last) repeated += 1
    else assert.equal(event.data.line, last + 1, `a gap in what is told of ${event.subject}`)
    seen.set(event.subject, Math.max(last, event.data.line))
  }
  t.diagnostic(`${lines.length} lines told, ${repeated} of them twice`)
  const lastLines = new Map(lines.map((line) => [`${line.warehouse_id}/${line.product_id}`, line.line]))
  assert.deepEqual(seen, lastLines)
  assert.ok(legs.length > 0)
  const deadLetters = await readTopic(t, letters)
  const ids = new Set(deadLetters.map((message) => headerOf(message, 'bincard-quarantine-id')))
  assert.equal(ids.size, scene.workload.poison)
  await scene.settle()
})

test('a line is a CloudEvent that says what the card says; a dead letter is the message itself, and why', async (t) => {
  const [changes, letters] = [await freshTopic(t, 1), await freshTopic(t, 1)]
  const [database, topic] = [await freshDatabase(t), await freshTopic(t, 1)]
  const environment = { KAFKA_CHANGES_TOPIC: changes, KAFKA_DLQ_TOPIC: letters }
  const service = await startService(t, { database, topic, environment })
  await service.ready()
  const event = arrival({ movement: 1, quantity: 7, at: 5 })
  await send(topic, [
    { partition: 0, value: toJson(event) },
    { partition: 0, value: Buffer.from([0xff, 0x00]), headers: { mine: Buffer.from('kept') } },
    { partition: 0, value: null },
  ])
  const letterList = await untilTold(t, letters, 2)
  const [line] = await untilTold(t, changes, 1)
  const body = JSON.parse(String(line?.value)) as LineEvent
  const { warehouseId, productId, movementId } = event
  assert.deepEqual(body, {
    specversion: '1.0',
    type: 'ru.retail.warehouses.card_line',
    source: 'bincard',
    id: `${warehouseId}/${productId}/1`,
    subject: `${warehouseId}/${productId}`,
    time: body.data.recorded_at,
    datacontenttype: 'application/json',
    dataschema: 'ru.retail.warehouses.card_line.v1.0',
    sequence: '0000000000000001',
    data: {
      warehouse_id: warehouseId,
      product_id: productId,
      line: 1,
      event: 'arrival',
      change: 7,
      balance: 7,
      movement_id: movementId,
      timestamp: '2025-01-01T00:00:05.000Z',
      recorded_at: body.data.recorded_at,
    },
  })
  const [binary, tombstone] = letterList
  assert.deepEqual(binary?.value, Buffer.from([0xff, 0x00]))
  assert.equal(tombstone?.value, null)
  assert.equal(binary && headerOf(binary, 'mine'), 'kept')
  assert.equal(binary && headerOf(binary, 'bincard-code'), 'not_utf8')
  assert.equal(binary && headerOf(binary, 'bincard-topic'), topic)
  assert.equal(binary && headerOf(binary, 'bincard-offset'), '1')
  assert.equal(tombstone && headerOf(tombstone, 'bincard-code'), 'message_empty')
  // Whoever reads the topic may be sooner than the COMMIT behind it.
  await waitFor('the line to be counted', async () => (await service.metric(lineTold)) === 1)
  await waitFor('nothing to wait', async () => (await service.metric('bincard_outbox_waiting')) === 0)
})

test('a dead letter that its topic does not take goes without its value, and holds up nobody', async (t) => {
  const [database, topic, letters] = [await freshDatabase(t), await freshTopic(t, 1), `small-${randomUUID()}`]
  await withAdmin(kafkaAddress(), async (admin) => {
    const configs = [{ name: 'max.message.bytes', value: '2000' }]
    await admin.createTopics({ topics: [letters], partitions: 1, replicas: 1, configs })
  })
  const service = await startService(t, { database, topic, environment: { KAFKA_DLQ_TOPIC: letters } })
  await service.ready()
  await send(topic, [
    { partition: 0, value: 'x'.repeat(5000), headers: { mine: Buffer.from('kept') } },
    { partition: 0, value: 'y' },
  ])
  const [large, small] = await untilTold(t, letters, 2)
  assert.deepEqual([large?.value, large && headerOf(large, 'bincard-left-out')], [null, 'value, headers'])
  assert.deepEqual(
    [large && headerOf(large, 'mine'), large && headerOf(large, 'bincard-offset')],
    [undefined, '0'],
  )
  assert.deepEqual([String(small?.value), small && headerOf(small, 'bincard-left-out')], ['y', undefined])
})

test('a topic that is not there holds up nobody: it is told once it is there', async (t) => {
  const [database, topic, changes] = [await freshDatabase(t), await freshTopic(t, 1), `late-${randomUUID()}`]
  const service = await startService(t, { database, topic, environment: { KAFKA_CHANGES_TOPIC: changes } })
  await service.ready()
  await send(
    topic,
    [1, 2, 3].map((n) => ({ partition: 0, value: toJson(arrival({ movement: n, quantity: n })) })),
  )
  const books = openDatabase(t, database)
  await waitFor('the booking', async () => (await readBooks(books)).lines.length === 3)
  await waitFor('a fault that says so', async () => (await service.metric(fault)) > 0)
  assert.ok((await service.metric('bincard_outbox_waiting')) > 0)
  assert.equal((await service.get('/health/ready')).status, 200)
  await ensureTopic(kafkaAddress(), changes, 1)
  const lines = await untilTold(t, changes, 3)
  assert.deepEqual(
    lines.map(({ value }) => (JSON.parse(String(value)) as LineEvent).data.balance),
    [1, 3, 6],
  )
})

test('without a topic for it nothing is kept to be told', async (t) => {
  const [database, topic] = [await freshDatabase(t), await freshTopic(t, 1)]
  const service = await startService(t, { database, topic })
  await service.ready()
  await send(topic, [
    { partition: 0, value: toJson(arrival({ movement: 1, quantity: 1 })) },
    { partition: 0, value: 'x' },
  ])
  const books = openDatabase(t, database)
  await waitFor('the booking', async () => (await readBooks(books)).lines.length === 1)
  assert.deepEqual(
    await books.query(
      'select outbox_id from outbox_lines union all select quarantine_id from outbox_dead_letter',
    ),
    [],
  )
})

const lineTold = 'bincard_outbox_told_total{kind="line"}'
const fault = 'bincard_faults_total{part="kafka",code="topic_missing"}'

interface LineEvent {
  readonly id: string
  readonly subject: string
  readonly sequence: string
  readonly data: { readonly line: number; readonly balance: number; readonly recorded_at: string }
}

function headerOf({ headers }: Message, name: string): string | undefined {
  return headers.find((header) => String(header.name) === name)?.value?.toString()
}

async function untilTold(t: TestContext, topic: string, count: number): Promise<Message[]> {
  let messages: Message[] = []
  await waitFor(`${count} messages in ${topic}`, async () => {
    messages = await readTopic(t, topic)
    return messages.length >= count
  })
  return messages
}

/** All messages of all partitions. */
async function readTopic(t: TestContext, topic: string): Promise<Message[]> {
  const cluster = clusterAt(kafkaAddress())
  const { topicId, partitions } = await describeTopic(cluster, topic, AbortSignal.timeout(10_000))
  const messages: Message[] = []
  for (let partition = 0; partition < partitions; partition += 1) {
    const reader = makeReader(t, { cluster, topic, topicId, partition })
    messages.push(...(await readAll(reader)).messages)
    reader.close()
  }
  return messages
}
