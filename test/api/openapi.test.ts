import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import { problems } from '../../src/api/problems.ts'
import { ask, startApi } from '../support/http.ts'

interface Operation {
  readonly operationId: string
  readonly parameters?: readonly { readonly name: string; readonly example?: string }[]
  readonly responses: Record<string, { readonly content?: Record<string, Media> }>
}

interface Media {
  readonly schema: object
  readonly examples?: Record<string, { readonly value: { readonly status: number; readonly code: string } }>
}

interface Document {
  readonly openapi: string
  readonly info: { readonly version: string; readonly description: string }
  readonly paths: Record<string, Record<string, Operation>>
  readonly components: { readonly schemas: Record<string, { readonly examples?: readonly unknown[] }> }
}

test('the description is OpenAPI 3.1 and lists every route with every answer', async (t) => {
  const { openapi, info, paths } = await readDocument(await startApi(t))
  assert.deepEqual([openapi, info.version], ['3.1.0', '0.0.0-test'])
  const listed = Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, { responses }]) => [method, path, Object.keys(responses)]),
  )
  const ofReads = ['200', '304', '400', '401', '403', '404', '408', '429', '431', '500', '503']
  const ofWaiting = [...ofReads, '409'].toSorted((a, b) => Number(a) - Number(b))
  const ofLists = ofWaiting.filter((status) => status !== '404')
  assert.deepEqual(listed, [
    ['get', '/api/movements/{movement_id}', ofWaiting],
    ['get', '/api/warehouses/{warehouse_id}/products/{product_id}', ofWaiting],
    ['get', '/api/movements', ofLists],
    ['get', '/api/warehouses', ofLists],
    ['get', '/api/warehouses/{warehouse_id}/products', ofWaiting],
    ['get', '/api/products/{product_id}/warehouses', ofWaiting],
    [
      'post',
      '/api/cards/query',
      ['200', '400', '401', '403', '408', '409', '413', '415', '429', '431', '500', '503'],
    ],
    ['get', '/api/transit', ofLists],
    ['get', '/api/differences', ofLists],
    ['get', '/api/held', ofLists],
    ['get', '/api/overview', ofLists],
    ['get', '/api/throughput', ['200', '304', '400', '401', '403', '408', '429', '431', '500']],
    ['get', '/api/stream', ['200', '400', '401', '403', '408', '429', '431', '500', '503']],
    ['get', '/api/quarantine', ofLists],
    ['get', '/api/quarantine/{quarantine_id}', ofWaiting],
    [
      'post',
      '/api/quarantine/{quarantine_id}/redrive',
      [
        '200',
        '202',
        '400',
        '401',
        '403',
        '404',
        '408',
        '409',
        '413',
        '415',
        '422',
        '429',
        '431',
        '500',
        '503',
      ],
    ],
    [
      'post',
      '/api/quarantine/{quarantine_id}/discard',
      ['200', '400', '401', '403', '404', '408', '409', '413', '415', '429', '431', '500', '503'],
    ],
    [
      'post',
      '/api/quarantine/redrive',
      ['200', '400', '401', '403', '408', '413', '415', '429', '431', '500', '503'],
    ],
    ['get', '/health/live', ['200', '400', '408', '431', '500']],
    ['get', '/health/ready', ['200', '400', '408', '431', '500', '503']],
    ['get', '/health/serving', ['200', '400', '408', '431', '500', '503']],
    [
      'post',
      '/api/events',
      ['200', '202', '400', '401', '403', '408', '413', '415', '422', '429', '431', '500', '503'],
    ],
    [
      'post',
      '/api/opening-stock',
      ['200', '202', '400', '401', '403', '408', '413', '415', '422', '429', '431', '500', '503'],
    ],
  ])
})

test('every example in the description fits its own schema', async (t) => {
  const document = await readDocument(await startApi(t))
  const ajv = new Ajv2020({ strict: false, allErrors: true })
  formats.default(ajv)
  ajv.addSchema(document, 'openapi')
  const assertFits = (pointer: string, example: unknown) => {
    const validate = ajv.getSchema(`openapi#${pointer}`)
    assert(validate !== undefined, pointer)
    assert(validate(example), `${pointer}: ${ajv.errorsText(validate.errors)}`)
  }
  let count = 0
  for (const [name, { examples = [] }] of Object.entries(document.components.schemas)) {
    for (const example of examples) {
      assertFits(`/components/schemas/${name}`, example)
      count += 1
    }
  }
  for (const [status, code, value] of problemExamples(document)) {
    assertFits('/components/schemas/Problem', value)
    assert.deepEqual([value.status, value.code], [Number(status), code])
    count += 1
  }
  assert(count > 30)
})

test('the description explains every problem, and shows each that a described route can answer', async (t) => {
  const document = await readDocument(await startApi(t))
  for (const code of Object.keys(problems)) assert(document.info.description.includes(`\`${code}\``), code)
  const shown = new Set(problemExamples(document).map(([, code]) => code))
  // These are of other addresses and methods.
  const elsewhere = ['route_unknown', 'method_not_allowed']
  assert.deepEqual([...shown, ...elsewhere].sort(), Object.keys(problems).sort())
})

test('the page for people is served whole by us, and may load nothing from elsewhere', async (t) => {
  const { url } = await startApi(t)
  const page = await ask(`${url}/docs/`)
  assert.equal(page.status, 200)
  assert.doesNotMatch(page.text, /(?:https?:)?\/\/[a-z]/i)
  const policy = page.headers.get('content-security-policy') ?? ''
  assert.match(policy, /^default-src 'none'; script-src 'self' 'sha256-[^']+';/)
  assert.doesNotMatch(policy, /http|\*/)
  const script = await ask(`${url}/docs/js/scalar.js`)
  assert.deepEqual(
    [script.status, script.headers.get('content-type'), script.headers.get('cache-control')],
    [200, 'application/javascript; charset=utf-8', 'private, max-age=3600'],
  )
  assert.equal((await ask(`${url}/docs`)).headers.get('location'), '/docs/')
})

function problemExamples({ paths }: Document) {
  return Object.values(paths)
    .flatMap((operations) => Object.values(operations))
    .flatMap(({ responses }) => Object.entries(responses))
    .flatMap(([status, { content }]) => {
      const examples = content?.['application/problem+json']?.examples ?? {}
      return Object.entries(examples).map(([code, { value }]) => [status, code, value] as const)
    })
}

async function readDocument({ url }: { url: string }): Promise<Document> {
  const { status, body } = await ask(`${url}/openapi.json`)
  assert.equal(status, 200)
  return body as Document
}
