import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { test } from 'node:test'
import { assertPortsFree, freePort } from '../../stack/ports.ts'
import { readSettings } from '../../stack/settings.ts'
import { StackError } from '../../stack/stack-error.ts'
import { wantedPorts } from '../../stack/backends.ts'
import { welcome } from '../../stack/welcome.ts'

test('without any setting the stack takes the ports and names that the settings document, on loopback', () => {
  assert.deepEqual(readSettings({}), {
    host: '127.0.0.1',
    port: 8000,
    metricsPort: 9090,
    postgres: {
      host: undefined,
      port: 5432,
      user: 'postgres',
      password: 'postgres',
      database: 'warehouse_db',
    },
    kafka: { servers: undefined, port: 9092, topic: 'warehouse_movements' },
    redis: { host: undefined, port: 6379 },
    environment: {},
  })
})

test('every bad port is named at once', () => {
  assert.throws(
    () => readSettings({ PORT: '80a', KAFKA_PORT: '70000', METRICS_PORT: '' }),
    new StackError(
      'PORT=80a: a port is a whole number from 1 to 65535.\nKAFKA_PORT=70000: a port is a whole number from 1 to 65535.',
      2,
    ),
  )
})

test('a part whose address is set wants no port here', () => {
  const settings = readSettings({
    KAFKA_BOOTSTRAP_SERVERS: 'broker:9092',
    POSTGRES_HOST: 'db',
    REDIS_HOST: 'cache',
  })
  assert.deepEqual(
    wantedPorts(settings).map(({ setting }) => setting),
    ['PORT', 'METRICS_PORT'],
  )
})

test('a port is reserved for one process only, out of those that nobody gets by asking for any', async () => {
  const ports = join(import.meta.dirname, '../../stack/ports.ts')
  const script = `
    const { freePort } = await import(${JSON.stringify(ports)})
    console.log(JSON.stringify(await Array.fromAsync({ length: 200 }, freePort)))
    process.stdin.resume()`
  const askers = [1, 2, 3].map(() => spawn(process.execPath, ['--input-type=module', '-e', script]))
  const told = await Promise.all(
    askers.map(async (asker) => {
      asker.stderr.pipe(process.stderr)
      const ended = once(asker, 'close').then(() => assert.fail('it has ended without an answer'))
      const [answer] = await Promise.race([once(asker.stdout, 'data'), ended])
      ended.catch(() => undefined)
      return JSON.parse(String(answer)) as number[]
    }),
  )
  for (const asker of askers) asker.stdin.end()
  const all = told.flat()
  assert.equal(new Set(all).size, 600)
  assert.ok(all.every((port) => port >= 20_000 && port < 32_768))
  await Promise.all(askers.map((asker) => once(asker, 'close')))
})

test('a port in use is named, with who wanted it and the setting that changes it', async (t) => {
  const port = await freePort()
  const server = createServer().listen(port, '127.0.0.1')
  t.after(() => server.close())
  await once(server, 'listening')
  const wanted = { host: '127.0.0.1', port, what: 'Kafka', setting: 'KAFKA_PORT' }
  await assert.rejects(
    assertPortsFree([wanted, { ...wanted, port: await freePort() }]),
    new StackError(
      `Port ${port}, wanted by Kafka, is in use. Free it or choose another, for example KAFKA_PORT=${port + 1}.`,
    ),
  )
})

test('the closing box is one frame, and its command carries the addresses that are not the usual ones', () => {
  const lines = welcome({
    settings: readSettings({ KAFKA_TOPIC: 'moves' }),
    postgresAddress: { host: '127.0.0.1', port: 5432 },
    kafkaServers: '127.0.0.1:9093',
    redisAddress: null,
    logs: 'logs',
    demo: false,
  }).split('\n')
  assert.deepEqual(new Set(lines.map((line) => line.length)).size, 1)
  const command = 'KAFKA_BOOTSTRAP_SERVERS=127.0.0.1:9093 KAFKA_TOPIC=moves npm run produce -- '
  assert.equal(lines.filter((line) => line.includes(command)).length, 1)
})

test('the closing box shows where the key goes, as soon as the API wants one', () => {
  const boxOf = (environment: Record<string, string>) =>
    welcome({
      settings: readSettings(environment),
      postgresAddress: { host: '127.0.0.1', port: 5432 },
      kafkaServers: '127.0.0.1:9092',
      redisAddress: { host: '127.0.0.1', port: 6379 },
      logs: 'logs',
      demo: false,
    })
  const movement = 'http://127.0.0.1:8000/api/movements/'
  assert(boxOf({}).includes(`curl ${movement}`))
  assert(boxOf({ API_KEYS: 'a:read:b' }).includes(`curl -H "Authorization: Bearer $KEY" ${movement}`))
})
