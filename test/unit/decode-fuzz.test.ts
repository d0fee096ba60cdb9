/** Whatever bytes come: decoding answers, and answers what is true. Cases by name are in decode.test.ts. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { decode, type Decoded } from '../../src/message/decode.ts'
import type { Micros, MovementEvent } from '../../src/message/event.ts'
import type { Message, MessageHeader } from '../../src/message/message.ts'
import { rejections, type RejectionCode } from '../../src/message/rejection.ts'
import { toJson } from '../support/memory-log.ts'

const receivedAt = (Date.parse('2025-03-01T00:00:00Z') * 1000) as Micros
const samples = ['arrival.json', 'departure.json'].map((name) =>
  readFileSync(join(import.meta.dirname, '../../docs/samples', name)),
)

/** Codes that only what is booked already can give: decoding knows nothing of it. */
const codesOfBooking: readonly RejectionCode[] = [
  'possible_duplicate',
  'departure_conflict',
  'arrival_conflict',
  'movement_too_large',
  'quantity_overflow',
  'refused_by_database',
]
const codesOfDecoding = Object.keys(rejections)
  .filter((code) => !codesOfBooking.some((one) => one === code))
  .toSorted()

/** As JSON text, so that it can say what no JavaScript value says. */
const hostileTexts: readonly string[] = [
  'null true "" " " [] {} [[]] "__proto__" {"__proto__":{"polluted":true}} {"constructor":{"prototype":{}}}',
  '0 -0 -1 1e2 1.5 1e400 -1e400 1e-400 1e308 9007199254740993 1000000000001 "100" "1.0" "constructor"',
  String.raw`"\u0000" "\ud800" "\udc00\ud800" "\ufeff" "\u202e1" "\"" "';drop" "../.." "%00" "{{7*7}}"`,
].flatMap((line) => line.split(' '))
const longTexts: readonly string[] = [
  JSON.stringify('x'.repeat(256)),
  JSON.stringify('𝄞'.repeat(15_000)),
  `${'['.repeat(10_000)}${']'.repeat(10_000)}`,
  `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`,
]
/** Nearly right. */
const nearTexts: Readonly<Record<string, readonly string[]>> = {
  specversion: ['"1.00"', '1.0', '"0.3"'],
  dataschema: ['"x.v2"', '"x.v1.9"', '"x/10.1"', '"v01"', '""'],
  subject: ['"WH-1:ARRIVAL"', '"WH-1:DEPARTURE"', '":"'],
  time: ['"2025-02-18T14:34:56Z"', '"1737439421623"', '1.5', '"noon"'],
  movement_id: ['"C6290746-790E-43FA-8270-014DC90E02E0"', '"{c6290746-790e-43fa-8270-014dc90e02e0}"'],
  event: ['"arrival"', '"departure"', '"ARRIVAL"'],
  timestamp: [
    '"2025-02-30T00:00:00Z" "2025-02-18T14:34:56.1234567Z" "1500-01-01T00:00:00Z" "2200-01-01T00:00:00Z"',
    '"2025-02-18T14:34:60Z" "2025-02-18t14:34:56.123456+23:59" "2025-02-18T14:34:56" "2025-02-18T14:34:56.Z"',
  ].flatMap((line) => line.split(' ')),
  quantity: ['1e2', '-0', '0', '-1', '1.5', '1e400', '1e-400', '1000000000000', '1000000000001', '"1"'],
}
const names = ['id', 'source', 'specversion', 'type', 'dataschema', 'subject', 'time', 'data'] as const
const dataNames = ['movement_id', 'warehouse_id', 'product_id', 'event', 'timestamp', 'quantity'] as const

const anySample = fc.constantFrom(...samples)
const hostileText = fc.oneof(
  { weight: 20, arbitrary: fc.constantFrom(...hostileTexts) },
  { weight: 1, arbitrary: fc.constantFrom(...longTexts) },
  { weight: 10, arbitrary: fc.json() },
)
const fieldName = fc.constantFrom(...names, ...dataNames, '__proto__', 'constructor', 'toString')
const hostileField = fc.tuple(
  fieldName,
  hostileText,
  fc.constantFrom('first of data', 'last', 'gone', 'in place'),
)
const nearField = fc
  .constantFrom(...Object.keys(nearTexts))
  .chain((name) => fc.tuple(fc.constant(name), fc.constantFrom(...(nearTexts[name] ?? []))))
  .map(([name, text]) => [name, text, 'in place'] as const)

/** A field has another value, is given twice, or is gone. */
const withHostileFields = fc
  .tuple(anySample, fc.array(fc.oneof(hostileField, nearField), { minLength: 1, maxLength: 2 }))
  .map(([sample, changes]) => {
    let text = sample.toString()
    for (const [name, put, way] of changes) {
      const field = new RegExp(`("${name}": )("[^"]*"|[\\d.]+)`)
      if (way === 'first of data') text = text.replace('"data": {', () => `"data": {"${name}": ${put},`)
      else if (way === 'last') text = text.replace(/\}\s*$/, () => `,"${name}": ${put}}`)
      else if (way === 'gone') text = text.replace(`"${name}"`, '"gone"')
      else text = text.replace(field, (_, before: string) => before + put)
    }
    return Buffer.from(text)
  })

/** Bytes are changed, put in, taken out; or the end is missing. */
const withHostileBytes = fc
  .tuple(anySample, fc.array(fc.tuple(fc.nat(700), fc.nat(255), fc.nat(3)), { minLength: 1, maxLength: 6 }))
  .map(([sample, changes]) =>
    changes.reduce((bytes, [place, byte, way]) => {
      const at = place % (bytes.length + 1)
      const rest = way === 3 ? Buffer.alloc(0) : bytes.subarray(way === 0 ? at : at + 1)
      return Buffer.concat([bytes.subarray(0, at), Buffer.from(way < 2 ? [byte] : []), rest])
    }, sample),
  )

const hostileValue: fc.Arbitrary<Buffer | null> = fc.oneof(
  { weight: 20, arbitrary: withHostileFields },
  { weight: 10, arbitrary: withHostileBytes },
  { weight: 3, arbitrary: hostileText.map((text) => Buffer.from(text)) },
  { weight: 2, arbitrary: fc.uint8Array().map((bytes) => Buffer.from(bytes)) },
  { weight: 1, arbitrary: fc.constantFrom(null, Buffer.alloc(65_537, 0x20), Buffer.alloc(0)) },
)

const dataOf = (sample: Buffer): Buffer =>
  Buffer.from(JSON.stringify((JSON.parse(sample.toString()) as { data: unknown }).data))
const attributesOf = (sample: Buffer): [string, Buffer | null][] =>
  Object.entries(JSON.parse(sample.toString()) as Record<string, unknown>)
    .filter(([name]) => name !== 'data')
    .map(([name, value]) => [`ce_${name}`, Buffer.from(String(value))])

const headerName = fc.oneof(
  fieldName.map((name) => `ce_${name}`),
  fc.constantFrom('CE_id', 'ce_', 'ce-id', 'content-type', 'ce_constructor'),
  fc.string({ unit: 'binary', maxLength: 8 }),
)
const headerValue = fc.oneof(
  hostileText.map((text) => Buffer.from(text.replaceAll('"', ''))),
  fc.constantFrom(null, Buffer.from([0xc0, 0x80]), Buffer.from([0xed, 0xa0, 0x80]), Buffer.from([0xff])),
)

const binaryMode = fc
  .tuple(anySample, fc.array(fc.tuple(headerName, headerValue), { maxLength: 3 }), fc.boolean())
  .map(([sample, added, comesFirst]) => {
    const own = attributesOf(sample)
    return messageOf(dataOf(sample), comesFirst ? [...added, ...own] : [...own, ...added])
  })

const hostileMessage = fc.oneof(
  { weight: 3, arbitrary: hostileValue.map((value) => messageOf(value)) },
  { weight: 1, arbitrary: binaryMode },
)

suite('decoding hostile bytes', () => {
  test('never throws, names a code of the list, reaches every code, and pollutes nothing', () => {
    const before = Reflect.ownKeys(Object.prototype)
    const seen = new Map<string, number>()
    const property = fc.property(hostileMessage, (message) => {
      const decoded = decode(message, receivedAt)
      const name = decoded.kind === 'rejected' ? decoded.code : decoded.kind
      seen.set(name, (seen.get(name) ?? 0) + 1)
      if (decoded.kind === 'rejected') assert.equal(decoded.detail, rejections[decoded.code])
      else assertSays(decoded, message)
    })
    fc.assert(property, { numRuns: 20_000 })
    assert.deepEqual([...seen.keys()].toSorted(), ['arrival', 'departure', ...codesOfDecoding].toSorted())
    assert.deepEqual(Reflect.ownKeys(Object.prototype), before)
    assert.equal('polluted' in {}, false)
  })

  const arrival = samples[0]?.toString() ?? ''
  const changed = (find: string | RegExp, put: string): string => arrival.replace(find, put)
  const quantity = (text: string): string => changed('"quantity": 100', `"quantity": ${text}`)
  const cases: Record<string, [Buffer | string, string]> = {
    'a byte order mark': [`\ufeff${arrival}`, 'not_json'],
    'UTF-16': [Buffer.from(arrival, 'utf16le'), 'not_json'],
    'half of a character at the end': [
      Buffer.concat([Buffer.from(arrival), Buffer.from([0xd0])]),
      'not_utf8',
    ],
    'an overlong NUL': [Buffer.concat([Buffer.from([0xc0, 0x80]), Buffer.from(arrival)]), 'not_utf8'],
    'a surrogate as bytes': [Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]), 'not_utf8'],
    'a NUL between fields': [changed(',', ',\0'), 'not_json'],
    'half a surrogate pair, escaped': [changed('"WH-3423"', '"WH-\\ud83d"'), 'field_invalid'],
    'two documents': [arrival + arrival, 'not_json'],
    'a comment': [`${arrival} // x`, 'not_json'],
    NaN: [quantity('NaN'), 'not_json'],
    'data that stand in a __proto__ of data': [
      changed(/"data": (\{[^}]*\})/, '"data": {"__proto__": $1}'),
      'field_missing',
    ],
    'an own __proto__ in place of data': [changed('"data"', '"__proto__"'), 'field_missing'],
    '10^400': [quantity(`1${'0'.repeat(400)}`), 'quantity_invalid'],
    'a part of a piece too small to see': [quantity('1e-400'), 'arrival 0'],
    '1e2, which is 100': [quantity('1e2'), 'arrival 100'],
    '100.0, which is 100': [quantity('100.0'), 'arrival 100'],
    '-0, which is 0': [quantity('-0'), 'arrival 0'],
    'a name twice: the last counts': [quantity('5, "quantity": 6'), 'arrival 6'],
    'a deeply nested attribute': [
      changed('{', `{"x": ${'['.repeat(9000)}${']'.repeat(9000)},`),
      'arrival 100',
    ],
  }
  for (const [what, [value, expected]] of Object.entries(cases)) {
    test(`reads ${what} as ${expected}`, () => {
      assert.equal(tell(decode(messageOf(value), receivedAt)), expected)
    })
  }

  const data = dataOf(samples[0] ?? Buffer.alloc(0))
  const attributes = attributesOf(samples[0] ?? Buffer.alloc(0))
  const headers: Record<string, [[string, Buffer | null][], string]> = {
    'a header twice: the last counts': [[['ce_source', Buffer.from('WH-9')]], 'arrival 100 WH-9'],
    'a header of bytes that are no UTF-8': [[['ce_x', Buffer.from([0xff])]], 'not_utf8'],
    'a name that is none': [[['ce_\u00ff\0', Buffer.from('x')]], 'arrival 100 WH-3423'],
    ce___proto__: [[['ce___proto__', Buffer.from('x')]], 'arrival 100 WH-3423'],
    'a header without a value': [[['ce_source', null]], 'arrival 100 WH-3423'],
    'a header with a NUL': [[['ce_source', Buffer.from('\0')]], 'field_invalid'],
    'a header that contradicts': [[['ce_subject', Buffer.from('x:DEPARTURE')]], 'subject_contradicts'],
  }
  for (const [what, [added, expected]] of Object.entries(headers)) {
    test(`reads, in binary mode, ${what} as ${expected}`, () => {
      const decoded = decode(messageOf(data, [...attributes, ...added]), receivedAt)
      assert.equal(
        decoded.kind === 'rejected' ? tell(decoded) : `${tell(decoded)} ${decoded.source}`,
        expected,
      )
    })
  }
})

function messageOf(value: Buffer | string | null, headers: readonly [string, Buffer | null][] = []): Message {
  return {
    partition: 0,
    offset: 0,
    key: null,
    value: typeof value === 'string' ? Buffer.from(value) : value,
    headers: headers.map(([name, text]): MessageHeader => ({
      name: Buffer.from(name, 'latin1'),
      value: text,
    })),
  }
}

const tell = (decoded: Decoded): string =>
  decoded.kind === 'rejected' ? decoded.code : `${decoded.kind} ${decoded.quantity}`

/** An accepted event says what the message says, and nothing else: read in another way, and written and read again. */
function assertSays(event: MovementEvent, { value, headers }: Message): void {
  const document = JSON.parse(value?.toString() ?? '') as Record<string, unknown>
  const named = headers.filter(({ name, value: text }) => name.toString('latin1').startsWith('ce_') && text)
  const isBinary = named.some(({ name }) => name.toString('latin1') === 'ce_specversion')
  const fields = (isBinary ? document : document['data']) as Record<string, unknown>
  const attributes = isBinary
    ? Object.fromEntries(
        named.map(({ name, value: text }) => [name.toString('latin1').slice(3), String(text)]),
      )
    : document
  assert.deepEqual(
    [event.messageId, event.source, event.kind, event.quantity],
    [attributes['id'], attributes['source'], fields['event'], Number(fields['quantity']) + 0],
  )
  assert.deepEqual(
    [event.movementId, event.warehouseId, event.productId],
    [fields['movement_id'], fields['warehouse_id'], fields['product_id']].map((id) =>
      String(id).toLowerCase(),
    ),
  )
  const [time = '', zone = 'Z'] = String(fields['timestamp']).split(/(?=[Zz]$|[+-]\d\d:\d\d$)/)
  assert.equal(Math.floor(event.occurredAt / 1000), Date.parse(time.slice(0, 23) + zone))
  const { accepted: _, ...withoutMark } = event
  assert.deepEqual(decode(messageOf(toJson(event)), receivedAt), withoutMark)
}
