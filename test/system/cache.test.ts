/** The cache of a running service, and a Redis that fails in every way it can: readers must not notice. */
import assert from 'node:assert/strict'
import { suite, test, type TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { departureEvent } from '../../src/api/samples.ts'
import { freshDatabase, freshTopic, redisAddress } from '../support/environment.ts'
import { ask } from '../support/http.ts'
import { ownRedis, type OwnRedis } from '../support/own-redis.ts'
import { startService, type ServiceProcess } from '../support/service-process.ts'
import { faultProxy } from '../support/fault-proxy.ts'
import { waitFor } from '../support/wait.ts'

const { warehouse_id: warehouseId, product_id: productId } = departureEvent.data
const cardPath = `/api/warehouses/${warehouseId}/products/${productId}`
const movementId = (n: number) => `aaaaaaaa-0000-4000-8000-${String(n).padStart(12, '0')}`
const arrival = (n: number) => ({
  ...departureEvent,
  subject: null,
  id: `arrival ${n}`,
  data: { ...departureEvent.data, event: 'arrival', movement_id: movementId(n), quantity: 1 },
})

interface Card {
  readonly quantity: number
  readonly last_line: number
  readonly history: readonly { readonly line: number }[]
}

suite('the cache', () => {
  test('a page is answered as it was sent, with its tag, and 304 to who has it', async (t) => {
    const [service] = await start(t, redisAddress())
    await book(service, 1)
    const first = await card(service)
    assert.equal(first.headers.get('x-cache'), 'miss')
    const second = await hit(service)
    assert.equal(second.text, first.text)
    const etag = first.headers.get('etag') ?? ''
    assert.equal(second.headers.get('etag'), etag)

    const unchanged = await card(service, { headers: { 'if-none-match': `"other", W/${etag}` } })
    assert.deepEqual([unchanged.status, unchanged.text], [304, ''])
    assert.equal(unchanged.headers.get('x-cache'), 'hit')
    const { partition, offset } = await book(service, 2)
    const changed = await card(service, { headers: { 'if-none-match': etag } })
    assert.deepEqual([changed.status, (changed.body as Card).quantity], [200, 2])

    for (const query of ['limit=49', 'event=arrival', `after=${partition}:${offset}`]) {
      const answer = await ask(`http://127.0.0.1:${service.port}${cardPath}?${query}`)
      assert.deepEqual([answer.status, answer.headers.get('x-cache')], [200, 'bypass'])
    }
    assert((await service.metric('bincard_cache_requests_total{cache="near",result="hit"}')) > 0)
    assert.equal(await service.metric('bincard_up{part="redis"}'), 1)
  })

  test('what one process books, the next reader of another process sees', async (t) => {
    const [one, other = one] = await start(t, redisAddress(), { replicas: 2 })
    for (let n = 1; n <= 10; n += 1) {
      await book(one, n)
      // The booking may still be on its way to the other process, which is told of it by Redis.
      await waitFor('the booking', async () => ((await card(other)).body as Card).quantity === n)
      await hit(one)
      await hit(other)
    }
  })

  test('64 readers and writers of one card, Redis slow: nobody sees an older page than before', async (t) => {
    const proxy = await faultProxy(t, redisAddress())
    const services = await start(t, { host: '127.0.0.1', port: proxy.port }, { replicas: 2 })
    await book(services[0], 1)
    const load = startLoad(services, { readers: 56, writers: 8 })
    for (let round = 0; round < 3; round += 1) {
      await sleep(700)
      proxy.delay(100)
      await sleep(1200)
      proxy.delay(0)
    }
    await sleep(1000)
    const { wrong, reads, writes, newest } = await load.stop()
    assert.deepEqual(wrong, [])
    assert(reads > 200 && writes > 20, `${reads} reads, ${writes} writes`)

    for (const service of services) {
      const fresh = (await ask(`http://127.0.0.1:${service.port}${cardPath}?limit=49`)).body as Card
      const kept = (await hit(service)).body as Card
      assert.deepEqual([kept.quantity, kept.last_line], [fresh.quantity, fresh.last_line])
      assert(kept.last_line >= newest)
    }
  })

  const failures: Record<string, (redis: OwnRedis) => Promise<() => Promise<void>>> = {
    'killed, and back empty': async (redis) => {
      await redis.kill()
      return () => redis.start()
    },
    frozen: async (redis) => {
      redis.signal('SIGSTOP')
      return async () => redis.signal('SIGCONT')
    },
    flushed: async (redis) => {
      const flushing = setInterval(() => void redis.command('FLUSHALL').catch(() => undefined), 50)
      return async () => clearInterval(flushing)
    },
    'out of memory': async (redis) => {
      await redis.command('CONFIG SET maxmemory-policy noeviction')
      await redis.command('CONFIG SET maxmemory 1')
      return async () => void (await redis.command('CONFIG SET maxmemory 64mb'))
    },
    'read-only': async (redis) => {
      await redis.command(`REPLICAOF 127.0.0.1 1`)
      return async () => void (await redis.command('REPLICAOF NO ONE'))
    },
  }
  for (const [failure, inflict] of Object.entries(failures)) {
    test(`Redis ${failure}: no reader and no writer notices, and it is used again afterwards`, async (t) => {
      const redis = await ownRedis(t)
      await redis.start()
      const services = await start(t, { host: '127.0.0.1', port: redis.port })
      await book(services[0], 1)
      await hit(services[0])
      const load = startLoad(services, { readers: 8, writers: 2 })
      await sleep(500)
      const mend = await inflict(redis)
      await sleep(1500)
      await mend()
      await sleep(500)
      const { wrong, reads, writes } = await load.stop()
      assert.deepEqual(wrong, [])
      assert(reads > 50 && writes > 10, `${reads} reads, ${writes} writes`)
      const kept = (await hit(services[0])).body as Card
      assert.equal(kept.quantity, writes + 1)
    })
  }

  test('a service whose Redis is not there at all serves as if it wanted none', async (t) => {
    const redis = await ownRedis(t)
    const [service] = await start(t, { host: '127.0.0.1', port: redis.port }, { isTrusted: false })
    await book(service, 1)
    assert.equal((await card(service)).headers.get('x-cache'), 'bypass')
    await redis.start()
    await hit(service)
  })
})

async function start(
  t: TestContext,
  redis: { host: string; port: number },
  { replicas = 1, isTrusted = true }: { replicas?: number; isTrusted?: boolean } = {},
): Promise<[ServiceProcess, ...ServiceProcess[]]> {
  const database = await freshDatabase(t)
  const topic = await freshTopic(t, 2)
  const environment = {
    REDIS_HOST: redis.host,
    REDIS_PORT: String(redis.port),
    CACHE_TTL: '60',
    HTTP_RATE_LIMIT: '0',
  }
  const services = await Promise.all(
    Array.from({ length: replicas }, () => startService(t, { database, topic, environment })),
  )
  for (const service of services) {
    await service.ready()
    if (!isTrusted) continue
    await waitFor('the cache', async () => (await service.metric('bincard_up{part="redis"}')) === 1)
  }
  return services as [ServiceProcess, ...ServiceProcess[]]
}

async function card(service: ServiceProcess, init: RequestInit = {}) {
  return await ask(`http://127.0.0.1:${service.port}${cardPath}`, init)
}

/** Asks until the answer comes from the cache. */
async function hit(service: ServiceProcess) {
  return await waitFor('an answer from the cache', async () => {
    const answer = await card(service)
    assert.equal(answer.status, 200)
    return answer.headers.get('x-cache') === 'hit' ? answer : null
  })
}

interface Outcome {
  readonly outcome: string
  readonly partition: number
  readonly offset: number
}

/** Books one piece, and fails if it is not booked. */
async function book(service: ServiceProcess, n: number): Promise<Outcome> {
  const { status, body } = await ask(`http://127.0.0.1:${service.port}/api/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/cloudevents+json' },
    body: JSON.stringify(arrival(n)),
  })
  const [outcome] = (body as { outcomes?: Outcome[] }).outcomes ?? []
  assert(status === 200 && outcome?.outcome === 'booked', `${status} ${JSON.stringify(body)}`)
  return outcome
}

/** Readers of one card, each true to one service, and writers. What any of them has to complain of is collected. */
function startLoad(services: readonly ServiceProcess[], counts: { readers: number; writers: number }) {
  const wrong: string[] = []
  const over = new AbortController()
  let [reads, writes, newest, nextMovement] = [0, 0, 0, 1000]
  const complain = (what: string): void => {
    if (wrong.length < 5) wrong.push(what)
  }
  const read = async (service: ServiceProcess): Promise<void> => {
    let seen = 0
    while (!over.signal.aborted) {
      const { status, body, headers } = await card(service)
      if (status !== 200) return complain(`read: ${status}`)
      const { last_line: line } = body as Card
      if (line < seen) complain(`line ${line} (${headers.get('x-cache')}) after ${seen}`)
      seen = Math.max(seen, line)
      newest = Math.max(newest, seen)
      reads += 1
    }
  }
  const write = async (service: ServiceProcess): Promise<void> => {
    while (!over.signal.aborted) {
      await book(service, nextMovement++)
      writes += 1
      await sleep(5)
    }
  }
  const at = (index: number): ServiceProcess => services[index % services.length]!
  const running = [
    ...Array.from({ length: counts.readers }, (_, index) => read(at(index))),
    ...Array.from({ length: counts.writers }, (_, index) => write(at(index))),
  ]
  return {
    stop: async () => {
      over.abort()
      await Promise.all(running.map((one) => one.catch((error: unknown) => complain(String(error)))))
      return { wrong, reads, writes, newest }
    },
  }
}
