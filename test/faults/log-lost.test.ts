import assert from 'node:assert/strict'
import { ListOffsetTimestamps } from '@platformatic/kafka'
import pg from 'pg'
import { ensureTopic, withAdmin } from '../../stack/topic.ts'
import { departureEvent } from '../../src/api/samples.ts'
import { checkBooks } from '../support/books.ts'
import { kafkaAddress } from '../support/environment.ts'
import { ask } from '../support/http.ts'
import type { Scene } from '../support/scene.ts'
import { send } from '../support/send.ts'
import type { ServiceProcess } from '../support/service-process.ts'
import { waitFor } from '../support/wait.ts'
import { fault } from './fault.ts'

const partitions = 6
/** Starts and reads on a busy machine. */
const patience = { limitMs: 60_000 }

fault('F8', 'records deleted before they were read stop their partition, and no other', async (run) => {
  const scene = await run.scene({
    messages: run.choose({ whole: 50_000, share: 6_000 }),
    partitions,
    // Little is read ahead, so that most of what is deleted has not been read.
    environment: {
      BATCH_MAX_EVENTS: '50',
      LANE_BUFFER_EVENTS: '50',
      KAFKA_FETCH_MAX_BYTES: '65536',
    },
  })
  const counts = Array.from({ length: partitions }, (_, partition) => countOf(scene, partition))
  await scene.feed(0, 0.3)
  let replica = await scene.startReplica()
  await scene.untilBooked(0.3)

  // One lane is held up while its records are deleted; each part is a record batch of its own.
  const release = await holdPosition(scene, 0)
  for (let part = 3; part < 10; part += 1) await scene.feed(part / 10, (part + 1) / 10)
  await waitFor('the other partitions', async () => others(await positionsOf(scene), counts), patience)
  const end = counts[0] ?? 0
  await withAdmin(kafkaAddress(), async (admin) => {
    await admin.deleteRecords({
      topics: [{ name: scene.topic, partitions: [{ partition: 0, offset: BigInt(end) }] }],
    })
  })
  run.inflict()
  await release()

  for (const life of ['the one that read it', 'a new one']) {
    await waitFor(
      `${life} to say so`,
      async () => await saysStopped(replica, [0], 'deleted before they were read'),
      patience,
    )
    const [stopped = 0] = await positionsOf(scene)
    assert.ok(stopped < end, `${stopped} is beyond what was deleted`)
    // The others go on: reports that are known already are booked as duplicates.
    const known = await settledOf(scene)
    const more = scene.workload.sent.filter(({ partition }) => partition > 0).slice(0, 100)
    await send(scene.topic, more)
    run.sent(more.length)
    await waitFor('the others', async () => (await settledOf(scene)) === known + more.length, patience)
    assert.equal((await positionsOf(scene))[0], stopped, 'the stopped partition was skipped')
    await checkBooks(scene.database)
    assert.equal(await replica.end('SIGTERM'), 0)
    if (life === 'the one that read it') replica = await scene.startReplica()
  }
})

fault('F9', 'a topic that was deleted and made again is refused in every way in', async (run) => {
  const scene = await run.scene({ messages: run.choose({ whole: 50_000, share: 3_000 }), partitions })
  await scene.feed()
  const living = await scene.startReplica()
  await scene.untilBooked(1)
  const booked = await positionsOf(scene)

  await withAdmin(kafkaAddress(), (admin) => admin.deleteTopics({ topics: [scene.topic] }))
  await waitFor('the topic to be made again', async () => await makeAgain(scene.topic), patience)
  run.inflict()
  // Twice as much as before: there are messages before, at and behind every position.
  for (let time = 0; time < 2; time += 1) await send(scene.topic, scene.workload.sent)
  run.sent(2 * scene.total)
  const ends = await endsOf(scene.topic)
  assert.ok(ends.every((end, partition) => end > (booked[partition] ?? 0)))

  const all = booked.map((_, partition) => partition)
  for (const replica of [living, await scene.startReplica()]) {
    if (replica !== living) {
      scene.forget(living)
      assert.equal(await living.end('SIGTERM'), 0)
    }
    await waitFor(
      'the refusal',
      async () => await saysStopped(replica, all, 'deleted and made anew'),
      patience,
    )
    const answer = await ask(`http://127.0.0.1:${replica.port}/api/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/cloudevents+json' },
      body: JSON.stringify({ ...departureEvent, subject: null }),
    })
    assert.deepEqual([answer.status, codeOf(answer.body)], [503, 'topic_recreated'])
  }
  assert.deepEqual(await endsOf(scene.topic), ends, 'something was written to the new topic')
  assert.deepEqual(await positionsOf(scene), booked)
  await scene.settle()
})

function countOf({ workload }: Scene, partition: number): number {
  return workload.sent.filter((message) => message.partition === partition).length
}

async function positionsOf({ database, topic }: Scene): Promise<number[]> {
  const rows = await database.query<{ next: number }>(
    'select next_offset as next from kafka_position where topic = $1 order by kafka_partition',
    [topic],
  )
  return rows.map(({ next }) => next)
}

async function settledOf({ database }: Scene): Promise<number> {
  const [row] = await database.query<{ settled: number }>(
    'select sum(messages_settled)::bigint as settled from kafka_position',
  )
  return row?.settled ?? 0
}

function others([, ...positions]: readonly number[], [, ...counts]: readonly number[]): boolean {
  return positions.every((position, index) => position === counts[index])
}

/** Keeps the row of a partition's position locked, as a person's own transaction might; answers how to let it go. */
async function holdPosition({ address, topic }: Scene, partition: number): Promise<() => Promise<void>> {
  const client = new pg.Client({ ...address })
  await client.connect()
  await client.query('begin')
  await client.query('select from kafka_position where topic = $1 and kafka_partition = $2 for update', [
    topic,
    partition,
  ])
  return async () => await client.end()
}

/** The metric is 1 for these partitions and for no other, and readiness gives the reason for each of them. */
async function saysStopped(
  replica: ServiceProcess,
  stopped: readonly number[],
  reason: string,
): Promise<boolean> {
  const { status, body } = await replica.get('/health/ready')
  const { detail } = (body as { dependencies: { intake: { detail: string | null } } }).dependencies.intake
  for (let partition = 0; partition < partitions; partition += 1) {
    const isStopped = (await replica.metric(`bincard_partition_stopped{partition="${partition}"}`)) === 1
    if (isStopped !== stopped.includes(partition)) return false
  }
  const isNamed = (partition: number): boolean =>
    new RegExp(`Partition ${partition} is halted: [^.]*${reason}`).test(detail ?? '')
  return status === 503 && stopped.every(isNamed)
}

async function makeAgain(topic: string): Promise<boolean> {
  try {
    return await ensureTopic(kafkaAddress(), topic, partitions)
  } catch {
    // The old one is still on its way out.
    return false
  }
}

async function endsOf(topic: string): Promise<number[]> {
  const asked = Array.from({ length: partitions }, (_, partitionIndex) => ({
    partitionIndex,
    timestamp: ListOffsetTimestamps.LATEST,
  }))
  const [found] = await withAdmin(kafkaAddress(), (admin) =>
    admin.listOffsets({ topics: [{ name: topic, partitions: asked }] }),
  )
  return (found?.partitions ?? [])
    .toSorted((a, b) => a.partitionIndex - b.partitionIndex)
    .map(({ offset }) => Number(offset))
}

function codeOf(body: unknown): unknown {
  return (body as { code?: unknown }).code
}
