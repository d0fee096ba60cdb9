import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { MovementEvent } from '../../src/message/event.ts'
import type { MessageHeader } from '../../src/message/message.ts'
import { readQuarantine, readQuarantinedMessages } from '../../src/store/read-quarantine.ts'
import { checkBooks } from '../support/books.ts'
import { freshDesk, nameOf, textOf, type TestDesk } from '../support/desk.ts'
import { arrival, departure, product, warehouse } from '../support/events.ts'
import { toJson } from '../support/memory-log.ts'

const asItIs = { correction: null, accepted: false }
const accept = { correction: null, accepted: true }
const corrected = (event: MovementEvent) => ({ correction: Buffer.from(toJson(event)), accepted: false })
const value = (event: MovementEvent) => ({ value: Buffer.from(toJson(event)) })
const card = { warehouseId: warehouse(1), productId: product(1) }

const first = arrival({ quantity: 5, id: 'one' })
const second = arrival({ quantity: 5, id: 'two' })
const broken = (movement: number) => ({
  value: Buffer.from(toJson(arrival({ movement, quantity: 5 })).replace('"quantity":5', '"quantity":"5"')),
})

suite('the desk for messages in quarantine', () => {
  test('an accepted arrival counts beside its equal, and leaves the tally of its own partition', async (t) => {
    const scene = await freshDesk(t)
    await scene.receive([value(first)])
    const [id = 0] = await scene.receive([value(second)])
    assert.equal(await scene.tally(), 1)
    const answer = await scene.desk.redrive(id, accept, 'anna')
    assert.equal(nameOf(answer), 'booked')
    assert.equal(await balance(scene), 10)
    assert.equal(await scene.tally(), 0)
    await checkBooks(scene.ledger.database)

    const [kept] = await read(scene, [id])
    assert.deepEqual(
      [kept?.status, kept?.settledBy, kept?.redrivenTo?.partition, kept?.redrivenTo?.offset],
      ['redriven', 'anna', 1, 0],
    )
    const [message] = scene.produced
    assert.equal(textOf(message?.key), first.warehouseId)
    assert.deepEqual(headersOf(message?.headers), {
      'bincard-redriven-from': `${kept?.topicId}:0:1`,
      'bincard-quarantine-id': String(id),
      'bincard-accepted': 'true',
    })
  })

  test('asking for the same again answers the same and produces nothing; anything else is told what was done', async (t) => {
    const scene = await freshDesk(t)
    await scene.receive([value(first)])
    const [id = 0, other = 0] = await scene.receive([value(second), broken(2)])
    const done = await scene.desk.redrive(id, accept, 'anna')
    assert.deepEqual(await scene.desk.redrive(id, accept, 'boris'), done)
    assert.equal(scene.produced.length, 1)
    for (const ask of [asItIs, corrected(arrival({ quantity: 7 }))])
      assert.equal(nameOf(await scene.desk.redrive(id, ask, 'boris')), 'decided')
    assert.equal((await scene.desk.discard(id, 'no', 'boris')).kind, 'decided')

    const gone = await scene.desk.discard(other, 'a test', 'anna')
    assert.equal(gone.kind, 'discarded')
    assert.deepEqual(await scene.desk.discard(other, 'a test', 'boris'), gone)
    assert.equal((await scene.desk.discard(other, 'another reason', 'boris')).kind, 'decided')
    const late = await scene.desk.redrive(other, corrected(arrival({ movement: 2, quantity: 5 })), 'boris')
    assert.equal(nameOf(late), 'decided')
    assert.deepEqual(await scene.desk.redrive(999, asItIs, 'anna'), { kind: 'unknown' })
    assert.deepEqual(await scene.desk.discard(999, 'x', 'anna'), { kind: 'unknown' })
    assert.equal(scene.produced.length, 1)
    assert.equal(await scene.tally(), 0)
  })

  test('what would be rejected again is refused, by decoding and by what is booked; nothing changes', async (t) => {
    const scene = await freshDesk(t)
    await scene.receive([value(first), value(departure({ movement: 2, quantity: 1, id: 'one' }))])
    const [repeat = 0, left = 0, bad = 0] = await scene.receive([
      value(second),
      value(departure({ movement: 2, quantity: 1, id: 'two' })),
      broken(3),
    ])
    const asked = [
      [bad, asItIs, 'refused quantity_invalid'],
      [bad, accept, 'not_acceptable'],
      [bad, { correction: Buffer.from('{"id": "x"}'), accepted: false }, 'refused field_missing'],
      [repeat, asItIs, 'refused possible_duplicate'],
      [repeat, corrected(arrival({ quantity: 6 })), 'refused arrival_conflict'],
      [left, accept, 'not_acceptable'],
    ] as const
    for (const [id, ask, expected] of asked)
      assert.equal(nameOf(await scene.desk.redrive(id, ask, 'anna')), expected)
    assert.equal(scene.produced.length, 0)
    assert.ok(
      (await read(scene, [repeat, left, bad])).every(
        ({ status, claim }) => status === 'open' && claim === null,
      ),
    )
    assert.equal(await scene.tally(), 3)
  })

  test('two who redrive one message at once book it once, and are answered the same', async (t) => {
    const scene = await freshDesk(t)
    await scene.receive([value(first)])
    const [id = 0] = await scene.receive([value(second)])
    const another = await freshDesk(t, scene.ledger.another())
    const [one, two] = await Promise.all([
      scene.desk.redrive(id, accept, 'anna'),
      another.desk.redrive(id, accept, 'boris'),
    ])
    assert.deepEqual(one, two)
    assert.equal(await balance(scene), 10)
    assert.equal(await scene.tally(), 0)
    await checkBooks(scene.ledger.database)
  })

  test('of two different corrections at once one holds; of a redrive and a discard, too', async (t) => {
    const scene = await freshDesk(t)
    const another = await freshDesk(t, scene.ledger.another())
    for (let n = 1; n <= 10; n += 1) {
      const [id = 0, other = 0] = await scene.receive([broken(n), broken(100 + n)])
      const answers = await Promise.all([
        scene.desk.redrive(id, corrected(arrival({ movement: n, quantity: 5 })), 'anna'),
        another.desk.redrive(id, corrected(arrival({ movement: n, quantity: 6, at: 1 })), 'boris'),
        scene.desk.redrive(other, corrected(arrival({ movement: 100 + n, quantity: 5 })), 'anna'),
        another.desk.discard(other, 'no', 'boris'),
      ])
      const [one, two, redriven, discarded] = answers.map(({ kind }) => kind)
      assert.deepEqual(new Set([one, two]), new Set(['decided', 'redriven']))
      assert.notEqual(redriven === 'redriven', discarded === 'discarded')
    }
    const { legs } = await checkBooks(scene.ledger.database)
    const perMovement = Map.groupBy(legs, ({ movement_id: movement }) => movement)
    assert.ok([...perMovement.values()].every((own) => own.length === 1))
    assert.equal(await scene.tally(), 0)
  })

  for (const when of ['before', 'after'] as const) {
    test(`killed ${when} it is in the log: it stays open, nobody can decide otherwise, the same again finishes it`, async (t) => {
      const scene = await freshDesk(t)
      const [id = 0] = await scene.receive([broken(1)])
      const right = corrected(arrival({ quantity: 5 }))
      scene.failure = { when, error: new Error('killed') }
      await assert.rejects(scene.desk.redrive(id, right, 'anna'), /killed/)
      const [begun] = await read(scene, [id])
      assert.deepEqual([begun?.status, begun?.claim?.by], ['open', 'anna'])
      assert.deepEqual(begun?.claim?.correction, right.correction)
      assert.equal(await scene.tally(), 1)

      scene.failure = null
      assert.equal((await scene.desk.discard(id, 'no', 'boris')).kind, 'decided')
      const wrong = await scene.desk.redrive(id, corrected(arrival({ quantity: 6, at: 1 })), 'boris')
      assert.equal(nameOf(wrong), 'decided')
      const answer = await scene.desk.redrive(id, right, 'boris')
      assert.equal(nameOf(answer), when === 'before' ? 'booked' : 'duplicate')
      const [settled] = await read(scene, [id])
      assert.deepEqual([settled?.status, settled?.settledBy], ['redriven', 'anna'])
      assert.equal(await balance(scene), 5)
      assert.equal(await scene.tally(), 0)
      await checkBooks(scene.ledger.database)
    })
  }

  test('a redrive of all finishes what was begun, as it was begun', async (t) => {
    const scene = await freshDesk(t)
    const [id = 0] = await scene.receive([broken(1)])
    scene.failure = { when: 'after', error: new Error('killed') }
    await assert.rejects(scene.desk.redrive(id, corrected(arrival({ quantity: 5 })), 'anna'), /killed/)
    scene.failure = null
    const { counts, next } = await scene.desk.redriveAll(
      'quantity_invalid',
      { after: null, limit: 10 },
      'boris',
    )
    assert.deepEqual([{ ...none, duplicate: 1 }, null], [counts, next])
    assert.deepEqual([(await read(scene, [id]))[0]?.settledBy, await balance(scene)], ['anna', 5])
  })

  test('a redrive of all takes a page of a code, counts each outcome, and leaves open what would be rejected', async (t) => {
    const scene = await freshDesk(t)
    // Rejected once, by a version that knew less; now they can be booked, but for the broken ones.
    await scene.receive([broken(1), broken(2), broken(3), broken(4), broken(5), broken(6), broken(7)])
    const { database } = scene.ledger
    await database.query(
      `update quarantine set value = convert_to(replace(convert_from(value, 'UTF8'), '"5"', '5'), 'UTF8')
       where kafka_offset in (1, 3, 5)`,
    )
    await scene.receive([value(departure({ movement: 9, quantity: 100 }))], 2)
    const [other = 0] = await scene.receive([{ value: null }], 2)
    const one = await scene.desk.redriveAll('quantity_invalid', { after: null, limit: 3 }, 'anna')
    assert.deepEqual(one.counts, { ...none, booked: 1, rejected: 2 })
    const two = await scene.desk.redriveAll('quantity_invalid', { after: one.next, limit: 3 }, 'anna')
    assert.deepEqual(two.counts, { ...none, booked: 2, rejected: 1 })
    const three = await scene.desk.redriveAll('quantity_invalid', { after: two.next, limit: 3 }, 'anna')
    assert.deepEqual([three.counts, three.next], [{ ...none, rejected: 1 }, null])
    const open = await readQuarantine(database, { status: 'open', code: null }, { after: null, limit: 10 })
    assert.deepEqual(
      open.items.map(({ quarantineId, offset, partition }) => [quarantineId === other, partition, offset]),
      [
        [false, 0, 0],
        [false, 0, 2],
        [false, 0, 4],
        [false, 0, 6],
        [true, 2, 1],
      ],
    )
    assert.equal(await scene.tally(), 5)
    await checkBooks(database)
  })

  test('redrives of all, side by side with a lane that goes on, book each message once', async (t) => {
    const scene = await freshDesk(t)
    const another = await freshDesk(t, scene.ledger.another())
    const count = 60
    await scene.receive(Array.from({ length: count / 2 }, (_, n) => broken(n)))
    await scene.receive(
      Array.from({ length: count / 2 }, (_, n) => broken(100 + n)),
      2,
    )
    await scene.ledger.database.query(
      `update quarantine set value = convert_to(replace(convert_from(value, 'UTF8'), '"5"', '5'), 'UTF8')`,
    )
    const lane = (async () => {
      for (let n = 0; n < 30; n += 1)
        await scene.receive([value(arrival({ movement: 1000 + n, quantity: 1 })), broken(2000 + n)])
    })()
    const walk = async ({ desk }: TestDesk): Promise<void> => {
      for (let after: number | null = 0; after !== null;)
        after = (await desk.redriveAll('quantity_invalid', { after, limit: 20 }, 'anna')).next
    }
    await Promise.all([lane, walk(scene), walk(another), walk(scene)])
    const { legs } = await checkBooks(scene.ledger.database)
    assert.equal(legs.length, count + 30)
    assert.equal(await scene.tally(), 30)
  })

  test('a message that was redriven, and rejected again, keeps its first origin', async (t) => {
    const scene = await freshDesk(t)
    await scene.receive([value(first)])
    const [id = 0] = await scene.receive([value(second)])
    await scene.desk.redrive(id, accept, 'anna')
    const marks = scene.produced[0]?.headers ?? []
    const [again = 0] = await scene.receive([{ ...broken(7), headers: marks }], 2)
    const right = arrival({ movement: 7, quantity: 5 })
    assert.equal(nameOf(await scene.desk.redrive(again, corrected(right), 'anna')), 'booked')
    const headers = headersOf(scene.produced[1]?.headers)
    assert.deepEqual(
      [headers['bincard-quarantine-id'], headers['bincard-redriven-from'], headers['bincard-accepted']],
      [String(id), headersOf(marks)['bincard-redriven-from'], undefined],
    )
  })

  test('what only looks like a first origin is none', async (t) => {
    const scene = await freshDesk(t)
    const header = (name: string, text: string) => ({ name: Buffer.from(name), value: Buffer.from(text) })
    const forged = [header('bincard-redriven-from', 'x'.repeat(1000)), header('bincard-quarantine-id', '1')]
    const [id = 0] = await scene.receive([{ ...broken(7), headers: forged }])
    await scene.desk.redrive(id, corrected(arrival({ movement: 7, quantity: 5 })), 'anna')
    const [kept] = await read(scene, [id])
    const headers = headersOf(scene.produced[0]?.headers)
    assert.equal(headers['bincard-redriven-from'], `${kept?.topicId}:0:0`)
  })

  test('a message in binary mode is redriven with its own headers; ours, and those without a value, are left out', async (t) => {
    const scene = await freshDesk(t)
    const { data, ...attributes } = JSON.parse(toJson(arrival({ quantity: 5 }))) as Record<string, unknown>
    const header = (name: string, text: string | null) => ({
      name: Buffer.from(name),
      value: text === null ? null : Buffer.from(text),
    })
    const headers = [
      ...Object.entries(attributes).map(([name, text]) => header(`ce_${name}`, String(text))),
      header('ce_time', null),
      header('bincard-accepted', 'true'),
      header('traceparent', '00-1'),
    ]
    const [id = 0] = await scene.receive([
      { value: Buffer.from(JSON.stringify(data).replace(':5', ':5.5')), headers },
    ])
    await scene.ledger.database.query('update quarantine set value = $1', [Buffer.from(JSON.stringify(data))])
    assert.equal(nameOf(await scene.desk.redrive(id, asItIs, 'anna')), 'booked')
    assert.deepEqual(Object.keys(headersOf(scene.produced[0]?.headers)), [
      'ce_id',
      'ce_source',
      'ce_specversion',
      'ce_type',
      'traceparent',
      'bincard-redriven-from',
      'bincard-quarantine-id',
    ])
  })
})

const none = { booked: 0, held: 0, duplicate: 0, quarantined: 0, accepted: 0, rejected: 0 }

async function read({ ledger }: TestDesk, ids: readonly number[]) {
  return await readQuarantinedMessages(ledger.database, ids, { maxValueBytes: 1000 })
}

async function balance({ ledger }: TestDesk): Promise<number> {
  const rows = await ledger.database.query<{ balance: number }>(
    'select balance from card_line where warehouse_id = $1 and product_id = $2 order by line desc limit 1',
    [card.warehouseId, card.productId],
  )
  return rows[0]?.balance ?? 0
}

function headersOf(headers: readonly MessageHeader[] = []): Record<string, string> {
  return Object.fromEntries(headers.map(({ name, value: text }) => [String(name), String(text)]))
}
