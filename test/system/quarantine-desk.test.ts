import assert from 'node:assert/strict'
import { suite, test, type TestContext } from 'node:test'
import { partitionOfKey } from '../../src/kafka/producer.ts'
import type { MovementEvent } from '../../src/message/event.ts'
import { checkBooks } from '../support/books.ts'
import { freshDatabase, freshTopic } from '../support/environment.ts'
import { arrival, departure, warehouse } from '../support/events.ts'
import { ask, readContract, routes, type Answer } from '../support/http.ts'
import { openDatabase } from '../support/ledger.ts'
import { toJson } from '../support/memory-log.ts'
import { send } from '../support/send.ts'
import { startService } from '../support/service-process.ts'
import { waitFor } from '../support/wait.ts'

const broken = (event: MovementEvent) => toJson(event).replace('"timestamp":"', '"timestamp":"at ')

suite('quarantine, from end to end', () => {
  test('a correction, an acceptance and a discard are booked through the topic, and the gauge follows', async (t) => {
    const { database, topic, service, post, list } = await start(t, 3)
    const [one, two] = [arrival({ quantity: 5, id: 'one' }), arrival({ quantity: 5, id: 'two' })]
    const wrong = arrival({ movement: 2, quantity: 7 })
    await send(topic, [
      { partition: 0, value: toJson(one) },
      { partition: 0, value: toJson(two) },
      { partition: 1, value: broken(wrong) },
      { partition: 2, value: 'a test' },
    ])
    await waitFor('the quarantine', async () => (await list('')).length === 3)
    assert.equal(await service.metric('bincard_quarantine_open'), 3)
    const idOf = async (code: string) => (await list(`?code=${code}`))[0]?.['quarantine_id'] as number

    const repeat = await idOf('possible_duplicate')
    const accepted = await post(routes.redrive, repeat, { accept: true })
    assert.deepEqual([accepted.status, outcomeOf(accepted)], [200, 'booked'])
    const correction = { message: JSON.parse(toJson(wrong)) as object }
    const corrected = await post(routes.redrive, await idOf('timestamp_invalid'), correction)
    assert.deepEqual([corrected.status, outcomeOf(corrected)], [200, 'booked'])
    const discarded = await post(routes.discard, await idOf('not_json'), { reason: 'a test' })
    assert.equal(discarded.status, 200)
    assert.equal(await service.metric('bincard_quarantine_open'), 0)
    const books = await checkBooks(database)
    assert.deepEqual(
      books.lines.map(({ balance }) => balance),
      [5, 10, 17],
    )
    const [position] = await database.query<{ next: number }>(
      'select next_offset as next from kafka_position where kafka_partition = 1',
    )
    // The producer sends it once more, and so does somebody who copies the topic.
    await send(topic, [{ partition: 1, value: toJson(two) }])
    await waitFor('the redelivery', async () => {
      const [now] = await database.query<{ next: number }>(
        'select next_offset as next from kafka_position where kafka_partition = 1',
      )
      return (now?.next ?? 0) > (position?.next ?? 0)
    })
    assert.equal((await checkBooks(database)).lines.length, 3)
  })

  test('nothing that comes by HTTP can say of itself that it is accepted', async (t) => {
    const { database, url } = await start(t, 1)
    const events = `${url}/api/events`
    const { data, ...attributes } = JSON.parse(toJson(arrival({ quantity: 5, id: 'two' }))) as Record<
      string,
      unknown
    >
    const structured = { 'content-type': 'application/cloudevents+json' }
    const marks = {
      'bincard-accepted': 'true',
      'ce-bincard-accepted': 'true',
      'ce-accepted': 'true',
      'ce_bincard-accepted': 'true',
    }
    const binary = Object.fromEntries(
      Object.entries(attributes).map(([name, text]) => [`ce-${name}`, String(text)]),
    )
    const whole = JSON.stringify({ ...attributes, data, accepted: true, 'bincard-accepted': 'true' })
    await ask(events, {
      method: 'POST',
      headers: structured,
      body: toJson(arrival({ quantity: 5, id: 'one' })),
    })
    const attempts = [
      { headers: { ...structured, ...marks }, body: whole },
      { headers: { 'content-type': 'application/cloudevents-batch+json', ...marks }, body: `[${whole}]` },
      { headers: { 'content-type': 'application/json', ...binary, ...marks }, body: JSON.stringify(data) },
    ]
    for (const attempt of attempts) {
      const { status, body } = await ask(events, { method: 'POST', ...attempt })
      const [{ outcome, code } = {}] = (body as { outcomes: Record<string, unknown>[] }).outcomes
      assert.deepEqual([status, outcome, code], [200, 'quarantined', 'possible_duplicate'])
    }
    const { lines } = await checkBooks(database)
    assert.equal(lines.length, 1)
  })

  test('killed between the topic and the row: the message is booked once, and the same again settles it', async (t) => {
    const { database, topic, service, post, again } = await start(t, 2)
    const elsewhere = [1, 2, 3, 4].find((n) => partitionOfKey(Buffer.from(warehouse(n)), 2) === 1) ?? 1
    const right = arrival({ warehouse: elsewhere, quantity: 5 })
    await send(topic, [{ partition: 0, value: broken(right) }])
    await waitFor('the quarantine', async () => (await open(database)) === 1)

    // Whoever settles the message waits for the position of its own partition.
    const correction = { message: JSON.parse(toJson(right)) as object }
    await database.transaction(async (session) => {
      await session.query('select 1 from kafka_position where kafka_partition = 0 for update')
      const asked = post(routes.redrive, 1, correction).catch(() => null)
      await waitFor(
        'the booking',
        async () => (await database.query('select 1 from movement_leg')).length === 1,
      )
      await service.end('SIGKILL')
      assert.equal(await asked, null)
    })
    const [row] = await database.query('select status, claimed_by from quarantine')
    assert.deepEqual(row, { status: 'open', claimed_by: 'anonymous' })
    await checkBooks(database)

    const next = await again()
    const answer = await next.post(routes.redrive, 1, correction)
    assert.deepEqual([answer.status, outcomeOf(answer)], [200, 'duplicate'])
    assert.equal(await open(database), 0)
    assert.equal((await checkBooks(database)).lines.length, 1)
  })

  test('after a fix, all messages of a code are redriven by two processes at once, each booked once', async (t) => {
    const { database, topic, url, again } = await start(t, 3)
    const count = 250
    const held = departure({ movement: 5000, warehouse: 9, quantity: 1 })
    const events = [held, ...Array.from({ length: count }, (_, n) => arrival({ movement: n, quantity: 1 }))]
    await send(
      topic,
      events.map((event, n) => ({ partition: n % 3, value: broken(event) })),
    )
    await waitFor('the quarantine', async () => (await open(database)) === count + 1)
    // The fix: what was wrong with the timestamps is not wrong any more, but for the departure.
    await database.query(
      `update quarantine set value = convert_to(replace(convert_from(value, 'UTF8'), '"at ', '"'), 'UTF8')
       where not (kafka_partition = 0 and kafka_offset = 0)`,
    )
    const other = await again()
    const check = await readContract(url)
    const walk = async (base: string) => {
      const body: { code: string; limit: number; cursor?: string } = { code: 'timestamp_invalid', limit: 60 }
      for (;;) {
        const answer = await ask(`${base}/api/quarantine/redrive`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        })
        // While the second process joins the group a booking may take longer than the wait.
        check('post', routes.redriveAll, answer)
        assert.equal(answer.status, 200)
        const { next_cursor: next } = answer.body as { next_cursor: string | null }
        if (next === null) return
        body.cursor = next
      }
    }
    await Promise.all([walk(url), walk(other.url)])
    assert.equal(await open(database), 1)
    await waitFor('the bookings', async () => {
      const [row] = await database.query<{ legs: number }>('select count(*) as legs from movement_leg')
      return row?.legs === count
    })
    await waitFor(
      'the end of the log',
      async () => (await other.service.metric('bincard_quarantine_open')) === 1,
    )
    const { legs } = await checkBooks(database)
    assert.deepEqual(
      [legs.length, new Set(legs.map(({ movement_id: id }) => id)).size, legs.every(({ leg }) => leg === 1)],
      [count, count, true],
    )
  })
})

async function start(t: TestContext, partitions: number) {
  const address = await freshDatabase(t)
  const topic = await freshTopic(t, partitions)
  const run = async () => {
    const service = await startService(t, { database: address, topic })
    await service.ready()
    const url = `http://127.0.0.1:${service.port}`
    const check = await readContract(url)
    const list = async (query: string) => {
      const answer = await ask(`${url}/api/quarantine${query}`)
      check('get', routes.quarantine, answer)
      return (answer.body as { items: Record<string, unknown>[] }).items
    }
    const post = async (route: string, id: number, body: object) => {
      const answer = await ask(url + route.replace('{quarantine_id}', String(id)), {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
      check('post', route, answer)
      return answer
    }
    return { service, url, list, post }
  }
  return { database: openDatabase(t, address), topic, again: run, ...(await run()) }
}

async function open(database: ReturnType<typeof openDatabase>): Promise<number> {
  const rows = await database.query(`select 1 from quarantine where status = 'open'`)
  return rows.length
}

function outcomeOf({ body }: Answer): unknown {
  return (body as { outcome: unknown }).outcome
}
