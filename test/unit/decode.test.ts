import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { decode } from '../../src/message/decode.ts'
import type { Micros } from '../../src/message/event.ts'
import type { Message } from '../../src/message/message.ts'
import { rejections, type RejectionCode } from '../../src/message/rejection.ts'

const receivedAt = (Date.parse('2025-03-01T00:00:00Z') * 1000) as Micros
const sample = (name: string): Buffer => readFileSync(join(import.meta.dirname, '../../docs/samples', name))

type Json = Record<string, unknown>
const envelope: Json = {
  id: 'b3b53031-e83a-4654-87f5-b6b6fb09fd99',
  source: 'WH-3423',
  specversion: '1.0',
  type: 'ru.retail.warehouses.movement',
  data: {
    movement_id: 'c6290746-790e-43fa-8270-014dc90e02e0',
    warehouse_id: 'c1d70455-7e14-11e9-812a-70106f431230',
    timestamp: '2025-02-18T14:34:56Z',
    event: 'arrival',
    product_id: '4705204f-498f-4f96-b4ba-df17fb56bf55',
    quantity: 100,
  },
}

const messageOf = (value: Buffer | string | null, headers: Record<string, string> = {}): Message => ({
  partition: 0,
  offset: 0,
  key: null,
  value: typeof value === 'string' ? Buffer.from(value) : value,
  headers: Object.entries(headers).map(([name, text]) => ({
    name: Buffer.from(name),
    value: Buffer.from(text),
  })),
})

const decodeJson = (json: unknown): ReturnType<typeof decode> =>
  decode(messageOf(JSON.stringify(json)), receivedAt)
const withAttributes = (changes: Json): Json => ({ ...envelope, ...changes })
const withData = (changes: Json): Json => ({
  ...envelope,
  data: { ...(envelope['data'] as Json), ...changes },
})

function codeOf(decoded: ReturnType<typeof decode>): string {
  return decoded.kind === 'rejected' ? `${decoded.code} ${decoded.field ?? ''}`.trim() : decoded.kind
}

suite('decoding', () => {
  test('the samples of the interface are read', () => {
    const common = {
      movementId: 'c6290746-790e-43fa-8270-014dc90e02e0',
      productId: '4705204f-498f-4f96-b4ba-df17fb56bf55',
      quantity: 100,
      messageId: 'b3b53031-e83a-4654-87f5-b6b6fb09fd99',
    }
    assert.deepEqual(decode(messageOf(sample('arrival.json')), receivedAt), {
      ...common,
      kind: 'arrival',
      warehouseId: 'c1d70455-7e14-11e9-812a-70106f431230',
      occurredAt: Date.parse('2025-02-18T14:34:56Z') * 1000,
      source: 'WH-3423',
    })
    assert.deepEqual(decode(messageOf(sample('departure.json')), receivedAt), {
      ...common,
      kind: 'departure',
      warehouseId: '25718666-6af6-4281-b5a6-3016e36fa557',
      occurredAt: Date.parse('2025-02-18T12:12:56Z') * 1000,
      source: 'WH-3322',
    })
  })

  test('only the header of our own producer says that a person has accepted the message', () => {
    const text = JSON.stringify({ ...envelope, accepted: true, 'bincard-accepted': 'true' })
    const acceptedBy = (headers: Record<string, string>) => {
      const event = decode(messageOf(text, headers), receivedAt)
      return event.kind === 'rejected' ? event.code : event.accepted
    }
    assert.equal(acceptedBy({ 'bincard-origin': 'redrive', 'bincard-accepted': 'true' }), true)
    for (const name of [
      'accepted',
      'ce_bincard-accepted',
      'ce-bincard-accepted',
      'Bincard-Accepted',
      'bincard-',
    ])
      assert.equal(acceptedBy({ [name]: 'true' }), undefined)
    assert.equal(acceptedBy({}), undefined)
  })

  test('binary mode: attributes in ce_ headers, the data alone as value', () => {
    const headers = {
      ce_id: '1',
      ce_source: 'WH-1',
      ce_specversion: '1.0',
      ce_type: 'ru.retail.warehouses.movement',
      ce_time: '1737439421623',
      'content-type': 'application/json',
    }
    const data = JSON.stringify(envelope['data'])
    const decoded = decode(messageOf(data, headers), receivedAt)
    assert.equal(decoded.kind, 'arrival')
    assert.equal(decoded.kind === 'arrival' && decoded.source, 'WH-1')
    assert.equal(
      codeOf(decode(messageOf(data, { ...headers, ce_type: 'x' }), receivedAt)),
      'type_unknown type',
    )
    assert.equal(codeOf(decode(messageOf(data, { traceparent: '00-1' }), receivedAt)), 'field_missing id')
    assert.equal(codeOf(decode(messageOf('[]', headers), receivedAt)), 'field_invalid data')
  })

  const accepted: Record<string, Json> = {
    'unknown attributes': withAttributes({ destination: 'x', extension: { deep: [1] } }),
    'null for an optional attribute': withAttributes({ subject: null, dataschema: null, time: null }),
    'epoch milliseconds as time': withAttributes({ time: 1737439421623 }),
    'RFC 3339 as time': withAttributes({ time: '2025-01-21T06:03:41.623+03:00' }),
    'a minor version of the schema': withAttributes({ dataschema: 'ru.retail.warehouses.movement.v1.7' }),
    'a schema that ends in no version': withAttributes({ dataschema: 'https://schemas/movement/17' }),
    'a subject that agrees': withAttributes({ subject: 'WH-3423:ARRIVAL' }),
    'a subject of another form': withAttributes({ subject: 'anything' }),
    'a source of 255 characters beyond the basic plane': withAttributes({ source: '𝄞'.repeat(255) }),
    'ids in upper case': withData({ movement_id: 'C6290746-790E-43FA-8270-014DC90E02E0' }),
    'an arrival of nothing': withData({ quantity: 0 }),
    'the largest quantity': withData({ quantity: 1e12 }),
    'an offset': withData({ timestamp: '2025-02-18T17:34:56.123456+03:00' }),
    'no offset: UTC': withData({ timestamp: '2025-02-18T14:34:56' }),
    'zeros beyond the microsecond': withData({ timestamp: '2025-02-18T14:34:56.123456000Z' }),
    'a day ahead of the clock': withData({ timestamp: '2025-03-02T00:00:00Z' }),
    '29 February of a leap year': withData({ timestamp: '2024-02-29T00:00:00Z' }),
  }
  for (const [what, json] of Object.entries(accepted)) {
    test(`accepts ${what}`, () => assert.equal(codeOf(decodeJson(json)), 'arrival'))
  }

  test('refuses a departure that calls itself opening stock', () => {
    const opening = { source: 'bincard:opening-stock', subject: null }
    assert.equal(codeOf(decodeJson(withAttributes(opening))), 'arrival')
    const departed = { ...withData({ event: 'departure' }), ...opening }
    assert.equal(codeOf(decodeJson(departed)), 'field_invalid source')
  })

  const departure = { event: 'departure' }
  const refused: [Json, RejectionCode, string?][] = [
    [withAttributes({ id: undefined }), 'field_missing', 'id'],
    [withAttributes({ id: null }), 'field_missing', 'id'],
    [withAttributes({ id: 7 }), 'field_invalid', 'id'],
    [withAttributes({ id: '' }), 'field_invalid', 'id'],
    [withAttributes({ id: 'x'.repeat(256) }), 'field_invalid', 'id'],
    [withAttributes({ source: 'a\u0000b' }), 'field_invalid', 'source'],
    [withAttributes({ source: 'half \ud800 pair' }), 'field_invalid', 'source'],
    [withAttributes({ source: undefined }), 'field_missing', 'source'],
    [withAttributes({ specversion: undefined }), 'field_missing', 'specversion'],
    [withAttributes({ specversion: '0.3' }), 'specversion_unsupported', 'specversion'],
    [withAttributes({ specversion: 1 }), 'specversion_unsupported', 'specversion'],
    [withAttributes({ type: undefined }), 'field_missing', 'type'],
    [withAttributes({ type: 'ru.retail.warehouses.stocktake' }), 'type_unknown', 'type'],
    [
      withAttributes({ dataschema: 'ru.retail.warehouses.movement.v2.0' }),
      'dataschema_unsupported',
      'dataschema',
    ],
    [withAttributes({ dataschema: 'movement/10.1' }), 'dataschema_unsupported', 'dataschema'],
    [withAttributes({ dataschema: 1 }), 'field_invalid', 'dataschema'],
    [withAttributes({ dataschema: `${'.1'.repeat(20_000)}x` }), 'field_invalid', 'dataschema'],
    [withAttributes({ subject: 'WH-3423:DEPARTURE' }), 'subject_contradicts', 'subject'],
    [withAttributes({ subject: {} }), 'field_invalid', 'subject'],
    [withAttributes({ time: 'yesterday' }), 'time_invalid', 'time'],
    [withAttributes({ time: 1.5 }), 'time_invalid', 'time'],
    [withAttributes({ data: undefined }), 'field_missing', 'data'],
    [withAttributes({ data: [1] }), 'field_invalid', 'data'],
    [withAttributes({ data: 'text' }), 'field_invalid', 'data'],
    [withData({ movement_id: undefined }), 'field_missing', 'data.movement_id'],
    [withData({ movement_id: 'c6290746' }), 'uuid_invalid', 'data.movement_id'],
    [withData({ warehouse_id: 5 }), 'uuid_invalid', 'data.warehouse_id'],
    [withData({ product_id: '{4705204f-498f-4f96-b4ba-df17fb56bf55}' }), 'uuid_invalid', 'data.product_id'],
    [withData({ event: undefined }), 'field_missing', 'data.event'],
    [withData({ event: 'ARRIVAL' }), 'event_unknown', 'data.event'],
    [withData({ event: 'toString' }), 'event_unknown', 'data.event'],
    [withData({ timestamp: undefined }), 'field_missing', 'data.timestamp'],
    [withData({ timestamp: 1739889296 }), 'timestamp_invalid', 'data.timestamp'],
    [withData({ timestamp: '2025-02-30T00:00:00Z' }), 'timestamp_invalid', 'data.timestamp'],
    [withData({ timestamp: '1900-02-29T00:00:00Z' }), 'timestamp_invalid', 'data.timestamp'],
    [withData({ timestamp: '2025-02-18' }), 'timestamp_invalid', 'data.timestamp'],
    [withData({ timestamp: '2025-02-18T24:00:00Z' }), 'timestamp_invalid', 'data.timestamp'],
    [withData({ timestamp: '2016-12-31T23:59:60Z' }), 'timestamp_invalid', 'data.timestamp'],
    [withData({ timestamp: '2025-02-18T14:34:56.1234567Z' }), 'timestamp_too_fine', 'data.timestamp'],
    [withData({ timestamp: '1600-01-01T00:00:00Z' }), 'timestamp_out_of_range', 'data.timestamp'],
    [withData({ timestamp: '2025-03-02T00:00:00.000001Z' }), 'timestamp_in_future', 'data.timestamp'],
    [withData({ quantity: undefined }), 'field_missing', 'data.quantity'],
    [withData({ quantity: '100' }), 'quantity_invalid', 'data.quantity'],
    [withData({ quantity: 1.5 }), 'quantity_invalid', 'data.quantity'],
    [withData({ quantity: -1 }), 'quantity_out_of_range', 'data.quantity'],
    [withData({ quantity: 1e12 + 1 }), 'quantity_out_of_range', 'data.quantity'],
    [withData({ ...departure, quantity: 0 }), 'quantity_out_of_range', 'data.quantity'],
  ]
  for (const [json, code, field] of refused) {
    test(`rejects ${JSON.stringify(json).length > 900 ? 'a long text' : describeChange(json)}: ${code}`, () => {
      assert.equal(codeOf(decodeJson(json)), `${code} ${field ?? ''}`.trim())
    })
  }

  const bytes: [string, Buffer | string | null, RejectionCode][] = [
    ['a tombstone', null, 'message_empty'],
    ['an empty value', '', 'message_empty'],
    ['64 KiB and one byte', `"${'x'.repeat(65_535)}"`, 'message_too_large'],
    ['bad UTF-8', Buffer.from([0x22, 0xc3, 0x28, 0x22]), 'not_utf8'],
    ['broken JSON', '{"id":', 'not_json'],
    ['deep nesting', '['.repeat(60_000), 'not_json'],
    ['a list', '[]', 'not_an_object'],
    ['a number', '7', 'not_an_object'],
    ['null', 'null', 'not_an_object'],
    ['10^400 pieces', JSON.stringify(envelope).replace('100}', '1e400}'), 'quantity_invalid'],
    ['fields in __proto__', `{"__proto__":${JSON.stringify(envelope)}}`, 'field_missing'],
  ]
  for (const [what, value, code] of bytes) {
    test(`rejects ${what}: ${code}`, () => {
      const decoded = decode(messageOf(value), receivedAt)
      assert.equal(decoded.kind === 'rejected' && decoded.code, code)
    })
  }

  test('a value of exactly 64 KiB is read', () => {
    const json = JSON.stringify(envelope)
    const decoded = decode(messageOf(json + ' '.repeat(65_536 - json.length)), receivedAt)
    assert.equal(decoded.kind, 'arrival')
  })

  test('never throws, and every rejection has a code of the table', () => {
    const anyData = fc.record(
      Object.fromEntries(
        Object.entries(envelope['data'] as Json).map(([name, value]) => [
          name,
          fc.oneof({ weight: 4, arbitrary: fc.constant(value) }, { weight: 1, arbitrary: fc.jsonValue() }),
        ]),
      ),
    )
    const anyEnvelope = fc
      .tuple(
        anyData,
        fc.dictionary(fc.constantFrom('id', 'source', 'time', 'subject', 'type', 'data'), fc.jsonValue()),
      )
      .map(([data, changes]) => JSON.stringify({ ...envelope, data, ...changes }))
    const anyValue = fc.oneof(
      fc.uint8Array().map((array) => Buffer.from(array)),
      fc.json(),
      anyEnvelope,
    )
    fc.assert(
      fc.property(anyValue, (value) => {
        const decoded = decode(messageOf(value), receivedAt)
        assert.ok(decoded.kind !== 'rejected' || decoded.code in rejections)
      }),
      { numRuns: 3000 },
    )
  })
})

function describeChange(json: Json): string {
  const changed = [
    ...Object.entries(json),
    ...Object.entries((json['data'] ?? {}) as Json).map(([k, v]) => [`data.${k}`, v] as const),
  ]
  const base: Json = {
    ...envelope,
    ...Object.fromEntries(Object.entries(envelope['data'] as Json).map(([k, v]) => [`data.${k}`, v])),
  }
  const found = changed.filter(([name, value]) => name !== 'data' && base[name] !== value)
  return found.length === 0
    ? 'a changed data'
    : found.map(([name, value]) => `${name} = ${JSON.stringify(value)}`).join(', ')
}
