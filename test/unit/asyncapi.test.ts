/** docs/asyncapi.yaml: what AsyncAPI allows, and what the code does. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import { Ajv } from 'ajv'
import addFormats from 'ajv-formats'
import { parse } from 'yaml'
import packageJson from '../../package.json' with { type: 'json' }
import { settingTable } from '../../src/config/setting-table.ts'
import { decode } from '../../src/message/decode.ts'
import { originMark, redriveMarks } from '../../src/message/marks.ts'
import { lineMessage } from '../../src/outbox/line-event.ts'
import { deadLetterMarks, valueLeftOut } from '../../src/outbox/dead-letter.ts'
import { at, movement, product, warehouse } from '../support/events.ts'
import { messageAt } from '../support/ledger.ts'

interface Document {
  readonly info: { readonly version: string }
  readonly channels: Record<string, { readonly address: string; readonly description: string }>
  readonly components: {
    readonly messages: Record<
      string,
      {
        readonly examples?: { readonly payload: object }[]
        readonly headers?: { readonly properties: Record<string, unknown> }
      }
    >
    readonly schemas: Record<string, object>
  }
}

const text = readFileSync(join(import.meta.dirname, '../../docs/asyncapi.yaml'), 'utf8')
const document = parse(text) as Document

suite('docs/asyncapi.yaml', () => {
  test('is AsyncAPI 3.0, of this version', () => {
    const schema = createRequire(import.meta.url)('@asyncapi/specs/schemas/3.0.0.json') as object
    // Its own schemas name formats and keywords that are not JSON Schema's.
    const ajv = new Ajv({
      strict: false,
      allErrors: true,
      validateFormats: false,
      // It brings the meta schema along.
      meta: false,
      validateSchema: false,
    })
    assert.ok(ajv.validate(schema, document), ajv.errorsText())
    assert.equal(document.info.version, packageJson.version)
  })

  test('names the topics of the settings', () => {
    const { topic, changesTopic, deadLetterTopic } = settingTable.kafka.settings
    assert.equal(document.channels['movements']?.address, topic.default)
    const described = Object.values(document.channels).map(
      ({ description }) => description.split(/[, ]/, 1)[0],
    )
    assert.deepEqual(described, [topic.name, changesTopic.name, deadLetterTopic.name])
  })

  test('its movement is one that is understood, and one by its own schema', () => {
    const [example] = document.components.messages['movement']?.examples ?? []
    assertValid('movementEvent', example?.payload)
    const message = {
      ...messageAt({ partition: 0, offset: 0 }),
      value: Buffer.from(JSON.stringify(example?.payload)),
    }
    const muchLater = at(365 * 24 * 3600)
    assert.equal(decode(message, muchLater).kind, 'departure')
  })

  test('a line that is told is one by its schema, and so is its example', () => {
    const [example] = document.components.messages['line']?.examples ?? []
    assertValid('lineEvent', example?.payload)
    const { value } = lineMessage({
      warehouseId: warehouse(1),
      productId: product(1),
      line: 12,
      movementId: movement(3),
      leg: 0,
      change: -4,
      balance: 0,
      occurredAt: at(1),
      recordedAt: at(2),
    })
    assertValid('lineEvent', JSON.parse(value.toString()))
  })

  test('names every mark of what is written to the topic of movements', () => {
    const kept = { quarantineId: 1, topicId: 'a', partition: 0, offset: 7, headers: [] }
    const marks = [originMark('redrive'), ...redriveMarks(kept, { isAccepted: true })]
    const described = Object.keys(document.components.messages['movement']?.headers?.properties ?? {})
    assert.deepEqual(described, [...marks.map(({ name }) => name.toString()), 'traceparent'])
  })

  test('names every header of a dead letter', () => {
    const marks = [
      ...deadLetterMarks({
        quarantineId: 1,
        topic: 'movements',
        partition: 0,
        offset: 7,
        key: null,
        value: null,
        headers: [],
        code: 'not_json',
        field: 'data',
        detail: 'It is none.',
        receivedAt: at(0),
      }),
      valueLeftOut,
    ]
    const described = Object.keys(document.components.messages['deadLetter']?.headers?.properties ?? {})
    assert.deepEqual(
      described,
      marks.map(({ name }) => name.toString()),
    )
  })
})

function assertValid(name: string, value: unknown): void {
  const ajv = addFormats.default(new Ajv({ strict: false, allErrors: true }))
  const { schemas } = document.components
  const validate = ajv.compile({ components: { schemas }, $ref: `#/components/schemas/${name}` })
  assert.ok(validate(value), ajv.errorsText(validate.errors))
}
