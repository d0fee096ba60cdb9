import assert from 'node:assert/strict'
import { suite, test, type TestContext } from 'node:test'
import { departureEvent } from '../../src/api/samples.ts'
import { checkBooks } from '../support/books.ts'
import { freshDatabase, freshTopic } from '../support/environment.ts'
import { ask, openTestDatabase, readContract, type Answer } from '../support/http.ts'
import { startService } from '../support/service-process.ts'
import { waitFor } from '../support/wait.ts'

const warehouseId = (n: number) => `bbbbbbbb-0000-4000-8000-${String(n).padStart(12, '0')}`
const movementId = (n: number) => `aaaaaaaa-0000-4000-8000-${String(n).padStart(12, '0')}`
const productId = departureEvent.data.product_id

type Kind = 'departure' | 'arrival'
const event = (
  kind: Kind,
  n: number,
  sketch: { warehouse?: number; quantity?: number; id?: string } = {},
) => {
  const { warehouse = 1, quantity = 100, id = `${kind} ${n}` } = sketch
  const data = { movement_id: movementId(n), warehouse_id: warehouseId(warehouse), event: kind, quantity }
  return { ...departureEvent, id, subject: null, data: { ...departureEvent.data, ...data } }
}

suite('events by HTTP', () => {
  test('each is booked as if it had come by Kafka, and its outcome is answered', async (t) => {
    const { post, database } = await start(t, 3)
    const first = await post(event('departure', 1))
    assert.deepEqual([first.status, outcomesOf(first)], [200, ['held']])
    const second = await post([
      event('arrival', 2, { quantity: 150 }),
      event('arrival', 2, { quantity: 150 }),
      event('arrival', 2, { quantity: 150, id: 'another' }),
      { ...event('arrival', 3), type: 'other' },
      event('departure', 4, { quantity: 40 }),
      event('departure', 5, { quantity: 40 }),
    ])
    assert.equal(second.status, 200)
    assert.deepEqual(outcomesOf(second), [
      'booked line 1',
      'duplicate',
      'quarantined possible_duplicate',
      'rejected type_unknown',
      'booked line 3',
      'held',
    ])
    const again = await post(event('departure', 1))
    assert.deepEqual([again.status, outcomesOf(again)], [200, ['duplicate']])
    await checkBooks(database)
  })

  test('a read after the answer’s partition and offset sees what was written', async (t) => {
    const { post, get } = await start(t, 3)
    for (let n = 1; n <= 20; n += 1) {
      const answer = await post(event('arrival', n, { warehouse: n }))
      const [{ partition, offset } = {}] = bodyOf(answer).outcomes
      const { status, body } = await get(
        `/api/warehouses/${warehouseId(n)}/products/${productId}?after=${partition}:${offset}`,
      )
      assert.deepEqual([status, (body as { quantity: number }).quantity], [200, 100])
    }
  })

  test('what is not booked when the wait ends is accepted, with its place; a read after it sees it', async (t) => {
    const { post, get } = await start(t, 1, { HTTP_BOOKING_WAIT_MS: '0', BATCH_MAX_AGE_MS: '2000' })
    const answer = await post(event('arrival', 1))
    assert.deepEqual([answer.status, outcomesOf(answer)], [202, ['accepted']])
    const [{ partition, offset } = {}] = bodyOf(answer).outcomes
    const path = `/api/movements/${movementId(1)}?after=${partition}:${offset}`
    const read = await get(path)
    assert.deepEqual([read.status, (read.body as { code: string }).code], [409, 'not_yet_booked'])
    await waitFor('the booking', async () => (await get(path)).status === 200)
  })

  test('a thousand events over many warehouses are booked by two processes, each answered', async (t) => {
    const { post, another, database } = await start(t, 4)
    await another()
    const events = Array.from({ length: 1000 }, (_, n) => event('arrival', n, { warehouse: n % 50 }))
    const answer = await post(events)
    assert.ok(answer.status === 200 || answer.status === 202)
    // The partitions change hands while the second process joins, so that some may be accepted only.
    const rest = await untilAllAnswered(() => post(events))
    assert.deepEqual(new Set(outcomesOf(rest)), new Set(['duplicate']))
    const books = await checkBooks(database)
    assert.equal(books.lines.length, 1000)
  })

  test('a partition that the topic does not have is 400', async (t) => {
    const { get } = await start(t, 1)
    const { status, body } = await get(`/api/movements/${movementId(1)}?after=1:0`)
    assert.deepEqual([status, (body as { code: string }).code], [400, 'partition_unknown'])
  })
})

async function start(t: TestContext, partitions: number, environment: Record<string, string> = {}) {
  const address = await freshDatabase(t)
  const topic = await freshTopic(t, partitions)
  const options = { database: address, topic, environment }
  const service = await startService(t, options)
  await service.ready()
  const url = `http://127.0.0.1:${service.port}`
  const check = await readContract(url)
  return {
    database: openTestDatabase(t, address),
    another: async () => await (await startService(t, options)).ready(),
    get: async (path: string) => {
      const answer = await ask(url + path)
      const route = path.startsWith('/api/movements/')
        ? '/api/movements/{movement_id}'
        : '/api/warehouses/{warehouse_id}/products/{product_id}'
      check('get', route, answer)
      return answer
    },
    post: async (events: object) => {
      const mediaType = Array.isArray(events)
        ? 'application/cloudevents-batch+json'
        : 'application/cloudevents+json'
      const answer = await ask(`${url}/api/events`, {
        method: 'POST',
        headers: { 'content-type': mediaType },
        body: JSON.stringify(events),
      })
      check('post', '/api/events', answer)
      return answer
    },
  }
}

interface Body {
  readonly outcomes: readonly {
    readonly outcome: string
    readonly card_line: number | null
    readonly code: string | null
    readonly partition: number | null
    readonly offset: number | null
  }[]
}

function bodyOf({ body }: Answer): Body {
  return body as Body
}

function outcomesOf(answer: Answer): string[] {
  return bodyOf(answer).outcomes.map(({ outcome, card_line: line, code }) =>
    [outcome, ...(line === null ? [] : [`line ${line}`]), ...(code === null ? [] : [code])].join(' '),
  )
}

async function untilAllAnswered(post: () => Promise<Answer>): Promise<Answer> {
  for (let tries = 1; ; tries += 1) {
    const answer = await post()
    if (answer.status === 200) return answer
    assert.ok(tries < 20, 'the events are never booked')
  }
}
