/** Files of opening stock, through the topic into the cards. */
import assert from 'node:assert/strict'
import { suite, test, type TestContext } from 'node:test'
import { createClient } from '../../src/client/client.ts'
import { openingSource } from '../../src/message/opening-stock.ts'
import { checkBooks } from '../support/books.ts'
import { movement, product, warehouse } from '../support/events.ts'
import { freshDatabase, freshTopic } from '../support/environment.ts'
import { ask, openTestDatabase, readContract } from '../support/http.ts'
import { startService } from '../support/service-process.ts'
import { waitFor } from '../support/wait.ts'

const header = 'warehouse_id,product_id,quantity'
const row = (w: number, p: number, quantity: number) => `${warehouse(w)},${product(p)},${quantity}`
const asOf = '?as_of=2025-01-31T20:00:00%2B03:00'

const rows = (count: number, quantity = 10) =>
  [
    header,
    ...Array.from({ length: count }, (_, n) => row(1 + (n % 40), 1 + Math.floor(n / 40), quantity)),
  ].join('\n')

suite('opening stock', () => {
  test('opens each card, releases what was held, and is no movement under way', async (t) => {
    const { url, send, client, database } = await start(t)
    const left = departure(1, 30)
    const held = await client.postEvents({ body: left, mediaType: 'application/cloudevents+json' })
    assert.equal(held.outcomes[0]?.outcome, 'held')

    const file = `\ufeff${[header, row(1, 1, 100), row(1, 2, 0), row(2, 1, 7)].join('\r\n').replaceAll(',', ';')}\r\n`
    const taken = await send(file, asOf)
    assert.equal(taken.status, 200)
    assert.deepEqual(taken.result.outcomes, { booked: 3, duplicate: 0, quarantined: 0, accepted: 0 })

    const card = await client.getCard({ warehouse_id: warehouse(1), product_id: product(1) })
    assert.equal(card.quantity, 70)
    assert.deepEqual(
      card.history.map(({ line, change, status, counterparty_warehouse_id: other, timestamp }) => [
        line,
        change,
        status,
        other,
        timestamp,
      ]),
      [
        [2, -30, 'in_transit', null, '2025-02-18T12:00:00.000Z'],
        [1, 100, 'opening_stock', null, '2025-01-31T17:00:00.000Z'],
      ],
    )
    const opened = await client.listMovements({ status: 'opening_stock', from: '2025-01-01T00:00:00Z' })
    assert.equal(opened.items.length, 3)
    const { items: underWay } = await client.listTransit({})
    assert.deepEqual(
      underWay.map(({ movement_id: id }) => id),
      [movement(1)],
    )
    assert.deepEqual((await client.listDifferences({})).items, [])
    const { items: warehouses } = await client.listWarehouses({})
    assert.deepEqual(
      warehouses.map(({ source }) => source),
      ['WH-0001', null],
    )
    const seen = await client.getMovement({ movement_id: opened.items[0]?.movement_id ?? '' })
    assert.deepEqual(
      [seen.status, seen.sender, seen.quantity_difference, seen.elapsed_seconds, seen.flags],
      ['opening_stock', null, null, null, []],
    )
    const overview = (await ask(`${url}/api/overview`)).body as { stock: { movements_in_transit: number } }
    assert.equal(JSON.stringify(overview).includes('"movements_in_transit":1'), true)
    await checkBooks(database)
  })

  test('the same file again changes nothing, also two at once; another quantity waits in quarantine', async (t) => {
    const { send, another, database, client } = await start(t)
    await another()
    const file = rows(3000)
    const [one, two] = await Promise.all([send(file, asOf), send(file, asOf)])
    const again = await untilBooked(() => send(file, asOf))
    assert.deepEqual(again.result.outcomes, { booked: 0, duplicate: 3000, quarantined: 0, accepted: 0 })
    const { booked, accepted } = one.result.outcomes
    assert.ok(booked + accepted + two.result.outcomes.booked + two.result.outcomes.accepted >= 3000)
    assert.equal((await checkBooks(database)).lines.length, 3000)

    const wish = [header, row(1, 1, 11), row(2, 1, 10), row(41, 1, 1)].join('\n')
    const rehearsed = await send(wish, `${asOf}&dry_run=true`)
    const other = await untilBooked(() => send(wish, asOf))
    for (const { result, dry } of [
      { ...rehearsed, dry: true },
      { ...other, dry: false },
    ]) {
      assert.deepEqual(
        [result.dry_run, result.outcomes.quarantined, result.outcomes.duplicate >= 1],
        [dry, 1, true],
      )
      assert.deepEqual(
        result.conflicts.map(({ line, warehouse_id: id, code }) => [line, id, code]),
        [[2, warehouse(1), 'arrival_conflict']],
      )
    }
    const { items } = await client.listQuarantine({ code: 'arrival_conflict' })
    const [waiting] = items
    const { conflicts_with: conflicts } = await client.getQuarantinedMessage({
      quarantine_id: waiting?.quarantine_id ?? 0,
    })
    assert.deepEqual(
      conflicts.map(({ quantity }) => quantity),
      [10],
    )
    await checkBooks(database)
  })

  test('a file with wrong rows is refused whole, a dry run writes nothing', async (t) => {
    const { send, database } = await start(t)
    const wrong = await send([header, row(1, 1, 1), row(1, 1, 2), row(1, 3, -1)].join('\n'), asOf)
    assert.deepEqual([wrong.status, wrong.result.code], [422, 'file_rejected'])
    assert.deepEqual(
      wrong.result.rejections?.map(({ line, code, field }) => [line, code, field]),
      [
        [3, 'card_repeated', null],
        [4, 'quantity_out_of_range', 'quantity'],
      ],
    )
    const rehearsed = await send(rows(2500), `${asOf}&dry_run=true`)
    assert.deepEqual(rehearsed.result.outcomes, { booked: 2500, duplicate: 0, quarantined: 0, accepted: 0 })
    assert.deepEqual([rehearsed.result.dry_run, rehearsed.result.after], [true, []])
    const { legs } = await checkBooks(database)
    assert.equal(legs.length, 0)
  })

  test('rows that are not booked when the wait ends are accepted, and a read after their place sees them', async (t) => {
    const { url, send } = await start(t, { HTTP_OPENING_WAIT_MS: '0', BATCH_MAX_AGE_MS: '1000' })
    const { status, result } = await send([header, row(1, 1, 5)].join('\n'), asOf)
    assert.deepEqual([status, result.outcomes.accepted, result.after.length], [202, 1, 1])
    const path = `/api/warehouses/${warehouse(1)}/products/${product(1)}?after=${result.after[0]}`
    const card = await waitFor('the booking', async () => {
      const answer = await ask(url + path)
      return answer.status === 200 ? answer.body : null
    })
    assert.equal((card as { quantity: number }).quantity, 5)
  })

  test('an event by HTTP cannot pass itself off as opening stock', async (t) => {
    const { url, database } = await start(t)
    const answer = await ask(`${url}/api/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/cloudevents+json' },
      body: JSON.stringify({ ...departure(1, 5), source: openingSource }),
    })
    assert.equal(answer.status, 422)
    assert.match(answer.text, /"code":"field_invalid","field":"source"/)
    assert.equal((await checkBooks(database)).legs.length, 0)
  })

  test('fifty thousand rows are booked while others are served', async (t) => {
    const { url, send, database } = await start(t)
    const sending = untilBooked(() => send(rows(50_000), asOf))
    let served = 0
    const over = new AbortController()
    const serving = (async () => {
      while (!over.signal.aborted) {
        const { status } = await ask(`${url}/api/warehouses`)
        // One that is late on a busy machine is told so.
        assert(status === 200 || status === 503, String(status))
        if (status === 200) served += 1
      }
    })()
    const { result } = await sending
    over.abort()
    await serving
    assert.equal(result.outcomes.booked + result.outcomes.duplicate, 50_000)
    assert.ok(served > 10, `${served} requests`)
    const [cards] = await database.query<{ count: number }>('select count(*) from card_line where line = 1')
    assert.equal(cards?.count, 50_000)
  })
})

function departure(n: number, quantity: number) {
  return {
    specversion: '1.0',
    type: 'ru.retail.warehouses.movement',
    id: `departure ${n}`,
    source: 'WH-0001',
    data: {
      movement_id: movement(n),
      warehouse_id: warehouse(1),
      product_id: product(1),
      event: 'departure',
      timestamp: '2025-02-18T12:00:00Z',
      quantity,
    },
  } as const
}

interface Result {
  readonly dry_run: boolean
  readonly outcomes: Readonly<Record<'booked' | 'duplicate' | 'quarantined' | 'accepted', number>>
  readonly conflicts: readonly { line: number; warehouse_id: string; code: string }[]
  readonly after: readonly string[]
  /** Of a problem. */
  readonly code?: string
  readonly rejections?: readonly { line: number; code: string; field: string | null }[]
}

async function start(t: TestContext, environment: Record<string, string> = {}) {
  const address = await freshDatabase(t)
  const topic = await freshTopic(t, 4)
  const options = { database: address, topic, environment }
  const service = await startService(t, options)
  await service.ready()
  const url = `http://127.0.0.1:${service.port}`
  const check = await readContract(url)
  return {
    url,
    database: openTestDatabase(t, address),
    client: createClient({ baseUrl: url }),
    another: async () => await (await startService(t, options)).ready(),
    send: async (file: string, query: string) => {
      const answer = await ask(`${url}/api/opening-stock${query}`, {
        method: 'POST',
        headers: { 'content-type': 'text/csv; charset=utf-8' },
        body: file,
      })
      check('post', '/api/opening-stock', answer)
      return { status: answer.status, result: answer.body as Result }
    },
  }
}

/** Sends until nothing is merely accepted: partitions may change hands meanwhile. */
async function untilBooked(send: () => Promise<{ status: number; result: Result }>) {
  return await waitFor(
    'the booking of the file',
    async () => {
      const sent = await send()
      return sent.status === 200 ? sent : null
    },
    { limitMs: 90_000 },
  )
}
