/** The cache of a running service, and a Redis that fails in every way it can: readers must not notice. */
import assert from 'node:assert/strict'
import { suite, test, type TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  bookOne,
  cardPath,
  hitCard,
  readCard,
  readStoredCard,
  startCallers,
  type Card,
} from '../support/callers.ts'
import { freshDatabase, freshTopic, redisAddress } from '../support/environment.ts'
import { ask } from '../support/http.ts'
import { ownRedis } from '../support/own-redis.ts'
import { redisFailures } from '../support/redis-failures.ts'
import { startService, type ServiceProcess } from '../support/service-process.ts'
import { faultProxy } from '../support/fault-proxy.ts'
import { waitFor } from '../support/wait.ts'

suite('the cache', () => {
  test('a page is answered as it was sent, with its tag, and 304 to who has it', async (t) => {
    const [service] = await start(t, redisAddress(), { environment: { REDIS_TIMEOUT_MS: '1000' } })
    await bookOne(service, 1)
    const first = await readCard(service)
    assert.equal(first.headers.get('x-cache'), 'miss')
    const second = await hitCard(service)
    assert.equal(second.text, first.text)
    const etag = first.headers.get('etag') ?? ''
    assert.equal(second.headers.get('etag'), etag)

    const unchanged = await readCard(service, 0, { headers: { 'if-none-match': `"other", W/${etag}` } })
    assert.deepEqual([unchanged.status, unchanged.text], [304, ''])
    assert.equal(unchanged.headers.get('x-cache'), 'hit')
    const { partition, offset } = await bookOne(service, 2)
    const changed = await readCard(service, 0, { headers: { 'if-none-match': etag } })
    assert.deepEqual([changed.status, (changed.body as Card).quantity], [200, 2])

    for (const query of ['limit=49', 'event=arrival', `after=${partition}:${offset}`]) {
      const answer = await ask(`http://127.0.0.1:${service.port}${cardPath()}?${query}`)
      assert.deepEqual([answer.status, answer.headers.get('x-cache')], [200, 'bypass'])
    }
    assert((await service.metric('bincard_cache_requests_total{cache="near",result="hit"}')) > 0)
    assert.equal(await service.metric('bincard_up{part="redis"}'), 1)
  })

  test('what one process books, the next reader of another process sees', async (t) => {
    const [one, other = one] = await start(t, redisAddress(), { replicas: 2 })
    for (let n = 1; n <= 10; n += 1) {
      await bookOne(one, n)
      // The booking may still be on its way to the other process, which is told of it by Redis.
      await waitFor('the booking', async () => ((await readCard(other)).body as Card).quantity === n)
      await hitCard(one)
      await hitCard(other)
    }
  })

  test('64 readers and writers of one card, Redis slow: nobody sees an older page than before', async (t) => {
    const proxy = await faultProxy(t, redisAddress())
    const services = await start(t, { host: '127.0.0.1', port: proxy.port }, { replicas: 2 })
    await bookOne(services[0], 1)
    const load = startCallers(services, { readers: 56, writers: 8 })
    for (let round = 0; round < 3; round += 1) {
      await sleep(700)
      proxy.delay(100)
      await sleep(1200)
      proxy.delay(0)
    }
    await sleep(1000)
    const { wrong, reads, writes, refused, newest } = await load.stop()
    assert.deepEqual([wrong, refused], [[], 0])
    assert(reads > 200 && writes > 20, `${reads} reads, ${writes} writes`)

    await waitFor('all bookings', async () => (await readStoredCard(services[0])).quantity === writes + 1)
    for (const service of services) {
      const fresh = await readStoredCard(service)
      const kept = (await hitCard(service)).body as Card
      assert.deepEqual([kept.quantity, kept.last_line], [fresh.quantity, fresh.last_line])
      assert(kept.last_line >= (newest.get(0) ?? 0))
    }
  })

  for (const [failure, inflict] of Object.entries(redisFailures)) {
    test(`Redis ${failure}: no reader and no writer notices, and it is used again afterwards`, async (t) => {
      const redis = await ownRedis(t)
      await redis.start()
      const services = await start(t, { host: '127.0.0.1', port: redis.port })
      await bookOne(services[0], 1)
      await hitCard(services[0])
      const load = startCallers(services, { readers: 8, writers: 2 })
      await sleep(500)
      const mend = await inflict(redis)
      await sleep(1500)
      await mend()
      await sleep(500)
      const { wrong, reads, writes, refused } = await load.stop()
      assert.deepEqual([wrong, refused], [[], 0])
      assert(reads > 50 && writes > 10, `${reads} reads, ${writes} writes`)
      const all = writes + 1
      await waitFor('all bookings', async () => (await readStoredCard(services[0])).quantity === all)
      const kept = (await hitCard(services[0])).body as Card
      assert.equal(kept.quantity, all)
    })
  }

  test('a service whose Redis is not there at all serves as if it wanted none', async (t) => {
    const redis = await ownRedis(t)
    const [service] = await start(t, { host: '127.0.0.1', port: redis.port }, { isTrusted: false })
    await bookOne(service, 1)
    assert.equal((await readCard(service)).headers.get('x-cache'), 'bypass')
    await redis.start()
    await hitCard(service)
  })
})

async function start(
  t: TestContext,
  redis: { host: string; port: number },
  {
    replicas = 1,
    isTrusted = true,
    environment = {},
  }: { replicas?: number; isTrusted?: boolean; environment?: Record<string, string> } = {},
): Promise<[ServiceProcess, ...ServiceProcess[]]> {
  const database = await freshDatabase(t)
  const topic = await freshTopic(t, 2)
  const cached = {
    REDIS_HOST: redis.host,
    REDIS_PORT: String(redis.port),
    CACHE_TTL: '60',
    HTTP_RATE_LIMIT: '0',
    ...environment,
  }
  const services = await Promise.all(
    Array.from({ length: replicas }, () => startService(t, { database, topic, environment: cached })),
  )
  for (const service of services) {
    await service.ready()
    if (!isTrusted) continue
    await waitFor('the cache', async () => (await service.metric('bincard_up{part="redis"}')) === 1)
  }
  return services as [ServiceProcess, ...ServiceProcess[]]
}
