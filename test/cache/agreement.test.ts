/** Against a real database: whatever is kept is what the database says, after any mixture of bookings and readers. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { test, type TestContext } from 'node:test'
import { cardPage, movementPage, type PageName } from '../../src/booking/changed-pages.ts'
import { viewMovement } from '../../src/booking/movement-view.ts'
import type { CachedPage } from '../../src/cache/cached-value.ts'
import { PageCache } from '../../src/cache/page-cache.ts'
import type { MovementEvent } from '../../src/message/event.ts'
import type { PageBars } from '../../src/store/batch-bars.ts'
import type { Database } from '../../src/store/database.ts'
import { readCard } from '../../src/store/read-card.ts'
import { readMovement } from '../../src/store/read-movement.ts'
import { writeBatch } from '../../src/store/write-batch.ts'
import { redisAddress } from '../support/environment.ts'
import { arrival, departure } from '../support/events.ts'
import { faultProxy } from '../support/fault-proxy.ts'
import { freshLedger, itemsOf, openLedger, partitionOf, type TestLedger } from '../support/ledger.ts'
import { waitFor } from '../support/wait.ts'
import { makeWorkload } from '../support/workload.ts'

test('booking one side of a movement changes the page of the other side', async (t) => {
  const { cache, ledger } = await openBooks(t)
  const book = booking(ledger, cache)
  const came = arrival({ movement: 1, warehouse: 2, quantity: 5 })
  const left = departure({ movement: 1, warehouse: 1, quantity: 5 })
  await book([arrival({ movement: 9, warehouse: 1, quantity: 50 }), came])
  const [line] = (await kept(cache, ledger.database, cardPage(came))).history
  assert.equal(line?.status, 'awaiting_departure')

  await book([left])
  const [after] = (await kept(cache, ledger.database, cardPage(came))).history
  assert.equal(after?.status, 'completed')
  assert.equal(after?.counterpartyId, left.warehouseId)
})

test('a release changes the page of the warehouse that received the goods long before', async (t) => {
  const { cache, ledger } = await openBooks(t)
  const book = booking(ledger, cache)
  const came = arrival({ movement: 1, warehouse: 2, quantity: 5 })
  await book([departure({ movement: 1, warehouse: 1, quantity: 5 }), came])
  const [line] = (await kept(cache, ledger.database, cardPage(came))).history
  assert.equal(line?.status, 'departure_held')

  await book([arrival({ movement: 2, warehouse: 1, quantity: 5 })])
  const [after] = (await kept(cache, ledger.database, cardPage(came))).history
  assert.equal(after?.status, 'completed')
})

test('a product that joins a movement changes the pages of its other products', async (t) => {
  const { cache, ledger } = await openBooks(t)
  const book = booking(ledger, cache)
  const came = arrival({ movement: 1, product: 1, warehouse: 2, quantity: 5 })
  const more = arrival({ movement: 1, product: 1, warehouse: 3, quantity: 5, at: 90 })
  await book([came])
  await book([more])
  await kept(cache, ledger.database, cardPage(more))

  await book([departure({ movement: 1, product: 2, warehouse: 1, quantity: 5 })])
  const [line] = (await kept(cache, ledger.database, cardPage(more))).history
  assert.equal(line?.status, 'mismatched')
})

test('of two sides that are booked at once, the second changes the page of the first', async (t) => {
  const { cache, ledger } = await openBooks(t)
  const left = departure({ movement: 1, warehouse: 1, quantity: 5 })
  const came = arrival({ movement: 1, warehouse: 2, quantity: 5 })
  await booking(ledger, cache)([arrival({ movement: 9, warehouse: 1, quantity: 50 })])

  const [first, second] = [heldBack(cache), heldBack(cache)]
  const departed = booking(ledger.another(), first.pageBars, 1)([left])
  await first.atCommit
  const arrived = booking(ledger.another(), second.pageBars, 2)([came])
  // It has read the movement, without the departure, and waits for the row of transit.
  await waitFor('the second to wait', async () => (await waitingForLocks(ledger.database)) > 0)
  first.commit()
  await departed
  await second.atCommit
  for (let count = 0; count < 20; count += 1)
    await cache.read(cardPage(left), () => load(ledger.database, cardPage(left)))
  second.commit()
  await arrived

  const [line] = (await kept(cache, ledger.database, cardPage(left))).history
  assert.equal(line?.counterpartyId, came.warehouseId)
})

test('of two products of one movement that are booked at once, the second changes the page of the first', async (t) => {
  const { cache, ledger } = await openBooks(t)
  const left = departure({ movement: 1, product: 1, warehouse: 1, quantity: 5 })
  const came = arrival({ movement: 1, product: 2, warehouse: 2, quantity: 5 })
  await booking(ledger, cache)([arrival({ movement: 9, product: 1, warehouse: 1, quantity: 50 })])

  const [first, second] = [heldBack(cache), heldBack(cache)]
  const departed = booking(ledger.another(), first.pageBars, 1)([left])
  const arrived = booking(ledger.another(), second.pageBars, 2)([came])
  await Promise.all([first.atCommit, second.atCommit])
  first.commit()
  await departed
  const [alone] = (await kept(cache, ledger.database, cardPage(left))).history
  assert.equal(alone?.status, 'in_transit')
  second.commit()
  await arrived

  await waitFor('the page', async () => {
    const [line] = (await kept(cache, ledger.database, cardPage(left))).history
    return line?.status === 'mismatched'
  })
})

test('a database that goes away behind a COMMIT leaves the other pages in the cache', async (t) => {
  const { cache, ledger } = await openBooks(t)
  const quiet = arrival({ movement: 1, warehouse: 1, quantity: 5 })
  await booking(ledger, cache)([quiet])
  await kept(cache, ledger.database, cardPage(quiet))

  const proxy = await faultProxy(t, ledger.address)
  const host = '127.0.0.1'
  const writer = openLedger(t, { ...ledger.address, host, port: proxy.port }, { poolSize: 1 })
  let [isCommitted, refused] = [false, 0]
  proxy.watch((bytes, direction) => {
    if (direction === 'toClient') return 'pass'
    if (isCommitted) refused += 1
    else isCommitted = bytes.includes('commit\0')
    return refused > 0 ? 'reset' : 'pass'
  })
  const came = arrival({ movement: 2, warehouse: 2, quantity: 5 })
  await writeBatch(
    { ...writer.parts, pageBars: cache },
    {
      partition: partitionOf(0),
      from: { nextOffset: 1, leaderEpoch: 0 },
      to: { nextOffset: 2, leaderEpoch: 0 },
      items: itemsOf([came], { partition: 0, from: 1 }),
    },
  )
  await waitFor('a second try', () => refused > 1)
  assert.equal((await cache.read(cardPage(quiet), () => assert.fail('it is kept'))).result, 'hit')
  proxy.watch(null)
  await kept(cache, ledger.database, cardPage(came))
})

for (const seed of [1, 2, 3]) {
  test(`writers that race each other leave no old page behind, seed ${seed}`, async (t) => {
    const { cache, ledger } = await openBooks(t)
    const other = await openCache(t, ledger.database)
    const { messages } = makeWorkload({ seed, messages: 6000, partitions: 3 })
    const names = pagesOf(messages.map(({ event }) => event))
    const over = new AbortController()
    const writers = [0, 1, 2].map(async (partition) => {
      const events = messages.filter((message) => message.partition === partition).map(({ event }) => event)
      const book = booking(ledger.another(), partition === 2 ? other : cache, partition)
      for (let start = 0; start < events.length; start += 50) await book(events.slice(start, start + 50))
    })
    const readers = [cache, other].map(async (reader) => {
      for (let index = 0; !over.signal.aborted; index += 7) {
        const name = names[index % names.length]!
        await reader.read(name, () => load(ledger.database, name))
      }
    })
    await Promise.all(writers)
    over.abort()
    await Promise.all(readers)
    await sleep(300)

    const wrong: string[] = []
    let hits = 0
    for (const name of names) {
      const fresh = await load(ledger.database, name)
      for (const reader of [cache, other]) {
        const { page, result } = await reader.read(name, async () => fresh)
        if (result === 'hit') hits += 1
        if (page?.body !== fresh?.body) wrong.push(name)
      }
    }
    assert.deepEqual(wrong.slice(0, 5), [])
    assert(hits > 100, `only ${hits} of the pages were kept: the comparison says little`)
  })
}

interface OpenBooks {
  readonly cache: PageCache
  readonly ledger: TestLedger
}

async function openBooks(t: TestContext): Promise<OpenBooks> {
  const ledger = await freshLedger(t)
  return { ledger, cache: await openCache(t, ledger.database) }
}

const epochs = new WeakMap<Database, string>()

async function openCache(t: TestContext, database: Database): Promise<PageCache> {
  const epoch = epochs.get(database) ?? randomUUID()
  epochs.set(database, epoch)
  const cache = new PageCache({
    ...redisAddress(),
    timeoutMs: 1000,
    ttlMs: 60_000,
    nearEntries: 10_000,
    barMs: 60_000,
    epochSettleMs: 0,
    readEpoch: async () => epoch,
    observe: () => {},
    onLost: (error) => assert.fail(String(error)),
    onGained: () => {},
  })
  cache.start()
  t.after(() => cache.stop())
  await waitFor('Redis', () => cache.isTrusted)
  return cache
}

/** Books batches of one partition with this cache, again after each conflict. */
function booking(ledger: TestLedger, pageBars: PageBars, partition = 0) {
  let from = 0
  return async (events: readonly MovementEvent[]): Promise<void> => {
    if (from === 0) await ledger.write([], { from: 0, partition })
    const batch = {
      partition: partitionOf(partition),
      from: { nextOffset: from, leaderEpoch: 0 },
      to: { nextOffset: from + events.length, leaderEpoch: 0 },
      items: itemsOf(events, { partition, from }),
    }
    for (;;) {
      try {
        const written = await writeBatch({ ...ledger.parts, pageBars }, batch)
        assert.notEqual(written, 'fenced')
        from += events.length
        return
      } catch (error) {
        if ((error as { kind?: string }).kind !== 'conflict') throw error
      }
    }
  }
}

/** A cache whose transactions wait before their COMMIT. */
function heldBack(cache: PageCache) {
  const [reached, allowed] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const pageBars: PageBars = {
    begin: () => {
      const bars = cache.begin()
      return {
        wanted: bars.wanted,
        maxPages: bars.maxPages,
        pageLifeMs: bars.pageLifeMs,
        raise: (pages) => bars.raise(pages),
        end: (how) => bars.end(how),
        raised: async () => {
          await bars.raised()
          reached.resolve()
          await allowed.promise
        },
      }
    },
  }
  return { pageBars, atCommit: reached.promise, commit: () => allowed.resolve() }
}

async function waitingForLocks(database: Database): Promise<number> {
  const [row] = await database.query<{ waiting: number }>(
    `select count(*)::int as waiting from pg_stat_activity
     where datname = current_database() and wait_event_type = 'Lock'`,
  )
  return row?.waiting ?? 0
}

/** Reads until the page is kept, and answers it as it is kept. */
async function kept(cache: PageCache, database: Database, name: PageName) {
  return await waitFor(`${name} in the cache`, async () => {
    const { page, result } = await cache.read(name, () => load(database, name))
    return result === 'hit' && page !== null
      ? (JSON.parse(page.body) as { history: { status: string; counterpartyId: string }[] })
      : null
  })
}

async function load(database: Database, name: PageName): Promise<CachedPage | null> {
  const [kind, ...ids] = name.split(':')
  const content =
    kind === 'movement'
      ? viewMovement(await readMovement(database, ids[0] as never))
      : await readCard(
          database,
          { warehouseId: ids[0] as never, productId: ids[1] as never },
          { before: null, limit: 50 },
        )
  if (content === null) return null
  const body = JSON.stringify(content, (_key, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  )
  return { body, etag: '""', warehouses: [] }
}

function pagesOf(events: readonly MovementEvent[]): PageName[] {
  return [...new Set(events.flatMap((event) => [movementPage(event.movementId), cardPage(event)]))]
}
