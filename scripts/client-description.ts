/**
 * The TypeScript half of the OpenAPI document, for `src/client/`: a type for each schema, the operations as functions,
 * and what of them is needed at run time.
 *
 * Written here because the known generators make their text with the API of TypeScript's compiler, which TypeScript 7
 * does not have. A form of schema that is not known below is an error, not an `unknown` that nobody notices.
 */
import assert from 'node:assert/strict'

interface Schema {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly description?: string
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly allOf?: readonly Schema[]
  readonly items?: Schema
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: boolean | Schema
}

interface Parameter {
  readonly name: string
  readonly in: string
  readonly required?: boolean
  readonly description?: string
  readonly schema: Schema
}

type Content = Readonly<Record<string, { readonly schema?: Schema }>>

interface DescribedOperation {
  readonly operationId: string
  readonly summary: string
  readonly description?: string
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: { readonly content: Content }
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>
}

export interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, DescribedOperation>>>>
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> }
}

const json = 'application/json'
/** What the client takes for itself among the arguments. */
const bodyArguments = ['body', 'mediaType']

/** The text of the module, not formatted yet. */
export function clientDescription({ paths, components }: OpenApi): string {
  const schemas = Object.entries(components.schemas).map(
    ([name, schema]) => `${comment(schema.description)}export type ${name} = ${typeOf(schema)}\n`,
  )
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .map(([method, operation]) => ({ path, method, operation, answers: answersOf(operation) }))
      .filter(({ answers }) => answers.length > 0),
  )
  return [
    '/** Made by `npm run docs` from the OpenAPI document; changes belong into the routes. */',
    "import type { CallOptions } from './call.ts'",
    ...schemas,
    '/** What there is to ask, by `operationId`. */',
    'export interface Operations {',
    ...operations.map(({ operation, answers }) => signature(operation, answers)),
    '}',
    '/** What a call needs to know of an operation. */',
    'export interface Operation {',
    'readonly method: string',
    '/** With the names of its parameters in braces. */',
    'readonly path: string',
    '/** The statuses whose body is what the call answers; all others are problems. */',
    'readonly answers: readonly number[]',
    '}',
    'export const operations: Readonly<Record<keyof Operations, Operation>> = {',
    ...operations.map(({ path, method, operation, answers }) => {
      const statuses = answers.map(({ status }) => status)
      return `${operation.operationId}: ${JSON.stringify({ method: method.toUpperCase(), path, answers: statuses })},`
    }),
    '}',
  ].join('\n')
}

interface Answer {
  readonly status: number
  readonly type: string
}

/**
 * Every status that is answered with JSON that is no problem, whatever the status. Operations that have none, such as
 * streams, are not for this client.
 */
function answersOf({ responses }: DescribedOperation): readonly Answer[] {
  return Object.entries(responses).flatMap(([status, { content }]) => {
    if (status === '204') return [{ status: 204, type: 'undefined' }]
    const schema = content?.[json]?.schema
    return schema === undefined ? [] : [{ status: Number(status), type: typeOf(schema) }]
  })
}

function signature(operation: DescribedOperation, answers: readonly Answer[]): string {
  const { operationId, summary, description, parameters = [], requestBody } = operation
  const sent = parameters.filter(({ in: place }) => place === 'path' || place === 'query')
  const names = [...sent.map(({ name }) => name), ...bodyArguments]
  assert.equal(new Set(names).size, names.length, `${operationId} has two arguments of one name`)
  const fields = sent.map(
    ({ name, required = false, schema, description: about = schema.description }) =>
      `${comment(about)}${field(name, schema, required)}${required ? '' : ' | undefined'}\n`,
  )
  const bodies = Object.entries(requestBody?.content ?? {}).map(([mediaType, { schema }]) => {
    const optional = mediaType === json ? '?' : ''
    return `{ readonly body: ${typeOf(schema ?? {})}; readonly mediaType${optional}: ${JSON.stringify(mediaType)} }`
  })
  const types = [
    ...(fields.length > 0 ? [`{\n${fields.join('')}}`] : []),
    ...(bodies.length > 0 ? [`(${bodies.join(' | ')})`] : []),
  ]
  const args = types.length === 0 ? 'Readonly<Record<string, never>>' : types.join(' & ')
  const isNeeded = bodies.length > 0 || sent.some(({ required }) => required === true)
  const about = description === undefined ? `${summary}.` : `${summary}.\n\n${description}`
  const answer = [...new Set(answers.map(({ type }) => type))].join(' | ')
  return `${comment(about)}readonly ${operationId}: (args${isNeeded ? '' : '?'}: ${args}, options?: CallOptions) => Promise<${answer}>`
}

function typeOf(schema: Schema): string {
  const { $ref, anyOf, oneOf, allOf, type } = schema
  if ($ref !== undefined) return $ref.slice($ref.lastIndexOf('/') + 1)
  if ('const' in schema) return JSON.stringify(schema.const)
  if (schema.enum !== undefined) return union(schema.enum.map((value) => JSON.stringify(value)))
  const alternatives = anyOf ?? oneOf
  if (alternatives !== undefined) return union(alternatives.map(typeOf))
  if (allOf !== undefined) return allOf.map((part) => `(${typeOf(part)})`).join(' & ')
  if (typeof type === 'object') return union(type.map((one) => typeOf({ ...schema, type: one })))
  switch (type) {
    case 'string':
    case 'boolean':
    case 'null':
      return type
    case 'integer':
    case 'number':
      return 'number'
    case 'array':
      return `readonly (${typeOf(schema.items ?? {})})[]`
    case 'object':
      return objectType(schema)
    case undefined:
      // A schema that allows everything, and nothing that was forgotten above.
      assert.deepEqual(
        Object.keys(schema).filter((key) => !annotations.has(key)),
        [],
        'an unknown form of schema',
      )
      return 'unknown'
    default:
      throw new Error(`The type ${type} of a schema is not known here.`)
  }
}

const annotations = new Set(['title', 'description', 'examples', 'example', 'default', 'deprecated'])

function objectType({ properties = {}, required = [], additionalProperties = false }: Schema): string {
  const fields = Object.entries(properties).map(
    ([name, schema]) => `${comment(schema.description)}${field(name, schema, required.includes(name))}\n`,
  )
  if (additionalProperties === false) return `{\n${fields.join('')}}`
  const others = fields.length > 0 || additionalProperties === true ? 'unknown' : typeOf(additionalProperties)
  return `{\n${fields.join('')}readonly [name: string]: ${others}\n}`
}

function field(name: string, schema: Schema, isRequired: boolean): string {
  const key = /^[A-Za-z_]\w*$/.test(name) ? name : JSON.stringify(name)
  return `readonly ${key}${isRequired ? '' : '?'}: ${typeOf(schema)}`
}

function union(types: readonly string[]): string {
  return [...new Set(types)].join(' | ')
}

/** A doc comment, on its own line before what it is about. */
function comment(text: string | undefined): string {
  if (text === undefined) return '\n'
  const lines = text.replaceAll('*/', '*\\/').split('\n')
  return lines.length === 1
    ? `\n/** ${lines[0]} */\n`
    : `\n/**\n${lines.map((line) => ` * ${line}`).join('\n')}\n */\n`
}
