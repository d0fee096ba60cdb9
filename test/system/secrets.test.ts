/** Secrets that can be recognised stand in every setting that has one; then much goes wrong, and all output is read. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { test } from 'node:test'
import { samples } from '../../src/api/samples.ts'
import { freshDatabase, freshTopic } from '../support/environment.ts'
import { ask } from '../support/http.ts'
import { testKey } from '../support/keys.ts'
import { openDatabase } from '../support/ledger.ts'
import { startService, type ServiceProcess } from '../support/service-process.ts'
import { waitFor } from '../support/wait.ts'

/** Also what a careless reader of URLs or of SQL would trip over. */
const planted = `pl4nted-${randomBytes(6).toString('hex')}`
const password = `${planted}/@:'"%20$1`
const admin = testKey('admin', 'admin')
const stranger = testKey('stranger', 'read')
const hash = admin.key.hash.toString('hex')
const secrets = [planted, admin.secret, stranger.secret, hash]
const environment = { DEBUG: 'true', API_KEYS: `admin:admin:${hash}`, RETRY_MAX_MS: '200' }

/** A process that throws, when it is told to, what a careless library would: an error with a password in it. */
const throwsWhenTold = `process.on('SIGUSR2', () => {
  const { PLANTED: secret } = process.env
  throw Object.assign(new Error('cannot reach postgres://bincard:' + secret + '/@db/books password=' + secret), {
    config: { password: secret, headers: { authorization: 'Bearer ' + secret } },
  })
})`

test('no secret of the settings is told, whatever is asked and whatever fails', async (t) => {
  const server = await freshDatabase(t)
  const db = openDatabase(t, server)
  const user = `user_${randomBytes(6).toString('hex')}`
  const literal = `'${password.replaceAll("'", "''")}'`
  await db.query(`create role ${user} superuser login password ${literal}`)
  const topic = await freshTopic(t, 1)
  const database = { ...server, user, password }
  const options = `--import=data:text/javascript,${encodeURIComponent(throwsWhenTold)}`
  const service = await startService(t, {
    database,
    topic,
    environment: {
      ...environment,
      NODE_OPTIONS: options,
      PLANTED: planted,
      CACHE_TTL: '60',
      REDIS_HOST: '127.0.0.1',
      REDIS_PORT: '1',
    },
  })
  await waitForReady(service, 200)
  const told: string[] = []
  await askMuch(service, told)

  // The role may not come in any more: every connection that it has ends, and no new one is let in.
  await db.query(`alter role ${user} nologin`)
  await db.query('select pg_terminate_backend(pid) from pg_stat_activity where usename = $1', [user])
  await waitForReady(service, 503)
  await askMuch(service, told)
  await waitFor('a log of the fault', async () => service.log.some((line) => line.includes('access_denied')))

  service.signal('SIGUSR2')
  assert.equal(await service.ended, 1)
  assert.match(service.log.at(-1) ?? '', /"msg":"uncaught exception"/)
  assert.deepEqual(service.errors, [])
  assertTellsNoSecret([...told, ...service.log])
  await db.query(`drop role ${user}`)
})

test('a wrong password is told as a refusal, without the password', async (t) => {
  const database = { ...(await freshDatabase(t)), password }
  const service = await startService(t, { database, topic: await freshTopic(t, 1), environment })
  await waitForReady(service, 503)
  await waitFor('a refusal', async () => service.log.some((line) => line.includes('access_denied')))
  const told: string[] = []
  await askMuch(service, told)
  assert.equal(await service.end('SIGTERM'), 0)
  assertTellsNoSecret([...told, ...service.log, ...service.errors])
})

test('settings that are wrong are told by name, without the secrets in them', () => {
  const long = 'x'.repeat(100)
  const wrong = {
    POSTGRES_HOST: `postgres://bincard:${password}@db:5432/books`,
    POSTGRES_PASSWORD: `${planted}\n`,
    KAFKA_SASL_PASSWORD: `${planted}\n`,
    REDIS_PASSWORD: `${planted}\n`,
    REDIS_HOST: `redis://:${long}${planted}@cache:6379`,
    KAFKA_BOOTSTRAP_SERVERS: `bincard:${planted}@kafka:9092, sasl://u:${planted}@b:1`,
    CORS_ORIGINS: `https://bincard:${planted}@stock.example`,
    HOST: `host=db password=${planted}`,
    API_KEYS: `admin:admin:${hash} ${admin.secret}`,
    API_KEYS_FILE: admin.secret,
  }
  const main = join(import.meta.dirname, '../../src/main.ts')
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, 'serve'], {
    env: { PATH: process.env['PATH'], ...wrong },
    encoding: 'utf8',
  })
  assert.equal(status, 2, stderr)
  const named = Object.keys(wrong).filter((name) => stderr.includes(`${name} = `))
  assert.deepEqual(named, Object.keys(wrong))
  assertTellsNoSecret([stdout, stderr])
})

/** With the right key, a wrong one and none: what there is, what there is not, and what is wrong. */
async function askMuch({ port, metricsPort }: ServiceProcess, told: string[]): Promise<void> {
  const url = `http://127.0.0.1:${port}`
  const json = { 'content-type': 'application/json' }
  const asked: [string, { method: string; headers: Record<string, string>; body: string }?][] = [
    ['/health/live'],
    ['/health/ready'],
    ['/openapi.json'],
    [`/api/movements/${samples.movementId}`],
    ['/api/movements/x'],
    ['/api/overview'],
    ['/api/movements?limit=0x10'],
    ['/api/quarantine'],
    ['/nowhere'],
    ['/api/events', { method: 'POST', headers: json, body: '{' }],
    ['/api/cards/query', { method: 'POST', headers: json, body: '{"__proto__":{}}' }],
    ['/api/opening-stock', { method: 'POST', headers: { 'content-type': 'text/csv' }, body: 'a' }],
  ]
  for (const [path, init] of asked) {
    for (const key of [admin.headers, stranger.headers, {}]) {
      const answer = await ask(url + path, { ...init, headers: { ...init?.headers, ...key } })
      told.push(answer.text, JSON.stringify([...answer.headers]))
    }
  }
  told.push((await ask(`http://127.0.0.1:${metricsPort}/metrics`)).text)
}

async function waitForReady(service: ServiceProcess, status: number): Promise<void> {
  const isSo = async () => (await service.get('/health/ready')).status === status
  await waitFor(`readiness ${status}`, isSo, { limitMs: 30_000 })
}

function assertTellsNoSecret(texts: readonly string[]): void {
  assert.deepEqual(
    texts.filter((text) => secrets.some((secret) => text.includes(secret))),
    [],
  )
}
