import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { assertSameAsModel, checkBooks } from '../support/books.ts'
import { freshTopic } from '../support/environment.ts'
import { openDatabase } from '../support/ledger.ts'
import { toJson } from '../support/memory-log.ts'
import { ownPostgres } from '../support/own-postgres.ts'
import { send } from '../support/send.ts'
import { startService, type ServiceProcess } from '../support/service-process.ts'
import { waitFor } from '../support/wait.ts'
import { makeWorkload } from '../support/workload.ts'

const partitions = 3
const anyMovement = '/api/movements/00000000-0000-4000-8000-000000000000'

async function statusOf(service: ServiceProcess): Promise<number> {
  return (await service.get(anyMovement)).status
}

suite('PostgreSQL away', () => {
  test('crashes and a freeze lose nothing: reads answer 503 meanwhile, booking goes on by itself', async (t) => {
    const postgres = await ownPostgres(t)
    const topic = await freshTopic(t, partitions)
    // Nobody is there yet: the service comes up, and says so.
    const service = await startService(t, { database: postgres.address, topic })
    assert.equal(await statusOf(service), 503)
    assert.equal((await service.get('/health/live')).status, 200)
    assert.equal((await service.get('/health/ready')).status, 503)
    assert.equal((await service.get('/health/serving')).status, 503)
    await postgres.start()
    await service.ready()

    const { messages, model } = makeWorkload({ seed: 7, messages: 40_000, partitions })
    const database = openDatabase(t, postgres.address)
    const booked = async (): Promise<number> => {
      const rows = await database.query<{ sum: number }>(
        'select sum(next_offset)::bigint as sum from kafka_position',
      )
      return rows[0]?.sum ?? 0
    }
    await send(
      topic,
      messages.map(({ partition, event }) => ({ partition, value: toJson(event) })),
    )
    for (let crash = 0; crash < 2; crash += 1) {
      const before = await booked()
      await waitFor('some work', async () => (await booked()) > Math.min(before, messages.length - 1))
      await postgres.crash()
      await waitFor('no readiness', async () => (await service.get('/health/ready')).status === 503)
      assert.equal(await statusOf(service), 503)
      // Requests are still wanted here: others miss the same, and some pages are in the cache.
      assert.equal((await service.get('/health/serving')).status, 200)
      await postgres.start()
      await service.ready()
    }
    postgres.signal('SIGSTOP')
    await waitFor('no readiness', async () => (await service.get('/health/ready')).status === 503)
    assert.equal(await statusOf(service), 503)
    postgres.signal('SIGCONT')
    await waitFor('all messages', async () => (await booked()) === messages.length, { limitMs: 60_000 })
    await service.ready()
    assert.equal(await statusOf(service), 404)
    assert.equal(await service.end('SIGTERM'), 0)
    assertSameAsModel(await checkBooks(database), model)
  })
})
