import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { reject } from '../../src/message/rejection.ts'
import { readPosition } from '../../src/store/position.ts'
import { assertSameAsModel, checkBooks, readBooks } from '../support/books.ts'
import {
  anyPile,
  anyStream,
  arrival,
  at,
  covered,
  departure,
  movement,
  product,
  shuffled,
  warehouse,
} from '../support/events.ts'
import { freshLedger, itemsOf, messageAt, namesOf, partitionOf } from '../support/ledger.ts'
import { Model } from '../support/model.ts'

suite('one batch, one transaction', () => {
  test('legs, lines, transit and position are written together', async (t) => {
    const ledger = await freshLedger(t)
    const written = await ledger.book([
      arrival({ movement: 1, quantity: 100, at: 1 }),
      departure({ movement: 2, quantity: 30, at: 2 }),
      departure({ movement: 3, quantity: 90, at: 3 }),
    ])
    assert.deepEqual(namesOf(written), ['booked', 'booked', 'held'])
    const card = { warehouse_id: warehouse(1), product_id: product(1) }
    assert.deepEqual(await checkBooks(ledger.database), {
      lines: [
        { ...card, line: 1, movement_id: movement(1), leg: 1, change: 100, balance: 100 },
        { ...card, line: 2, movement_id: movement(2), leg: 0, change: -30, balance: 70 },
      ],
      legs: [
        { ...card, movement_id: movement(1), leg: 1, quantity: 100, source: 'WH-0001', line: 1 },
        { ...card, movement_id: movement(2), leg: 0, quantity: 30, source: 'WH-0001', line: 2 },
        { ...card, movement_id: movement(3), leg: 0, quantity: 90, source: 'WH-0001', line: null },
      ],
      transit: [
        { movement_id: movement(1), product_id: product(1), quantity: -100 },
        { movement_id: movement(2), product_id: product(1), quantity: 30 },
        { movement_id: movement(3), product_id: product(1), quantity: 90 },
      ],
    })
    const position = await readPosition(ledger.database, partitionOf(0))
    assert.deepEqual(position, { topicId: partitionOf(0).topicId, nextOffset: 3, leaderEpoch: 0 })
  })

  test('a leg keeps what its message said, to the microsecond, and where it came from', async (t) => {
    const ledger = await freshLedger(t)
    const event = { ...arrival({ quantity: 5 }), source: 'WH-ä𝄞', messageId: 'x'.repeat(255) }
    const occurredAt = (event.occurredAt + 123_456) as typeof event.occurredAt
    await ledger.write(itemsOf([{ ...event, occurredAt }], { partition: 4, from: 0 }), {
      from: 0,
      partition: 4,
    })
    const rows = await ledger.database.query(
      'select occurred_at, source, message_id, kafka_partition, kafka_offset from movement_leg',
    )
    assert.deepEqual(rows, [
      {
        occurred_at: occurredAt,
        source: event.source,
        message_id: event.messageId,
        kafka_partition: 4,
        kafka_offset: 0,
      },
    ])
  })

  test('a batch that does not start at the position is fenced and changes nothing', async (t) => {
    const ledger = await freshLedger(t)
    const items = itemsOf([arrival({ quantity: 5 })], { partition: 0, from: 0 })
    assert.deepEqual(namesOf(await ledger.write(items, { from: 0 })), ['booked'])
    const before = await readBooks(ledger.database)
    assert.deepEqual(namesOf(await ledger.write(items, { from: 0 })), ['fenced'])
    assert.deepEqual(namesOf(await ledger.write(items, { from: 7 })), ['fenced'])
    assert.deepEqual(await readBooks(ledger.database), before)
  })

  test('redelivery changes nothing: booked and held reports are duplicates, in any process', async (t) => {
    const ledger = await freshLedger(t)
    const events = [
      arrival({ movement: 1, quantity: 5 }),
      departure({ movement: 2, quantity: 9, warehouse: 2 }),
    ]
    await ledger.book(events)
    const before = await readBooks(ledger.database)
    assert.deepEqual(namesOf(await ledger.book(events)), ['duplicate', 'duplicate'])
    assert.deepEqual(namesOf(await ledger.another().book(events, 3)), ['duplicate', 'duplicate'])
    assert.deepEqual(await readBooks(ledger.database), before)
  })

  test('the same report under another id waits in quarantine and changes nothing', async (t) => {
    const ledger = await freshLedger(t)
    await ledger.book([arrival({ quantity: 5, id: 'one' })])
    const before = await readBooks(ledger.database)
    assert.deepEqual(namesOf(await ledger.book([arrival({ quantity: 5, id: 'two' })])), [
      'possible_duplicate',
    ])
    assert.deepEqual(await readBooks(ledger.database), before)
    const kept = await ledger.database.query('select code, status, movement_id, kafka_offset from quarantine')
    assert.deepEqual(kept, [
      { code: 'possible_duplicate', status: 'open', movement_id: movement(1), kafka_offset: 1 },
    ])
  })

  test('a quarantined message is kept whole: key, value, headers, also null ones', async (t) => {
    const ledger = await freshLedger(t)
    const bytes = Buffer.from([0, 255, 1, 254])
    const message = {
      ...messageAt({ partition: 0, offset: 0 }),
      key: bytes,
      value: bytes,
      headers: [
        { name: Buffer.from('a'), value: bytes },
        { name: Buffer.from([0xff]), value: null },
      ],
    }
    const tombstone = { ...messageAt({ partition: 0, offset: 1 }), value: null }
    const receivedAt = at(0)
    await ledger.write(
      [
        { message, decoded: reject('not_json', 'value'), receivedAt },
        { message: tombstone, decoded: reject('message_empty'), receivedAt },
      ],
      { from: 0 },
    )
    const rows = await ledger.database.query(
      'select key, value, header_names, header_values, code, field, received_at from quarantine order by kafka_offset',
    )
    const kept = { received_at: receivedAt }
    assert.deepEqual(rows, [
      {
        ...kept,
        key: bytes,
        value: bytes,
        header_names: [Buffer.from('a'), Buffer.from([0xff])],
        header_values: [bytes, null],
        code: 'not_json',
        field: 'value',
      },
      {
        ...kept,
        key: null,
        value: null,
        header_names: [],
        header_values: [],
        code: 'message_empty',
        field: null,
      },
    ])
  })

  test('a batch of nothing but rejected messages is quarantined whole', async (t) => {
    const ledger = await freshLedger(t)
    const items = Array.from({ length: 450 }, (_, offset) => ({
      message: messageAt({ partition: 0, offset }),
      decoded: reject('not_json'),
      receivedAt: at(0),
    }))
    await ledger.write(items, { from: 0 })
    const [kept] = await ledger.database.query(
      'select count(*) as count, max(kafka_offset) as last from quarantine',
    )
    assert.deepEqual(kept, { count: 450, last: 449 })
    await checkBooks(ledger.database)
  })

  test('a release books a held departure once, in the transaction of the arrival', async (t) => {
    const ledger = await freshLedger(t)
    await ledger.book([departure({ movement: 1, quantity: 5 })])
    const came = arrival({ movement: 2, quantity: 7 })
    await ledger.another().book([came], 1)
    await ledger.book([came])
    const { lines } = await checkBooks(ledger.database)
    assert.deepEqual(
      lines.map(({ movement_id: m, change, balance }) => [m, change, balance]),
      [
        [movement(2), 7, 7],
        [movement(1), -5, 2],
      ],
    )
  })

  test('a release that does not find its departure waiting is a conflict, and nothing of the batch is written', async (t) => {
    const ledger = await freshLedger(t)
    await ledger.book([departure({ movement: 1, quantity: 5 })])
    const before = await readBooks(ledger.database)
    await ledger.database.query(
      `create function keep() returns trigger language plpgsql as 'begin return null; end';
       create trigger keep before update on movement_leg for each row execute function keep()`,
    )
    const release = ledger.book([arrival({ movement: 2, quantity: 7 })])
    await assert.rejects(release, { code: 'key_collision', kind: 'conflict' })
    assert.deepEqual(await readBooks(ledger.database), before)
  })

  test('one arrival releases ten thousand held departures, oldest first, page after page', async (t) => {
    const ledger = await freshLedger(t)
    const pile = Array.from({ length: 10_000 }, (_, n) =>
      departure({ movement: n, at: 20_000 - n, quantity: 2 }),
    )
    await ledger.book(pile)
    const written = await ledger.another().book([arrival({ movement: 99_999, quantity: 20_001 })], 1)
    assert.equal(written === 'fenced' ? -1 : written.releases, 10_000)
    const { lines } = await checkBooks(ledger.database)
    assert.deepEqual(
      lines.slice(1).map(({ movement_id: m }) => m),
      pile.map(({ movementId }) => movementId).toReversed(),
    )
    assert.equal(lines.at(-1)?.balance, 1)
  })

  test('recording times of a card never run backwards, even if the clock does', async (t) => {
    const ledger = await freshLedger(t)
    await ledger.book([arrival({ movement: 1, quantity: 5 })])
    await ledger.database.query(
      "update warehouse set last_recorded_at = last_recorded_at + interval '1 hour'",
    )
    await ledger.book([arrival({ movement: 2, quantity: 5 })])
    await ledger.book([arrival({ movement: 3, quantity: 5 })])
    const rows = await ledger.database.query<{ recorded_at: number }>(
      'select recorded_at from card_line order by line',
    )
    const times = rows.map(({ recorded_at: time }) => time)
    assert.deepEqual(
      times,
      times.toSorted((a, b) => a - b),
    )
    assert.ok((times[1] ?? 0) - (times[0] ?? 0) >= 3600 * 1_000_000)
  })

  test('the database itself refuses a balance below zero', async (t) => {
    const ledger = await freshLedger(t)
    await ledger.book([arrival({ quantity: 5 })])
    const overdraw = ledger.database.query(
      `insert into card_line select warehouse_id, product_id, 2, movement_id, 0, -6, -1, occurred_at, recorded_at
       from card_line`,
    )
    await assert.rejects(overdraw, { name: 'Fault', code: 'check_violated' })
  })

  test('any stream, order, batching and change of process ends in the books of the oracle', async (t) => {
    const draws = fc.array(fc.nat(), { minLength: 1, maxLength: 40 })
    await fc.assert(
      fc.asyncProperty(fc.oneof(anyPile, anyStream), draws, async (stream, order) => {
        const ledger = await freshLedger(t)
        const processes = [ledger, ledger.another()]
        const events = shuffled(covered(stream), order)
        const model = new Model()
        for (let start = 0, n = 0; start < events.length; n += 1) {
          const batch = events.slice(start, start + 1 + ((order[n % order.length] ?? 0) % 12))
          start += batch.length
          for (const event of batch) model.deliver(event)
          await processes[(order[n % order.length] ?? 0) % 2]?.book(batch, n % 3)
        }
        const books = await checkBooks(ledger.database)
        assertSameAsModel(books, model)
        assert.ok(books.legs.every(({ line }) => line !== null))
      }),
      { numRuns: 15 },
    )
  })
})
