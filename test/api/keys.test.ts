import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { createLogger } from '../../src/telemetry/logger.ts'
import { ask, routes, startApi } from '../support/http.ts'
import { testKey } from '../support/keys.ts'
import { insertLeg, insertWarehouses, movement, north, south, tea, west } from './ledger-rows.ts'

const reader = testKey('reader', 'read')
const writer = testKey('writer', 'write')
const admin = testKey('admin', 'admin')
const northReader = testKey('north-reader', 'read', [north])
const southWriter = testKey('south-writer', 'write', [south])
const holders = { reader, writer, admin, northReader, southWriter }
const access = { keys: Object.values(holders).map(({ key }) => key), requestsPerSecond: 0 }

/** Routes without a warehouse in the path that keep to a key's warehouses by themselves. All others refuse such keys. */
const routesWithinScope: readonly string[] = [
  routes.movement,
  routes.warehouses,
  routes.productWarehouses,
  routes.cardsQuery,
  routes.stream,
]
/** Routes that keep to the warehouse which a limited key has to name as `warehouse_id`. */
const routesByWarehouse: readonly string[] = [
  routes.movements,
  routes.transit,
  routes.differences,
  routes.held,
]

interface Document {
  readonly paths: Record<
    string,
    Record<string, { readonly security?: readonly { readonly api_key: readonly string[] }[] }>
  >
}

test('every route under /api says its role, and lets in whom role and warehouses allow', async (t) => {
  const { url, database } = await startApi(t, { access })
  await insertLeg(database, { movementId: movement(1), leg: 1, warehouseId: north, line: 1 })
  const { paths } = (await ask(`${url}/openapi.json`)).body as Document
  const ranks = ['read', 'write', 'admin']
  let count = 0
  for (const [path, operations] of Object.entries(paths).filter(([one]) => one.startsWith('/api/'))) {
    for (const [method, { security }] of Object.entries(operations)) {
      const needed = ranks.indexOf(security?.[0]?.api_key[0] ?? 'none')
      assert.notEqual(needed, -1, `${method} ${path} says no role`)
      const address = path
        .replace('{warehouse_id}', north)
        .replace('{product_id}', tea)
        .replace('{movement_id}', movement(1))
      const init = { method: method.toUpperCase() }
      assert.deepEqual(codeOf(await ask(url + address, init)), 'key_missing')
      for (const [name, { key, headers }] of Object.entries(holders)) {
        const inPath = path.includes('{warehouse_id}')
        const isInside = !inPath || key.warehouses === null || key.warehouses.has(north)
        const isScoped = key.warehouses !== null && !inPath && !routesWithinScope.includes(path)
        const expected =
          ranks.indexOf(key.role) < needed ? 'role_too_low' : isInside && !isScoped ? null : 'outside_scope'
        const refusal = await refusalOf(url + address, { ...init, headers })
        assert.deepEqual([method, path, name, refusal], [method, path, name, expected])
        count += 1
        if (!routesByWarehouse.includes(path)) continue
        for (const warehouse of [north, south, west]) {
          const isOwn = key.warehouses === null || key.warehouses.has(warehouse)
          const named = await refusalOf(`${url}${address}?warehouse_id=${warehouse.toUpperCase()}`, {
            ...init,
            headers,
          })
          assert.deepEqual([path, name, named], [path, name, isOwn ? null : 'outside_scope'])
        }
      }
    }
  }
  assert(count >= 10)
})

test('lists show to a limited key what concerns its warehouses', async (t) => {
  const api = await startApi(t, { access })
  for (const [index, warehouseId] of [north, south, west].entries()) {
    await insertLeg(api.database, { movementId: movement(index), leg: 1, warehouseId, line: 1 })
  }
  await insertWarehouses(api.database, { [north]: 'N', [south]: 'S', [west]: 'W' })
  const { headers } = northReader
  const seen = async (route: string, path: string) =>
    ((await api.get(route, path, { headers })).body as { items: { warehouse_id: string }[] }).items.map(
      ({ warehouse_id: id }) => id,
    )
  assert.deepEqual(await seen(routes.warehouses, '/api/warehouses'), [north])
  assert.deepEqual(await seen(routes.productWarehouses, `/api/products/${tea}/warehouses`), [north])
  assert.deepEqual(await seen(routes.warehouses, `/api/warehouses?limit=1`), [north])

  const ask1000 = (warehouses: readonly string[]) =>
    ask(`${api.url}/api/cards/query`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify({ cards: warehouses.map((warehouse_id) => ({ warehouse_id, product_id: tea })) }),
    })
  assert.equal((await ask1000([north, north])).status, 200)
  const outside = await ask1000([north, south, west])
  assert.deepEqual([outside.status, codeOf(outside)], [403, 'outside_scope'])
  assert.match(outside.text, new RegExp(`does not reach the warehouse ${south}`))
})

test('a request without a key, or with one that is not known, is told how to send one', async (t) => {
  const api = await startApi(t, { access })
  const path = `/api/movements/${movement(1)}`
  const missing = await api.get(routes.movement, path)
  assert.deepEqual(
    [missing.status, codeOf(missing), missing.headers.get('www-authenticate')],
    [401, 'key_missing', 'Bearer realm="bincard"'],
  )
  const guesses = [
    `Bearer ${reader.secret}x`,
    `Bearer ${reader.key.hash.toString('hex')}`,
    'Basic eDp5',
    'Bearer',
    'x',
  ]
  for (const authorization of guesses) {
    const unknown = await api.get(routes.movement, path, { headers: { authorization } })
    assert.deepEqual(
      [unknown.status, codeOf(unknown), unknown.headers.get('www-authenticate')],
      [401, 'key_unknown', 'Bearer realm="bincard", error="invalid_token"'],
    )
  }
  const asQuery = await ask(`${api.url}${path}?key=${reader.secret}`)
  assert.equal(codeOf(asQuery), 'key_missing')
})

test('health, the description and its page need no key', async (t) => {
  const { url } = await startApi(t, { access })
  for (const path of ['/health/live', '/health/ready', '/health/serving', '/openapi.json', '/docs/'])
    assert.equal((await ask(url + path)).status, 200)
})

test('a key of some warehouses sees their cards, and the movements that touch one of them, whole', async (t) => {
  const api = await startApi(t, { access })
  await insertLeg(api.database, { movementId: movement(1), leg: 0, warehouseId: south, line: null })
  await insertLeg(api.database, { movementId: movement(1), leg: 1, warehouseId: north, line: 1 })
  await insertLeg(api.database, { movementId: movement(2), leg: 1, warehouseId: west, line: 1 })
  const read = (route: string, path: string, { headers }: typeof reader) => api.get(route, path, { headers })
  const touching = `/api/movements/${movement(1)}`
  const whole = await read(routes.movement, touching, reader)
  for (const holder of [northReader, southWriter]) {
    const { status, text } = await read(routes.movement, touching, holder)
    assert.deepEqual([status, text], [200, whole.text])
  }
  const elsewhere = `/api/movements/${movement(2)}`
  assert.equal((await read(routes.movement, elsewhere, reader)).status, 200)
  const unseen = await read(routes.movement, elsewhere, northReader)
  const unknown = await read(routes.movement, `/api/movements/${movement(3)}`, northReader)
  assert.deepEqual(unseen.body, { ...(unknown.body as object), instance: elsewhere })

  const cardOf = (warehouse: string) => `/api/warehouses/${warehouse}/products/${tea}`
  assert.equal((await read(routes.card, cardOf(north.toUpperCase()), northReader)).status, 200)
  const outside = await read(routes.card, cardOf(west), northReader)
  assert.deepEqual([outside.status, codeOf(outside)], [403, 'outside_scope'])
  const noId = await read(routes.card, cardOf('west'), northReader)
  assert.deepEqual([noId.status, codeOf(noId)], [400, 'malformed_id'])
})

test('no key comes into an answer or the log, whatever goes wrong', async (t) => {
  const lines: string[] = []
  const logger = createLogger({
    version: '0',
    level: 'debug',
    destination: { write: (line) => lines.push(line) },
  })
  const api = await startApi(t, { access, logger })
  // A line without its leg: an error of ours.
  await api.database.query(`insert into card_line values ($1, $2, 1, $2, 1, 1, 1, now(), now())`, [
    north,
    tea,
  ])
  const { headers, secret } = reader
  const paths = [`/api/warehouses/${north}/products/${tea}`, '/api/movements/x', '/nowhere', '/%zz', '/docs/']
  const answers = await Promise.all(paths.map((path) => ask(api.url + path, { headers })))
  assert.deepEqual(
    answers.map(({ status }) => status),
    [500, 400, 404, 400, 200],
  )
  logger.warn({ headers, key: secret }, `a careless text with ${secret}`)
  const said = [...lines, ...answers.map(({ text, headers: sent }) => text + JSON.stringify([...sent]))].join(
    '\n',
  )
  assert.match(said, /could not be answered/)
  assert.match(said, /a careless text with \[hidden\]/)
  assert(!said.includes(secret.slice('bincard_'.length)))
  assert(!said.includes(reader.key.hash.toString('hex')))
})

test('who asks too much is told when to go on, in the form of every other problem', async (t) => {
  const api = await startApi(t, { access: { ...access, requestsPerSecond: 1 } })
  const send = () => api.get(routes.movement, `/api/movements/${movement(1)}`, { headers: reader.headers })
  const answers = await Promise.all([1, 2, 3, 4, 5].map(send))
  const refused = answers.filter(({ status }) => status === 429)
  assert(refused.length >= 3, `${refused.length} of 5 within a second`)
  assert.deepEqual([refused[0]?.headers.get('retry-after'), codeOf(refused[0])], ['1', 'rate_limited'])
})

test('pages of other origins are refused by browsers, but for those that are allowed', async (t) => {
  const allowed = 'https://stock.example'
  const preflight = (url: string, origin: string) =>
    ask(`${url}/api/movements/${movement(1)}`, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'GET',
        'access-control-request-headers': 'authorization',
      },
    })
  const closed = await startApi(t, { access })
  const refused = await preflight(closed.url, allowed)
  assert.deepEqual([refused.status, corsOf(refused)], [405, null])

  const open = await startOpen(t, allowed)
  const asked = await preflight(open.url, allowed)
  assert.deepEqual(
    [asked.status, corsOf(asked), asked.headers.get('access-control-allow-headers')],
    [204, allowed, 'authorization, content-type, if-none-match'],
  )
  assert.equal(corsOf(await preflight(open.url, 'https://other.example')), null)
  // The page must be able to read why it was refused.
  const unknown = await ask(`${open.url}/api/movements/${movement(1)}`, { headers: { origin: allowed } })
  assert.deepEqual([unknown.status, corsOf(unknown), unknown.headers.get('vary')], [401, allowed, 'Origin'])
  assert.equal(unknown.headers.get('access-control-allow-credentials'), null)
})

/** The code of a refusal; null if the request was let in. */
async function refusalOf(url: string, init: RequestInit): Promise<string | null> {
  const { status, body } = await ask(url, init)
  return [401, 403].includes(status) ? (body as { code: string }).code : null
}

function startOpen(t: TestContext, origin: string) {
  return startApi(t, { access, corsOrigins: [origin] })
}

function corsOf({ headers }: { headers: Headers }): string | null {
  return headers.get('access-control-allow-origin')
}

function codeOf(answer: { body: unknown } | undefined): unknown {
  return (answer?.body as { code: unknown } | null | undefined)?.code
}
