import assert from 'node:assert/strict'
import { checkBooks } from '../support/books.ts'
import { freshDatabase, freshTopic } from '../support/environment.ts'
import { arrival, departure } from '../support/events.ts'
import { openDatabase } from '../support/ledger.ts'
import { toJson } from '../support/memory-log.ts'
import { send, type Sent } from '../support/send.ts'
import { startService } from '../support/service-process.ts'
import { waitFor } from '../support/wait.ts'
import { fault } from './fault.ts'

const good = (movement: number): string => toJson(arrival({ movement, quantity: 1 }))
const changed = (find: string | RegExp, put: string): string => good(9999).replace(find, put)

/** A broker takes a request of 1 MiB, which one of the messages nearly is. */
const messagesAtOnce = 8

/** One message of each kind, with the code under which it must wait. */
const bad: [string | Buffer | null, string, Sent['headers']?][] = [
  [null, 'message_empty'],
  ['', 'message_empty'],
  ['x'.repeat(1024 * 1000), 'message_too_large'],
  [Buffer.from([0xc3, 0x28]), 'not_utf8'],
  ['{"id": ', 'not_json'],
  ['[1]', 'not_an_object'],
  ['{"__proto__": {"id": "1"}}', 'field_missing'],
  [changed('"data"', '"__proto__"'), 'field_missing'],
  [changed('"quantity"', '"__proto__":{"quantity":1},"was"'), 'field_missing'],
  [
    `{"constructor":{"prototype":{"id":"1"}},"a":${'['.repeat(20_000)}${']'.repeat(20_000)}}`,
    'field_missing',
  ],
  ['['.repeat(60_000), 'not_json'],
  [`\ufeff${good(9999)}`, 'not_json'],
  [changed('"id":"', '"id":7,"x":"'), 'field_invalid'],
  [changed('"WH-0001"', '"a\\u0000b"'), 'field_invalid'],
  [changed('"1.0"', '"0.3"'), 'specversion_unsupported'],
  [changed('.movement"', '.stocktake"'), 'type_unknown'],
  [changed('"specversion"', '"dataschema":"x.v2.0","specversion"'), 'dataschema_unsupported'],
  [changed('"specversion"', '"subject":"WH-1:DEPARTURE","specversion"'), 'subject_contradicts'],
  [changed('"specversion"', '"time":"noon","specversion"'), 'time_invalid'],
  [changed('aaaaaaaa', 'zzzzzzzz'), 'uuid_invalid'],
  [changed('"arrival","', '"stolen","'), 'event_unknown'],
  [changed(/"timestamp":"[^"]*"/, '"timestamp":"2025-02-30T00:00:00Z"'), 'timestamp_invalid'],
  [changed(/"timestamp":"[^"]*"/, '"timestamp":"2025-02-20T00:00:00.1234567Z"'), 'timestamp_too_fine'],
  [changed(/"timestamp":"[^"]*"/, '"timestamp":"1500-01-01T00:00:00Z"'), 'timestamp_out_of_range'],
  [changed(/"timestamp":"[^"]*"/, '"timestamp":"2200-01-01T00:00:00Z"'), 'timestamp_in_future'],
  [changed('"quantity":1}', '"quantity":1e400}'), 'quantity_invalid'],
  [changed('"quantity":1}', `"quantity":1${'0'.repeat(400)}}`), 'quantity_invalid'],
  [changed('"quantity":1}', '"quantity":-1}'), 'quantity_out_of_range'],
  ['{}', 'not_utf8', { ce_specversion: Buffer.from('1.0'), ce_id: Buffer.from([0xff]) }],
  ['{}', 'field_missing', { ce_specversion: Buffer.from('1.0'), ce___proto__: Buffer.from('{"id":1}') }],
  [toJson({ ...arrival({ movement: 1, quantity: 1 }), messageId: 'another' }), 'possible_duplicate'],
  [toJson(arrival({ movement: 1, quantity: 2 })), 'arrival_conflict'],
  [toJson(departure({ movement: 2, quantity: 2 })), 'departure_conflict'],
]

fault(
  'F10',
  'each kind is quarantined with its code, its neighbours are booked, the partition moves on',
  async (run) => {
    const { t } = run
    const database = await freshDatabase(t)
    const topic = await freshTopic(t, 1)
    const before = [good(1), toJson(departure({ movement: 2, quantity: 1 }))]
    const messages: Sent[] = [
      ...before.map((value) => ({ partition: 0, value })),
      ...bad.flatMap(([value, , headers = {}], index) => [
        { partition: 0, value, headers },
        { partition: 0, value: good(100 + index) },
      ]),
    ]
    for (let from = 0; from < messages.length; from += messagesAtOnce)
      await send(topic, messages.slice(from, from + messagesAtOnce))
    run.inflict(bad.length)
    run.sent(messages.length)
    const service = await startService(t, { database, topic })
    await service.ready()
    const db = openDatabase(t, database)
    await waitFor('the end of the log', async () => {
      const rows = await db.query<{ next_offset: number }>('select next_offset from kafka_position')
      return rows[0]?.next_offset === messages.length
    })
    const kept = await db.query<{ code: string; value: Buffer | null }>(
      'select code, value from quarantine order by kafka_offset',
    )
    assert.deepEqual(
      kept.map(({ code }) => code),
      bad.map(([, code]) => code),
    )
    assert.deepEqual(
      kept.map(({ value }) => value),
      bad.map(([value]) => (value === null ? null : Buffer.from(value))),
    )
    const list = (await service.get('/api/quarantine?limit=200')).body as {
      items: { quarantine_id: number; detail: string }[]
    }
    assert.ok(list.items.every(({ detail }) => detail.length > 10))
    assert.equal(list.items.length, bad.length)
    for (const { quarantine_id: id } of list.items)
      assert.equal((await service.get(`/api/quarantine/${id}`)).status, 200)
    const { lines } = await checkBooks(db)
    assert.equal(lines.length, before.length + bad.length)
    for (const [, code] of bad) {
      const count = bad.filter(([, other]) => other === code).length
      assert.equal(await service.metric(`bincard_quarantined_total{code="${code}"}`), count)
    }
    assert.equal(await service.metric('bincard_quarantine_open'), bad.length)
    assert.equal(await service.metric('bincard_kafka_lag{partition="0"}'), 0)
    const text = service.log.join('\n')
    assert.ok(!text.includes('stolen') && !text.includes('aaaaaaaa-0000'), 'the log shows a payload')
  },
)
