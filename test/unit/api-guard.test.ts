import assert from 'node:assert/strict'
import { test } from 'node:test'
import Fastify from 'fastify'
import { hashSecret, roles } from '../../src/access/api-key.ts'
import { guardRoutes, type GuardOptions } from '../../src/api/guard.ts'
import type { WarehouseId } from '../../src/message/event.ts'
import { testKey } from '../support/keys.ts'

const north = '00000000-0000-4000-8000-00000000000a' as WarehouseId
const south = '00000000-0000-4000-8000-00000000000b' as WarehouseId

const reader = testKey('reader', 'read')
const writer = testKey('writer', 'write')
const admin = testKey('admin', 'admin')
const northReader = testKey('north-reader', 'read', [north])
const southAdmin = testKey('south-admin', 'admin', [south])
const holders = { reader, writer, admin, northReader, southAdmin }
const keys = Object.values(holders).map(({ key }) => key)

/** One route for each need there can be. */
async function startApp(options: Partial<GuardOptions> = {}) {
  const app = Fastify()
  const assertGuarded = await guardRoutes(app, { keys, requestsPerSecond: 0, ...options })
  for (const role of ['open', ...roles] as const) {
    app.get(`/${role}`, { config: { role } }, () => 'ok')
    app.get(`/${role}/:warehouse_id`, { config: { role } }, () => 'ok')
    app.get(`/within/${role}`, { config: { role, answersWithinScope: true } }, () => 'ok')
  }
  app.get('/health', { config: { role: 'open', unlimited: true } }, () => 'ok')
  return { app, assertGuarded }
}

test('a key gets as far as its role and its warehouses reach, on every kind of route', async () => {
  const { app, assertGuarded } = await startApp()
  assertGuarded()
  const paths = ['open', ...roles].flatMap((role) => [
    `/${role}`,
    `/${role}/${north.toUpperCase()}`,
    `/${role}/${south}`,
    `/within/${role}`,
  ])
  const ok = 'ok'
  const role = 'role_too_low'
  const scope = 'outside_scope'
  const expected = {
    reader: [ok, ok, ok, ok, ok, ok, ok, ok, role, role, role, role, role, role, role, role],
    writer: [ok, ok, ok, ok, ok, ok, ok, ok, ok, ok, ok, ok, role, role, role, role],
    admin: [ok, ok, ok, ok, ok, ok, ok, ok, ok, ok, ok, ok, ok, ok, ok, ok],
    northReader: [ok, ok, ok, ok, scope, ok, scope, ok, role, role, role, role, role, role, role, role],
    southAdmin: [ok, ok, ok, ok, scope, scope, ok, ok, scope, scope, ok, ok, scope, scope, ok, ok],
  }
  for (const [name, { headers }] of Object.entries(holders)) {
    const answers = await Promise.all(paths.map((url) => app.inject({ url, headers })))
    const outcomes = answers.map(({ statusCode, body }) => (statusCode === 200 ? ok : codeOf(body)))
    assert.deepEqual([name, outcomes], [name, expected[name as keyof typeof expected]])
  }
})

test('what is no id is left to the schema of the route, which refuses it as such', async () => {
  const { app } = await startApp()
  assert.equal((await app.inject({ url: '/read/x', headers: northReader.headers })).statusCode, 200)
})

test('a route that says no role keeps the server from starting, and is never open', async () => {
  const { app, assertGuarded } = await startApp()
  app.get('/forgotten', () => 'ok')
  assert.throws(assertGuarded, /Routes that say no role: \/forgotten/)
  assert.equal((await app.inject('/forgotten')).statusCode, 401)
  assert.equal((await app.inject({ url: '/forgotten', headers: writer.headers })).statusCode, 403)
})

test('a header without a key lets nobody in, not even where a key was made of nothing by mistake', async () => {
  const { app } = await startApp({ keys: [{ ...admin.key, hash: hashSecret('') }] })
  for (const authorization of ['', 'Bearer', 'Bearer ', 'Basic eDp5', 'Bearer a b'])
    assert.equal((await app.inject({ url: '/read', headers: { authorization } })).statusCode, 401)
})

test('where there are no keys everyone may do everything, whatever they send', async () => {
  const { app } = await startApp({ keys: null })
  for (const headers of [{}, reader.headers, { authorization: 'Basic eDp5' }])
    assert.equal((await app.inject({ url: '/admin', headers })).statusCode, 200)
})

test('a key, or an address without a known key, may ask so often in a second; health always', async () => {
  const { app } = await startApp({ requestsPerSecond: 3 })
  const send = async (headers: Record<string, string>, url: string, remoteAddress = '10.0.0.1') =>
    (await app.inject({ url, headers, remoteAddress })).statusCode
  const ofOneAddress = [1, 2, 3, 4].map(() => '10.0.0.1')
  const burst = async (headers: Record<string, string>, url: string, addresses = ofOneAddress) => {
    const statuses: number[] = []
    for (const address of addresses) statuses.push(await send(headers, url, address))
    return statuses
  }
  assert.deepEqual(await burst(reader.headers, '/read'), [200, 200, 200, 429])
  assert.deepEqual(await burst(writer.headers, '/read'), [200, 200, 200, 429])
  assert.deepEqual(await burst({}, '/read'), [401, 401, 401, 429])
  assert.equal(await send({ authorization: 'Bearer guess' }, '/read'), 429)
  assert.equal(await send({}, '/nowhere'), 429)
  assert.equal(await send({}, '/open', '10.0.0.2'), 200)
  assert.deepEqual(await burst({}, '/health'), [200, 200, 200, 200])
  // A client moves through its own /64 network as it likes.
  const network = [1, 2, 3, 4].map((host) => `2001:db8::${host}`)
  assert.deepEqual(await burst({}, '/open', network), [200, 200, 200, 429])
  const refused = await app.inject({ url: '/read', headers: reader.headers })
  assert.deepEqual([refused.headers['retry-after'], codeOf(refused.body)], ['1', 'rate_limited'])
})

function codeOf(body: string): unknown {
  return (JSON.parse(body) as { code: unknown }).code
}
