/** Encrypted and logged in: a broker with TLS and SCRAM, a PostgreSQL and a Redis with TLS, by settings alone. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { rmSync } from 'node:fs'
import { copyFile, mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, suite, test } from 'node:test'
import { startKafka } from '../../stack/kafka.ts'
import { freePort } from '../../stack/ports.ts'
import { giveTo, postgresUser } from '../../stack/postgres-user.ts'
import { runFolder } from '../../stack/state.ts'
import { ensureTopic } from '../../stack/topic.ts'
import { bincardWith, settingsOf } from '../support/bincard.ts'
import { makeCertificate } from '../support/certificate.ts'
import { kafkaClasspath } from '../support/environment.ts'
import { openDatabase } from '../support/ledger.ts'
import { ownPostgres } from '../support/own-postgres.ts'
import { ownRedis } from '../support/own-redis.ts'
import { startService } from '../support/service-process.ts'
import { waitFor } from '../support/wait.ts'

const owner = { after }
const certificate = await makeCertificate(owner)
const samples = join(import.meta.dirname, '../../docs/samples')

const login = { user: 'bincard', password: 'correct-horse' }
const topic = `secured-${randomUUID()}`
const securePort = await startBroker()
const kafka = {
  KAFKA_BOOTSTRAP_SERVERS: `localhost:${securePort}`,
  KAFKA_SECURITY_PROTOCOL: 'SASL_SSL',
  KAFKA_SASL_USERNAME: login.user,
  KAFKA_SASL_PASSWORD: login.password,
  KAFKA_SSL_CA_LOCATION: certificate.certificateFile,
}

const postgres = await ownPostgres(owner, { durability: 'none' })
await postgres.start(await sslOfServer())
const database = { ...postgres.address, host: 'localhost' }
const postgresTls = { POSTGRES_SSLMODE: 'verify-full', POSTGRES_SSLROOTCERT: certificate.certificateFile }

const redis = await ownRedis(owner)
await redis.start()
const redisPort = await freePort()
for (const command of [
  `CONFIG SET tls-cert-file ${certificate.certificateFile}`,
  `CONFIG SET tls-key-file ${certificate.keyFile}`,
  `CONFIG SET tls-auth-clients no`,
  `CONFIG SET tls-port ${redisPort}`,
  `ACL SETUSER bincard on >${login.password} ~* +@all`,
  'CONFIG SET requirepass other',
])
  assert.equal(await redis.command(command), '+OK', command)
const redisTls = {
  REDIS_HOST: 'localhost',
  REDIS_PORT: String(redisPort),
  REDIS_TLS: 'true',
  REDIS_TLS_CA_FILE: certificate.certificateFile,
  REDIS_USERNAME: 'bincard',
  REDIS_PASSWORD: login.password,
}
const secured = { ...kafka, ...postgresTls, ...redisTls }

test('messages are consumed, produced, booked, cached and read, everything encrypted', async (t) => {
  const service = await startService(t, { database, topic, environment: { ...secured, CACHE_TTL: '60' } })
  await service.ready()
  const settings = {
    ...settingsOf({ database, topic }),
    ...secured,
    BINCARD_URL: `http://127.0.0.1:${service.port}`,
  }
  const bincard = bincardWith(settings)
  const byHttp = await bincard('send', 'file', join(samples, 'arrival.json'))
  assert.match(byHttp.stdout, /^booked /)
  assert.equal((await bincard('send', 'file', '--kafka', join(samples, 'departure.json'))).code, 0)
  const path = '/api/movements/c6290746-790e-43fa-8270-014dc90e02e0'
  const isWhole = async (): Promise<boolean> =>
    ((await service.get(path)).body as { status?: string }).status === 'departure_held'
  await waitFor('both sides', isWhole)
  await waitFor('an answer from the cache', async () => {
    const answer = await fetch(`http://127.0.0.1:${service.port}${path}`)
    return answer.headers.get('x-cache') === 'hit'
  })
  assert.equal((await bincard('verify')).code, 0)
  const doctor = (await bincard('doctor')).stdout
  for (const name of [
    'postgres.reachable',
    `kafka.server localhost:${securePort}`,
    'kafka.lag',
    'redis',
    'service',
  ])
    assert.match(doctor, new RegExp(`^✓ ${name} `, 'm'))
  const own = openDatabase(t, database)
  const plain = await own.query(
    `select application_name from pg_stat_activity a join pg_stat_ssl s using (pid)
     where not s.ssl and application_name like 'bincard%' and application_name <> 'bincard test'`,
  )
  assert.deepEqual(plain, [], 'a connection of the service is not encrypted')
  assert.equal(service.log.filter((line) => line.includes(login.password)).length, 0)
  assert.deepEqual(service.errors, [])
})

suite('who is not known, or not trusted, is refused with a reason', () => {
  const doctorWith = async (environment: Record<string, string>): Promise<string> =>
    (await bincardWith({ ...settingsOf({ database, topic }), ...secured, ...environment })('doctor')).stdout

  test('a wrong password, no login, no trust, a plain connection to a broker', async () => {
    const wrong = await doctorWith({ KAFKA_SASL_PASSWORD: 'wrong-password' })
    assert.match(wrong, /✗ kafka\.server .*authentication_failed/)
    assert.doesNotMatch(wrong, /wrong-password/)
    const noLogin = { KAFKA_SECURITY_PROTOCOL: 'SSL', KAFKA_SASL_USERNAME: '', KAFKA_SASL_PASSWORD: '' }
    assert.match(await doctorWith(noLogin), /✗ kafka\.server .*(broker_unreachable|request_timed_out)/)
    assert.match(await doctorWith({ KAFKA_SSL_CA_LOCATION: '' }), /✗ kafka\.server .*certificate_refused/)
  })

  test('a certificate of PostgreSQL that nobody vouches for, or of another name', async () => {
    assert.match(
      await doctorWith({ POSTGRES_SSLROOTCERT: '' }),
      /✗ postgres\.reachable .*certificate_refused/,
    )
    const byAnotherName = await doctorWith({ POSTGRES_HOST: '127.0.0.2' })
    assert.match(byAnotherName, /✗ postgres\.reachable .*(certificate_refused|database_unreachable)/)
    assert.match(
      await doctorWith({ POSTGRES_SSLMODE: 'require', POSTGRES_SSLROOTCERT: '' }),
      /✓ postgres\.reachable/,
      'require encrypts and checks nothing',
    )
  })

  test('Redis: a wrong password, a certificate that nobody vouches for', async () => {
    assert.match(await doctorWith({ REDIS_PASSWORD: 'wrong' }), /! redis .*redis_refused/)
    assert.match(await doctorWith({ REDIS_TLS_CA_FILE: '' }), /! redis .*redis_unreachable/)
  })
})

async function startBroker(): Promise<number> {
  const folder = runFolder(`test-kafka-${randomUUID()}`)
  const [port, tlsPort] = [await freePort(), await freePort()]
  const part = await startKafka({
    folder,
    port,
    heapMegabytes: 320,
    jars: { java: 'java', classpath: kafkaClasspath() },
    secured: { ...certificate, ...login, port: tlsPort },
    signal: new AbortController().signal,
  })
  after(async () => {
    await part.stop()
    rmSync(folder.path, { recursive: true, force: true })
  })
  await ensureTopic(`127.0.0.1:${port}`, topic, 3)
  return tlsPort
}

/** The server reads its key only from a file that is its own. */
async function sslOfServer(): Promise<Record<string, string>> {
  const folder = await mkdtemp(join(tmpdir(), 'bincard-ssl-'))
  after(async () => rmSync(folder, { recursive: true, force: true }))
  const files = { ssl_cert_file: join(folder, 'server.pem'), ssl_key_file: join(folder, 'server.key') }
  await copyFile(certificate.certificateFile, files.ssl_cert_file)
  await copyFile(certificate.keyFile, files.ssl_key_file)
  const user = postgresUser()
  if (user !== undefined) for (const path of [folder, ...Object.values(files)]) giveTo(user, path)
  return { ssl: 'on', ...files }
}
