import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test, type TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { movementPage, type PageName } from '../../src/booking/changed-pages.ts'
import type { CachedPage } from '../../src/cache/cached-value.ts'
import { RedisStore } from '../../src/cache/redis-store.ts'
import { PageCache, type PageCacheOptions } from '../../src/cache/page-cache.ts'
import type { CacheRequest } from '../../src/cache/page-reader.ts'
import type { MovementId } from '../../src/message/event.ts'
import { redisAddress } from '../support/environment.ts'
import { ownRedis } from '../support/own-redis.ts'
import { faultProxy } from '../support/fault-proxy.ts'
import { waitFor } from '../support/wait.ts'

test('a page that was read is answered from the cache, near and far', async (t) => {
  const epoch = randomUUID()
  const here = await openCache(t, { epoch })
  const there = await openCache(t, { epoch })
  const name = aPage()

  assert.deepEqual(await readKept(here, name, 'first'), { body: 'first', result: 'miss' })
  assert.deepEqual(await here.read(name, never), { page: page('first'), result: 'hit' })
  assert.deepEqual(await here.read(name, never), { page: page('first'), result: 'hit' })
  assert.deepEqual(await there.read(name, never), { page: page('first'), result: 'hit' })
  assert.deepEqual(here.requests.slice(0, 2), ['near miss', 'redis miss'])
  assert(here.requests.includes('redis hit'))
  assert.equal(here.requests.at(-1), 'near hit')
  assert.deepEqual(there.requests, ['near miss', 'redis hit'])
})

test('what a transaction changes comes from no cache before its commit, nor what was old after it', async (t) => {
  const epoch = randomUUID()
  const [writer, reader] = [await openCache(t, { epoch }), await openCache(t, { epoch })]
  const name = aPage()
  await readKept(writer, name, 'old')
  assert.equal((await reader.read(name, never)).result, 'hit')

  const bars = writer.begin()
  bars.raise(new Set([name]))
  await bars.raised()
  assert.deepEqual(await writer.read(name, loads('old')), { page: page('old'), result: 'miss' })
  await waitFor('the page', async () => (await reader.read(name, loads('old'))).result === 'miss')
  bars.end('known')

  await waitFor('the page', async () => (await reader.read(name, loads('new'))).result === 'hit')
  assert.equal((await reader.read(name, never)).page?.body, 'new')
  await waitFor('the page', async () => (await writer.read(name, loads('new'))).result === 'hit')
})

test('a slow reader does not keep what was true before a commit', async (t) => {
  const cache = await openCache(t)
  const name = aPage()
  const slow = Promise.withResolvers<CachedPage>()
  const reading = cache.read(name, () => slow.promise)
  await waitFor('the read', async () => cache.requests.includes('redis miss'))

  await commit(cache, [name])
  slow.resolve(page('old'))
  assert.equal((await reading).page?.body, 'old')

  assert.deepEqual(await readKept(cache, name, 'new'), { body: 'new', result: 'miss' })
  assert.deepEqual(await cache.read(name, never), { page: page('new'), result: 'hit' })
})

test('nobody is given the answer of a read that began before a commit', async (t) => {
  const cache = await openCache(t)
  const name = aPage()
  const slow = Promise.withResolvers<CachedPage>()
  const reading = cache.read(name, () => slow.promise)
  await waitFor('the read', async () => cache.requests.includes('redis miss'))
  await commit(cache, [name])

  assert.equal((await cache.read(name, loads('new'))).page?.body, 'new')
  slow.resolve(page('old'))
  await reading
})

test('many who miss the same page at once make one query', async (t) => {
  const cache = await openCache(t)
  const name = aPage()
  let queries = 0
  const load = async (): Promise<CachedPage> => {
    queries += 1
    await new Promise((resolve) => setTimeout(resolve, 20))
    return page('once')
  }
  // So many that their questions reach Redis, and its answers come back, in several pieces.
  const answers = await Promise.all(Array.from({ length: 400 }, async () => await cache.read(name, load)))
  assert.equal(queries, 1)
  assert(answers.every((answer) => answer.page?.body === 'once'))
})

test('a bar that nobody lifts ends by itself, and meanwhile nothing is kept', async (t) => {
  const redis = await ownRedis(t)
  await redis.start()
  // As good as with so many other keys that it takes minutes until Redis comes across the one that ended.
  assert.equal(await redis.command('DEBUG SET-ACTIVE-EXPIRE 0'), '+OK')
  const here = { epoch: randomUUID(), host: '127.0.0.1', port: redis.port }
  const [killed, reader] = [await openCache(t, { ...here, barMs: 5_000 }), await openCache(t, here)]
  const name = aPage()
  await readKept(reader, name, 'old')
  const bars = killed.begin()
  bars.raise(new Set([name]))
  await bars.raised()
  await killed.stop()

  await waitFor('the page', async () => (await reader.read(name, loads('old'))).result === 'miss')
  await waitFor('the page', async () => (await reader.read(name, loads('new'))).result === 'hit')
  assert.equal((await reader.read(name, never)).page?.body, 'new')
})

test('a bar that Redis would not lift is lifted as soon as it is back', async (t) => {
  const redis = await ownRedis(t)
  await redis.start()
  const cache = await openCache(t, { host: '127.0.0.1', port: redis.port, barMs: 600_000 })
  const name = aPage()
  const bars = cache.begin()
  bars.raise(new Set([name]))
  await bars.raised()
  await redis.command('REPLICAOF 127.0.0.1 1')
  bars.end('known')
  await waitFor('the refusal', () => !cache.isTrusted)
  await redis.command('REPLICAOF NO ONE')
  await waitFor('the page', async () => (await cache.read(name, loads('new'))).result === 'hit')
})

test('of two transactions that change one page, each keeps it barred until its own end', async (t) => {
  const epoch = randomUUID()
  const [one, other] = [await openCache(t, { epoch }), await openCache(t, { epoch })]
  const name = aPage()
  const [first, second] = [one.begin(), other.begin()]
  first.raise(new Set([name]))
  await first.raised()
  second.raise(new Set([name]))
  await second.raised()
  second.end('known')
  for (let count = 0; count < 20; count += 1)
    assert.equal((await one.read(name, loads('before'))).result, 'miss')
  first.end('known')
  await waitFor('the page', async () => (await one.read(name, loads('after'))).result === 'hit')
  assert.equal((await one.read(name, never)).page?.body, 'after')
})

test('a batch of very many pages has all of them forgotten', async (t) => {
  const epoch = randomUUID()
  const [writer, reader] = [await openCache(t, { epoch }), await openCache(t, { epoch })]
  const name = aPage()
  await readKept(reader, name, 'old')
  assert.equal((await reader.read(name, never)).result, 'hit')
  const bars = writer.begin()
  bars.raise('all')
  await bars.raised()
  await waitFor('the page', async () => (await reader.read(name, loads('old'))).result === 'miss')
  bars.end('known')
  await waitFor('the page', async () => (await reader.read(name, loads('new'))).result === 'hit')
  assert.equal((await reader.read(name, never)).page?.body, 'new')
})

test('what there is not is not kept, and the next reader may keep what there is then', async (t) => {
  const cache = await openCache(t)
  const name = aPage()
  assert.deepEqual(await cache.read(name, async () => null), { page: null, result: 'miss' })
  await waitFor('the page', async () => (await cache.read(name, loads('there'))).result === 'hit')
})

test('a read that fails is told to its reader, and leaves nothing behind', async (t) => {
  const cache = await openCache(t)
  const name = aPage()
  const fails = async () => await cache.read(name, () => Promise.reject(new Error('the database is away')))
  await assert.rejects(fails, /database is away/)
  await waitFor('the page', async () => (await cache.read(name, loads('there'))).result === 'hit')
})

test('a page that is too large is answered and not kept', async (t) => {
  const cache = await openCache(t)
  const name = aPage()
  const large = page('x'.repeat(70_000))
  for (let count = 0; count < 5; count += 1) {
    assert.deepEqual(await cache.read(name, async () => large), { page: large, result: 'miss' })
  }
})

test('questions for ids that there are not leave the memory bounded', async (t) => {
  const store = new RedisStore(
    { ...redisAddress(), timeoutMs: 1000, ttlMs: 60_000, nearEntries: 50 },
    () => {},
  )
  store.connect()
  t.after(() => store.close())
  await waitFor('Redis', () =>
    store.ping().then(
      () => true,
      () => false,
    ),
  )
  for (let count = 0; count < 300; count += 1) await store.get(aPage())
  assert.equal(store.near.size(), 50)
})

test('after a restore no page of the former database is answered', async (t) => {
  let epoch = randomUUID()
  const cache = await openCache(t, { readEpoch: async () => epoch })
  const name = aPage()
  await readKept(cache, name, 'before')
  assert.equal((await cache.read(name, never)).page?.body, 'before')
  epoch = randomUUID()
  await waitFor('the page', async () => (await cache.read(name, loads('restored'))).page?.body === 'restored')
  await waitFor('the page', async () => (await cache.read(name, loads('restored'))).result === 'hit')
  assert.equal((await cache.read(name, never)).page?.body, 'restored')
})

test('a transaction that began before a restore keeps the cache out of use until it is over', async (t) => {
  let epoch = randomUUID()
  const cache = await openCache(t, { readEpoch: async () => epoch })
  const name = aPage()
  const bars = cache.begin()
  bars.raise(new Set([name]))
  await bars.raised()
  epoch = randomUUID()
  await waitFor('the cache to be out of use', async () => !cache.isTrusted)
  await sleep(700)
  assert.equal(cache.isTrusted, false)
  bars.end('known')
  await waitFor('the cache', async () => cache.isTrusted)
})

test('a database that hangs does not keep what is known from being answered', async (t) => {
  const epoch = randomUUID()
  let asked = 0
  const readEpoch = async (): Promise<string> => {
    asked += 1
    return asked === 1 ? epoch : await new Promise<never>(() => {})
  }
  const cache = await openCache(t, { readEpoch })
  const name = aPage()
  await readKept(cache, name, 'known')
  await waitFor('the database to be asked', async () => asked > 1)
  for (let count = 0; count < 30; count += 1) {
    assert.equal((await cache.read(name, never)).result, 'hit')
    await sleep(50)
  }
})

test('a Redis that takes its time for each answer delays a reader only once', async (t) => {
  const proxy = await faultProxy(t, redisAddress())
  const cache = await openCache(t, { host: '127.0.0.1', port: proxy.port, timeoutMs: 500 })
  proxy.delay(100)
  for (const body of ['first', 'second']) {
    const name = aPage()
    const { result, page: read } = await cache.read(name, loads(body))
    assert.deepEqual([result, read?.body], ['miss', body])
    // The lease came too late for what was read without it: nothing is kept.
    await sleep(700)
    assert.equal((await cache.read(name, loads('newer'))).page?.body, 'newer')
  }
  assert.equal(cache.isTrusted, true)
})

test('a process that joins begins a generation: what others kept before is read anew', async (t) => {
  const epoch = randomUUID()
  const here = await openCache(t, { epoch })
  const name = aPage()
  await readKept(here, name, 'old')
  await openCache(t, { epoch })
  await waitFor('the page', async () => (await here.read(name, loads('new'))).page?.body === 'new')
})

interface OpenCache extends PageCache {
  readonly requests: string[]
}

async function openCache(
  t: TestContext,
  { epoch = randomUUID(), ...options }: Partial<PageCacheOptions> & { epoch?: string } = {},
): Promise<OpenCache> {
  const requests: string[] = []
  const cache = new PageCache({
    ...redisAddress(),
    timeoutMs: 1000,
    ttlMs: 60_000,
    nearEntries: 1000,
    barMs: 30_000,
    epochSettleMs: 0,
    readEpoch: async () => epoch,
    observe: ({ cache: asked, result }: CacheRequest) => requests.push(`${asked} ${result}`),
    onLost: () => {},
    onGained: () => {},
    ...options,
  })
  cache.start()
  t.after(() => cache.stop())
  await waitFor('Redis', async () => cache.isTrusted)
  return Object.assign(cache, { requests })
}

function aPage(): PageName {
  return movementPage(randomUUID() as MovementId)
}

function page(body: string): CachedPage {
  return { body, etag: `"${body.slice(0, 20)}"`, warehouses: ['w-1', 'w-2'] }
}

function loads(body: string): () => Promise<CachedPage> {
  return async () => page(body)
}

async function never(): Promise<CachedPage> {
  throw new Error('the database was asked')
}

/** Reads a page that is not kept yet, and waits until it is. */
async function readKept(cache: PageCache, name: PageName, body: string) {
  const { result, page: read } = await cache.read(name, loads(body))
  await waitFor('the page', async () => (await cache.read(name, loads(body))).result === 'hit')
  return { body: read?.body, result }
}

async function commit(cache: PageCache, names: readonly PageName[]): Promise<void> {
  const bars = cache.begin()
  bars.raise(new Set(names))
  await bars.raised()
  bars.end('known')
}
