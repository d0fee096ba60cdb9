import assert from 'node:assert/strict'
import { suite, test, type TestContext } from 'node:test'
import { assertSameAsModel, checkBooks } from '../support/books.ts'
import { freshDatabase, freshTopic } from '../support/environment.ts'
import { openDatabase } from '../support/ledger.ts'
import { toJson } from '../support/memory-log.ts'
import { send } from '../support/send.ts'
import { startService } from '../support/service-process.ts'
import { waitFor } from '../support/wait.ts'
import { makeWorkload, type Workload } from '../support/workload.ts'
import type { Database } from '../../src/store/database.ts'

const partitions = 6

interface Scene {
  readonly address: Awaited<ReturnType<typeof freshDatabase>>
  readonly database: Database
  readonly topic: string
  readonly workload: Workload
  send(): Promise<void>
}

async function setScene(t: TestContext, messages: number): Promise<Scene> {
  const seed = Number(process.env['BINCARD_TEST_SEED'] ?? Date.now() % 1_000_000)
  t.diagnostic(`seed ${seed} (BINCARD_TEST_SEED replays it)`)
  const address = await freshDatabase(t)
  const topic = await freshTopic(t, partitions)
  const workload = makeWorkload({ seed, messages, partitions })
  const sent = workload.messages.map(({ partition, event }) => ({ partition, value: toJson(event) }))
  return { address, database: openDatabase(t, address), topic, workload, send: () => send(topic, sent) }
}

async function bookedMessages({ database }: Scene): Promise<number> {
  const rows = await database.query<{ sum: number }>(
    'select coalesce(sum(next_offset), 0)::bigint as sum from kafka_position',
  )
  return rows[0]?.sum ?? 0
}

const until = (scene: Scene, messages: number): Promise<unknown> =>
  waitFor(`${messages} messages`, async () => (await bookedMessages(scene)) >= messages, {
    limitMs: 120_000,
    everyMs: 100,
  })

suite('crashes and takeovers', () => {
  test('a service killed three times amid 200,000 events loses nothing and doubles nothing', async (t) => {
    const scene = await setScene(t, 200_000)
    const { address, topic, workload, database } = scene
    const sending = scene.send()
    const total = workload.messages.length
    for (const share of [0.2, 0.45, 0.7]) {
      const service = await startService(t, { database: address, topic })
      await until(scene, total * share)
      await service.end('SIGKILL')
    }
    const service = await startService(t, { database: address, topic })
    await sending
    await until(scene, total)
    assert.equal(await service.end('SIGTERM'), 0)
    assert.equal(await bookedMessages(scene), total)
    const books = await checkBooks(database)
    assertSameAsModel(books, workload.model)
    const held = [...workload.model.cards.values()].reduce((sum, card) => sum + card.held.length, 0)
    assert.equal(books.legs.filter(({ line }) => line === null).length, held)
  })

  test('two replicas share one topic, and one takes over all when the other leaves', async (t) => {
    const scene = await setScene(t, 60_000)
    const { address, topic, workload, database } = scene
    const replicas = [
      await startService(t, { database: address, topic }),
      await startService(t, { database: address, topic }),
    ]
    const [one, other] = replicas
    assert.ok(one !== undefined && other !== undefined)
    await waitFor('three partitions each', async () => {
      const owned = await Promise.all(replicas.map((replica) => replica.partitions()))
      return owned.every((count) => count === partitions / 2)
    })
    const sending = scene.send()
    await until(scene, 20_000)
    for (const replica of replicas) assert.ok((await replica.metric('bincard_batch_seconds_count')) > 0)
    assert.equal(await one.end('SIGTERM'), 0)
    await sending
    await until(scene, workload.messages.length)
    await waitFor('all partitions', async () => (await other.partitions()) === partitions)
    assert.equal(await other.end('SIGTERM'), 0)
    assertSameAsModel(await checkBooks(database), workload.model)
  })

  test('a frozen owner whose partitions were taken over doubles nothing when it wakes up', async (t) => {
    const scene = await setScene(t, 60_000)
    const { address, topic, workload, database } = scene
    const sending = scene.send()
    const zombie = await startService(t, {
      database: address,
      topic,
      environment: { BATCH_MAX_EVENTS: '100' },
    })
    await until(scene, 5000)
    zombie.signal('SIGSTOP')
    const heir = await startService(t, { database: address, topic })
    await sending
    await until(scene, workload.messages.length)
    zombie.signal('SIGCONT')
    await waitFor(
      'a share of the partitions again',
      async () => (await zombie.partitions()) === partitions / 2,
    )
    assert.equal(await zombie.end('SIGTERM'), 0)
    assert.equal(await heir.end('SIGTERM'), 0)
    assertSameAsModel(await checkBooks(database), workload.model)
  })
})
