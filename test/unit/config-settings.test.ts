import assert from 'node:assert/strict'
import test from 'node:test'
import { SettingsError, listSettings, readSettings } from '../../src/config/settings.ts'

const hash = 'ab'.repeat(32)

test('an empty environment gives the defaults', () => {
  assert.deepEqual(readSettings({}), {
    http: {
      host: '127.0.0.1',
      port: 8000,
      auth: 'on',
      keys: [],
      keysFile: '',
      requestsPerSecond: 2000,
      corsOrigins: [],
      bodyLimitBytes: 65_536,
      batchLimitBytes: 1_048_576,
      openingLimitBytes: 16_777_216,
      openingWaitMs: 20_000,
      bookingWaitMs: 1500,
      streamClients: 200,
      requestTimeoutMs: 10_000,
    },
    service: { debug: true, shutdownDrainMs: 2000, shutdownTimeoutMs: 8000 },
    postgres: {
      user: 'postgres',
      password: 'postgres',
      database: 'warehouse_db',
      host: 'postgres',
      port: 5432,
      sslMode: 'disable',
      sslRootCert: null,
      sslCert: null,
      sslKey: null,
      poolSize: 10,
      connectTimeoutMs: 2000,
      statementTimeoutMs: 7000,
      readTimeoutMs: 2000,
      lockTimeoutMs: 3500,
    },
    kafka: {
      bootstrapServers: ['kafka:9092'],
      topic: 'warehouse_movements',
      changesTopic: '',
      deadLetterTopic: '',
      groupId: 'warehouse_service',
      clientId: 'bincard',
      securityProtocol: 'PLAINTEXT',
      saslMechanism: 'SCRAM-SHA-512',
      saslUsername: '',
      saslPassword: '',
      sslCa: null,
      sslCertificate: null,
      sslKey: null,
      sessionTimeoutMs: 10_000,
      heartbeatIntervalMs: 3000,
      rebalanceTimeoutMs: 15_000,
      requestTimeoutMs: 5000,
      connectTimeoutMs: 3000,
      fetchMaxBytes: 4_194_304,
      fetchMaxWaitMs: 500,
      commitIntervalMs: 5000,
    },
    cache: {
      host: 'redis',
      port: 6379,
      username: '',
      password: '',
      tls: false,
      tlsCa: null,
      ttlSeconds: 60,
      timeoutMs: 50,
      nearPages: 2000,
    },
    lane: { bufferEvents: 10_000, stallTimeoutMs: 30_000 },
    batch: { maxEvents: 5000, maxBytes: 8_388_608, atOnce: 3, maxAgeMs: 5 },
    nearState: { cards: 200_000 },
    retry: { minMs: 50, maxMs: 5000 },
    attention: { transitOverdueSeconds: 259_200, heldOverdueSeconds: 86_400 },
    metrics: { host: '127.0.0.1', port: 9090 },
  })
})

test('an empty value counts as not set', () => {
  const empty = Object.fromEntries(listSettings().map(({ name }) => [name, '']))
  assert.deepEqual(readSettings(empty), readSettings({}))
})

test('metrics listen where the API does unless told otherwise', () => {
  assert.equal(readSettings({ HOST: '::1' }).metrics.host, '::1')
  assert.equal(readSettings({ HOST: '::1', METRICS_HOST: '0.0.0.0' }).metrics.host, '0.0.0.0')
})

test('brokers are a list, with spaces and IPv6 addresses', () => {
  const { kafka } = readSettings({ KAFKA_BOOTSTRAP_SERVERS: ' kafka-1:9092, 10.0.0.2:9093 ,[::1]:9094' })
  assert.deepEqual(kafka.bootstrapServers, ['kafka-1:9092', '10.0.0.2:9093', '[::1]:9094'])
})

test('every wrong value is reported at once, and no secret is shown', () => {
  const wrong = {
    HOST: 'http://0.0.0.0',
    PORT: '65536',
    DEBUG: 'maybe',
    POSTGRES_PASSWORD: 'hunter2\n',
    KAFKA_BOOTSTRAP_SERVERS: 'kafka',
    KAFKA_TOPIC: 'x'.repeat(250),
    BATCH_MAX_EVENTS: '1e3',
    RETRY_MIN_MS: '9000',
  }
  assert.deepEqual(problemsOf(wrong), [
    {
      name: 'HOST',
      value: 'http://0.0.0.0',
      allowed: 'allowed is a host name or an IP address, without a port',
    },
    { name: 'PORT', value: '65536', allowed: 'allowed is a whole number from 0 to 65535' },
    { name: 'DEBUG', value: 'maybe', allowed: 'allowed is true or false' },
    {
      name: 'POSTGRES_PASSWORD',
      value: null,
      allowed: 'allowed is 1 to 255 characters, none of them a control character',
    },
    {
      name: 'KAFKA_BOOTSTRAP_SERVERS',
      value: 'kafka',
      allowed: 'allowed is host:port, several with commas between them (an IPv6 address in brackets)',
    },
    {
      name: 'KAFKA_TOPIC',
      value: `${'x'.repeat(80)}…`,
      allowed: 'allowed is 1 to 249 of the characters a-z A-Z 0-9 . _ -',
    },
    {
      name: 'BATCH_MAX_EVENTS',
      value: '1e3',
      allowed: 'allowed is a whole number from 1 to 9000 (events)',
    },
    { name: 'RETRY_MIN_MS', value: '9000', allowed: 'must be at most RETRY_MAX_MS (RETRY_MAX_MS = 5000)' },
  ])
})

test('the message of the error names each wrong setting on a line, without secrets', () => {
  const error = errorOf({ PORT: 'x', POSTGRES_PASSWORD: 'hunter2\u0000' })
  assert.equal(
    error.message,
    [
      '2 settings are wrong.',
      '  PORT = "x": allowed is a whole number from 0 to 65535',
      '  POSTGRES_PASSWORD = (not shown): allowed is 1 to 255 characters, none of them a control character',
    ].join('\n'),
  )
})

for (const host of ['0.0.0.0', '::', '10.1.2.3', '128.0.0.1', '::ffff:10.1.2.3', 'example.org']) {
  test(`HOST ${host} is refused while there are no API keys, and accepted with them or with API_AUTH=off`, () => {
    const problems = problemsOf({ HOST: host })
    assert.deepEqual(
      problems.map(({ name, value }) => ({ name, value })),
      [{ name: 'HOST', value: host }],
    )
    assert.match(problems[0]!.allowed, /API_AUTH = on, API_KEYS = \(not set\)/)
    assert.equal(readSettings({ HOST: host, API_KEYS: `shop:read:${hash}` }).http.host, host)
    assert.equal(readSettings({ HOST: host, API_AUTH: 'off' }).http.host, host)
  })
}

for (const host of ['127.0.0.1', '127.9.8.7', '::1', '0:0:0:0:0:0:0:1', 'localhost', '::ffff:127.0.0.1']) {
  test(`HOST ${host} needs no API keys: only this machine reaches it`, () => {
    assert.equal(readSettings({ HOST: host }).http.host, host)
  })
}

const contradictions: readonly (readonly [string, Record<string, string>])[] = [
  ['METRICS_PORT', { PORT: '9090' }],
  ['POSTGRES_LOCK_TIMEOUT_MS', { POSTGRES_STATEMENT_TIMEOUT_MS: '3500' }],
  ['KAFKA_HEARTBEAT_INTERVAL_MS', { KAFKA_HEARTBEAT_INTERVAL_MS: '5000' }],
  ['KAFKA_REBALANCE_TIMEOUT_MS', { KAFKA_REBALANCE_TIMEOUT_MS: '9999' }],
  ['LANE_BUFFER_EVENTS', { LANE_BUFFER_EVENTS: '4999' }],
  ['LANE_STALL_TIMEOUT_MS', { LANE_STALL_TIMEOUT_MS: '7000' }],
  ['LANE_STALL_TIMEOUT_MS', { KAFKA_REQUEST_TIMEOUT_MS: '29500' }],
  ['RETRY_MIN_MS', { RETRY_MAX_MS: '49' }],
]
for (const [name, environment] of contradictions) {
  test(`${name} is refused with ${JSON.stringify(environment)}`, () => {
    assert.deepEqual(
      problemsOf(environment).map((problem) => problem.name),
      [name],
    )
  })
}

test('a wrong list of keys, and one that API_AUTH=off would disregard, is refused without being shown', () => {
  const planted = 'bincard_planted'
  for (const keys of [planted, `shop:read:${planted}`, `shop:reed:${hash}`, ' ', '# none\n']) {
    const { problems, message } = errorOf({ API_KEYS: keys })
    assert.deepEqual(
      problems.map(({ name, value }) => ({ name, value })),
      [{ name: 'API_KEYS', value: null }],
    )
    assert.doesNotMatch(message, /planted|abab/)
  }
  const { message } = errorOf({ API_KEYS: `shop:read:${hash}`, API_AUTH: 'off' })
  assert.match(message, /API_AUTH = "off": must be "on" .*\(API_KEYS = \(not shown\)\)$/)
  assert.doesNotMatch(message, /abab/)
})

test('origins are a list as browsers write them; * is none', () => {
  const { http } = readSettings({ CORS_ORIGINS: 'https://a.example, http://localhost:5173' })
  assert.deepEqual(http.corsOrigins, ['https://a.example', 'http://localhost:5173'])
  for (const wrong of [
    '*',
    'a.example',
    'https://a.example/',
    'https://A.example',
    'ftp://a.example',
    'null',
    ',',
  ])
    assert.equal(problemsOf({ CORS_ORIGINS: wrong })[0]!.name, 'CORS_ORIGINS')
})

test('two free ports do not contradict each other', () => {
  const { http, metrics } = readSettings({ PORT: '0', METRICS_PORT: '0' })
  assert.deepEqual([http.port, metrics.port], [0, 0])
})

test('a setting that takes the value of a wrong one is not reported a second time', () => {
  assert.deepEqual(
    problemsOf({ HOST: 'a b' }).map(({ name }) => name),
    ['HOST'],
  )
})

for (const port of ['-1', '1.5', '0x10', '1 000', 'NaN', '99999999999999999999']) {
  test(`PORT ${port} is refused, not guessed`, () => {
    assert.equal(problemsOf({ PORT: port })[0]!.value, port)
  })
}

function errorOf(environment: Record<string, string>): SettingsError {
  let thrown: unknown
  try {
    readSettings(environment)
  } catch (error) {
    thrown = error
  }
  assert.ok(thrown instanceof SettingsError)
  return thrown
}

function problemsOf(environment: Record<string, string>) {
  return errorOf(environment).problems
}
