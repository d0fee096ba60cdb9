import assert from 'node:assert/strict'
import { test } from 'node:test'
import { movementPage } from '../../src/booking/changed-pages.ts'
import type { CachedPage } from '../../src/cache/cached-value.ts'
import { SharedReads } from '../../src/cache/shared-reads.ts'
import { movement } from '../support/events.ts'

const name = movementPage(movement(1))
const page = (body: string): CachedPage => ({ body, etag: `"${body}"`, warehouses: [] })

/** Queries that end when they are told to. */
function queries() {
  const begun: PromiseWithResolvers<CachedPage | null>[] = []
  const load = async (): Promise<CachedPage | null> => {
    const query = Promise.withResolvers<CachedPage | null>()
    begun.push(query)
    return await query.promise
  }
  return { begun, load }
}

test('whoever asks during a query is answered by the next one, which all of them share', async () => {
  const shared = new SharedReads()
  const { begun, load } = queries()
  const first = shared.read(name, load)
  const later = [shared.read(name, load), shared.read(name, load), shared.read(name, load)]
  assert.equal(begun.length, 1)
  begun[0]?.resolve(page('old'))
  assert.equal((await first)?.body, 'old')
  assert.equal(begun.length, 2)
  begun[1]?.resolve(page('new'))
  assert.deepEqual(
    (await Promise.all(later)).map((one) => one?.body),
    ['new', 'new', 'new'],
  )
  const again = shared.read(name, load)
  begun[2]?.resolve(page('newest'))
  assert.equal((await again)?.body, 'newest')
  assert.equal(begun.length, 3)
})

test('a query that fails is told to those who shared it, and to nobody else', async () => {
  const shared = new SharedReads()
  const { begun, load } = queries()
  const first = shared.read(name, load)
  const second = shared.read(name, load)
  begun[0]?.reject(new Error('away'))
  await assert.rejects(first, /away/)
  begun[1]?.resolve(null)
  assert.equal(await second, null)
})
