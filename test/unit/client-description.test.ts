import assert from 'node:assert/strict'
import test from 'node:test'
import { clientDescription, type OpenApi } from '../../scripts/client-description.ts'

test('each form of schema becomes its type', () => {
  const forms = [
    [{ type: 'string' }, 'string'],
    [{ type: ['integer', 'null'] }, 'number | null'],
    [{ type: 'string', enum: ['a', 'b'] }, '"a" | "b"'],
    [{ const: 1 }, '1'],
    [{ anyOf: [{ $ref: '#/components/schemas/A' }, { type: 'null' }] }, 'A | null'],
    [{ allOf: [{ $ref: '#/components/schemas/A' }, { type: 'boolean' }] }, '(A) & (boolean)'],
    [{ type: 'array', items: { type: ['string', 'null'] } }, 'readonly (string | null)[]'],
    [
      { type: 'object', properties: { a: { type: 'string' }, 'b-c': {} }, required: ['a'] },
      '{ readonly a: string readonly "b-c"?: unknown }',
    ],
    [{ type: 'object', additionalProperties: { type: 'number' } }, '{ readonly [name: string]: number }'],
  ] as const
  for (const [schema, type] of forms) assert.equal(typeOf(schema), type)
})

test('a form that is not known stops the making, and is no type that allows everything', () => {
  assert.throws(() => typeOf({ not: { type: 'string' } }), /an unknown form of schema/)
  assert.throws(() => typeOf({ type: 'tuple' }), /tuple/)
})

test('two arguments of one name stop the making', () => {
  const id = { name: 'id', required: true, schema: { type: 'string' } }
  const operation = {
    operationId: 'getThing',
    summary: 'A thing',
    parameters: [
      { ...id, in: 'path' },
      { ...id, in: 'query' },
    ],
    responses: { 200: { content: { 'application/json': { schema: { type: 'string' } } } } },
  }
  const document = { paths: { '/things/{id}': { get: operation } }, components: { schemas: {} } }
  assert.throws(() => clientDescription(document), /getThing has two arguments of one name/)
})

test('what is not answered with JSON is left out', () => {
  const responses = { 200: { content: { 'text/event-stream': {} } } }
  const operation = { operationId: 'streamLines', summary: 'Lines as they come', responses }
  const text = clientDescription({ paths: { '/stream': { get: operation } }, components: { schemas: {} } })
  assert.doesNotMatch(text, /streamLines/)
})

/** What the script makes of one schema, in one line. */
function typeOf(schema: unknown): string | undefined {
  const document = { paths: {}, components: { schemas: { Made: schema } } } as OpenApi
  const line = clientDescription(document).replaceAll(/\s+/g, ' ')
  return /export type Made = (.*?) \/\*\* What there is/.exec(line)?.[1]
}
