/**
 * What a test needs of the outside: a database and a topic of its own. The parts themselves are started by
 * `npm test` (test/run.ts), or are any that the same variables name.
 */
import { createHash, randomUUID } from 'node:crypto'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { Database } from '../../src/store/database.ts'
import { migrate } from '../../src/store/migrate.ts'
import { ensureTopic, withAdmin } from '../../stack/topic.ts'

/** Where a test's database is, in the shape in which the store takes it. */
export interface DatabaseAddress {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  readonly database: string
}

export interface FreshDatabase extends DatabaseAddress {
  readonly url: string
}

/** A test, or `{ after }` of node:test for something that a whole file shares. */
export interface Owner {
  after(tidyUp: () => Promise<void>): void
}

/**
 * A migrated, empty database of this test alone; dropped when the test ends, whoever is still connected. Takes
 * about 50 ms, being a copy of one that is migrated once for each run.
 */
export async function freshDatabase(owner: Owner): Promise<FreshDatabase> {
  const server = new URL(given('BINCARD_TEST_POSTGRES'))
  const name = `test_${randomUUID().replaceAll('-', '')}`
  await asAdministrator(server, async (client) => {
    const template = await ensureTemplate(client, server)
    await client.query(`create database ${name} template ${template}`)
  })
  owner.after(() =>
    asAdministrator(server, async (client) => {
      await client.query(`drop database ${name} with (force)`)
    }),
  )
  return addressOf(server, name)
}

/** `host:port` of the broker. */
export function kafkaAddress(): string {
  return given('BINCARD_TEST_KAFKA')
}

/** The Redis of the tests. Keys begin with a database's own epoch: nobody needs one alone. */
export function redisAddress(): { host: string; port: number } {
  const { hostname: host, port } = new URL(`redis://${given('BINCARD_TEST_REDIS')}`)
  return { host, port: Number(port) }
}

/** The program `redis-server`. */
export function redisProgram(): string {
  return given('BINCARD_TEST_REDIS_PROGRAM')
}

/** The jars of Apache Kafka, for tests that start a Java client: `java -cp CLASSPATH …`. */
export function kafkaClasspath(): string {
  return given('BINCARD_TEST_KAFKA_CLASSPATH')
}

/** The name of a new, empty topic of this test alone; deleted when the test ends. */
export async function freshTopic(owner: Owner, partitions: number): Promise<string> {
  const topic = `test-${randomUUID()}`
  await ensureTopic(kafkaAddress(), topic, partitions)
  owner.after(() => withAdmin(kafkaAddress(), (admin) => admin.deleteTopics({ topics: [topic] })))
  return topic
}

function given(name: string): string {
  const value = process.env[name]
  if (value === undefined || value === '') throw new Error(`${name} is not set: run the tests with npm test`)
  return value
}

function addressOf(server: URL, database: string): FreshDatabase {
  const url = new URL(`/${database}`, server)
  const [user, password] = [decodeURIComponent(url.username), decodeURIComponent(url.password)]
  return { url: url.href, host: url.hostname, port: Number(url.port || 5432), user, password, database }
}

/** Any number, as long as all test processes take the same: one makes the template, the others wait. */
const templateLock = 8_150_042

/** Named by the migrations it was made of, so that a server that is used again never has a stale one. */
async function ensureTemplate(client: Client, server: URL): Promise<string> {
  const name = `template_${fingerprintOfMigrations()}`
  await client.query('select pg_advisory_lock($1)', [templateLock])
  try {
    const found = await client.query('select from pg_database where datname = $1', [name])
    if (found.rowCount !== 0) return name
    await client.query(`drop database if exists ${name}_making`)
    await client.query(`create database ${name}_making`)
    await migrateDatabase(addressOf(server, `${name}_making`))
    await renameWhenUnused(client, { from: `${name}_making`, to: name })
    return name
  } finally {
    await client.query('select pg_advisory_unlock($1)', [templateLock])
  }
}

function fingerprintOfMigrations(): string {
  const folder = join(import.meta.dirname, '../../src/store/migrations')
  const hash = createHash('sha256')
  for (const file of globSync('*.sql', { cwd: folder }).sort()) {
    hash.update(file).update(readFileSync(join(folder, file)))
  }
  return hash.digest('hex').slice(0, 16)
}

async function migrateDatabase(address: DatabaseAddress): Promise<void> {
  const database = new Database({
    ...address,
    poolSize: 1,
    connectTimeoutMs: 5_000,
    statementTimeoutMs: 60_000,
    lockTimeoutMs: 60_000,
    queueTimeoutMs: 5_000,
    applicationName: 'bincard test template',
  })
  try {
    await migrate(database)
  } finally {
    await database.close()
  }
}

/** A closed connection is gone from the server a moment later, and a database in use has to keep its name. */
async function renameWhenUnused(client: Client, { from, to }: { from: string; to: string }): Promise<void> {
  const inUse = '55006'
  for (let tries = 1; ; tries += 1) {
    try {
      await client.query(`alter database ${from} rename to ${to}`)
      return
    } catch (error) {
      const isInUse = error instanceof Error && 'code' in error && error.code === inUse
      if (!isInUse || tries > 100) throw error
      await sleep(20)
    }
  }
}

async function asAdministrator(server: URL, work: (client: Client) => Promise<void>): Promise<void> {
  const client = new Client({ connectionString: server.href })
  await client.connect()
  try {
    await work(client)
  } finally {
    await client.end()
  }
}
