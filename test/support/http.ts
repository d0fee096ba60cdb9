/** A server of the HTTP interface for one test, and answers that are held against the description it publishes. */
import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import { pino } from 'pino'
import type { ApiDependencies, Health, Observation } from '../../src/api/dependencies.ts'
import { defaultLimits } from '../../src/api/limits.ts'
import { uncachedPages } from '../../src/cache/page-reader.ts'
import { createServer, type ApiServer } from '../../src/api/server.ts'
import { createClient, type Client } from '../../src/client/client.ts'
import { operations } from '../../src/client/description.ts'
import { createIngest } from '../../src/ingest.ts'
import { createOpeningStock } from '../../src/opening-stock.ts'
import { createQuarantineDesk } from '../../src/quarantine-desk.ts'
import { kafkaFault } from '../../src/kafka/kafka-fault.ts'
import { ChangeFeed } from '../../src/live/change-feed.ts'
import type { Micros } from '../../src/message/event.ts'
import { BookedPositions } from '../../src/store/booked-positions.ts'
import { Database } from '../../src/store/database.ts'
import { freshDatabase } from './environment.ts'

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** Parsed; null for an empty body. */
  readonly body: unknown
}

export interface TestApi {
  readonly url: string
  readonly server: ApiServer
  readonly database: Database
  /** What the server reported of its requests, in order. */
  readonly observed: Observation[]
  /** What the server logged. */
  readonly logged: string[]
  /** Speaks to it as its users do; fails at an answer that is not as the description says. */
  readonly client: Client
  /** Asks, and fails if the answer is not as the description of `route` says. */
  get(route: string, path: string, init?: RequestInit): Promise<Answer>
  /** The same for `POST` with a JSON body. */
  post(route: string, path: string, body: unknown): Promise<Answer>
  /** Any POST, to an address without parameters in its path. */
  send(path: string, init: RequestInit): Promise<Answer>
}

export const routes = {
  movement: '/api/movements/{movement_id}',
  movements: '/api/movements',
  warehouses: '/api/warehouses',
  warehouseProducts: '/api/warehouses/{warehouse_id}/products',
  productWarehouses: '/api/products/{product_id}/warehouses',
  cardsQuery: '/api/cards/query',
  transit: '/api/transit',
  differences: '/api/differences',
  held: '/api/held',
  overview: '/api/overview',
  stream: '/api/stream',
  card: '/api/warehouses/{warehouse_id}/products/{product_id}',
  events: '/api/events',
  openingStock: '/api/opening-stock',
  quarantine: '/api/quarantine',
  quarantined: '/api/quarantine/{quarantine_id}',
  redrive: '/api/quarantine/{quarantine_id}/redrive',
  discard: '/api/quarantine/{quarantine_id}/discard',
  redriveAll: '/api/quarantine/redrive',
  live: '/health/live',
  ready: '/health/ready',
  serving: '/health/serving',
} as const

const ok = { state: 'ok', detail: null } as const
export const healthy: Health = { status: 'ready', dependencies: { postgres: ok, kafka: ok, intake: ok } }

/**
 * Starts a server on a fresh, migrated database, or on the one given. Both end with the test. There is no Kafka: the
 * topic of the positions is `movements`, and whatever is produced is refused as when the broker is away.
 */
export async function startApi(t: TestContext, changes: Partial<ApiDependencies> = {}): Promise<TestApi> {
  const database = changes.database ?? (await openFreshDatabase(t))
  const limits = changes.limits ?? defaultLimits
  const positions = new BookedPositions({ database, topic: 'movements' })
  const ways = {
    database,
    positions,
    producer: { produce: () => Promise.reject(kafkaFault('broker_unreachable')) },
    bookingWaitMs: limits.bookingWaitMs,
    clock: () => (Date.now() * 1000) as Micros,
  }
  const feed = new ChangeFeed({ database, topic: 'movements', onFailed: () => undefined })
  t.after(() => feed.stop())
  const observed: Observation[] = []
  const logged: string[] = []
  const server = createServer({
    host: '127.0.0.1',
    port: 0,
    health: () => healthy,
    serving: () => 'serving',
    isStopping: () => false,
    observe: (observation) => observed.push(observation),
    logger: pino({ level: 'error' }, { write: (line) => logged.push(line) }),
    version: '0.0.0-test',
    access: { keys: null, requestsPerSecond: 0 },
    corsOrigins: [],
    pages: uncachedPages(() => {}),
    ingest: createIngest(ways),
    openingStock: createOpeningStock({ ...ways, openingWaitMs: limits.openingWaitMs }),
    quarantine: createQuarantineDesk(ways),
    positions,
    countPartitions: async () => null,
    feed,
    topic: 'movements',
    logEnds: async () => null,
    overdue: { transitSeconds: 259_200, heldSeconds: 86_400 },
    bookingRate: () => null,
    bookingHistory: () => [],
    ...changes,
    limits,
    database,
  })
  const { port } = await server.start()
  t.after(() => server.stop())
  const url = `http://127.0.0.1:${port}`
  const check = await readContract(url)
  const get = async (route: string, path: string, init: RequestInit = {}) => {
    const answer = await ask(url + path, init)
    check('get', route, answer)
    return answer
  }
  const post = async (route: string, path: string, body: unknown) => {
    const headers = { 'content-type': 'application/json' }
    const answer = await ask(url + path, { method: 'POST', headers, body: JSON.stringify(body) })
    check('post', route, answer)
    return answer
  }
  const send = async (path: string, init: RequestInit) => {
    const answer = await ask(url + path, { method: 'POST', ...init })
    check('post', path.split('?', 1)[0] ?? path, answer)
    return answer
  }
  const client = createClient({
    baseUrl: url,
    fetch: async (address, init) => {
      const answer = await fetch(address, init)
      const method = init.method === 'POST' ? 'post' : 'get'
      check(method, routeOf(new URL(address).pathname), await read(answer.clone()))
      return answer
    },
  })
  return { url, server, database, observed, logged, client, get, post, send }
}

/** The route that a path is of; ids are all that differs. */
function routeOf(path: string): string {
  const isOf = (route: string) => new RegExp(`^${route.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path)
  const route = Object.values(operations).find((operation) => isOf(operation.path))?.path
  assert(route !== undefined, `no route is at ${path}`)
  return route
}

/** A migrated database that nobody else uses. */
export async function openFreshDatabase(t: TestContext, limitMs?: number): Promise<Database> {
  const { host, port, user, password, database } = await freshDatabase(t)
  return openTestDatabase(t, { host, port, user, password, database }, limitMs)
}

/** A machine that others use, too, takes its time. */
const patientMs = 10_000
/** Of a database that is to be seen as away. */
export const impatientMs = 1000

/** Opens a database, each wait for which has this limit; it is closed when the test ends. */
export function openTestDatabase(
  t: TestContext,
  address: { host: string; port: number; user: string; password: string; database: string },
  limitMs = patientMs,
): Database {
  const database = new Database({
    ...address,
    poolSize: 5,
    connectTimeoutMs: limitMs,
    statementTimeoutMs: limitMs,
    lockTimeoutMs: limitMs,
    queueTimeoutMs: limitMs,
    applicationName: 'bincard-test',
  })
  t.after(() => database.close())
  return database
}

/** Asks once, whatever comes. Of an answer without an end only the head is looked at. */
export async function ask(url: string, init: RequestInit = {}): Promise<Answer> {
  return await read(await fetch(url, { redirect: 'manual', ...init }))
}

async function read(response: Response): Promise<Answer> {
  const isEndless = response.headers.get('content-type')?.startsWith('text/event-stream') === true
  if (isEndless) await response.body?.cancel()
  const text = isEndless ? '' : await response.text()
  const isJson = /json/.test(response.headers.get('content-type') ?? '') && text !== ''
  return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : null }
}

/** Fails if the body is not what the description says for this route, status and media type. */
type Method = 'get' | 'post'
type Check = (method: Method, route: string, answer: Answer) => void

interface Contract {
  readonly paths: Record<
    string,
    { readonly [method in Method]?: { readonly responses: Record<string, { content?: object }> } }
  >
}

/** Reads the description that a server publishes; what it gives checks an answer against it. */
export async function readContract(url: string): Promise<Check> {
  const document = (await ask(`${url}/openapi.json`)).body as Contract & object
  const ajv = new Ajv2020({ strict: false, allErrors: true })
  formats.default(ajv)
  ajv.addSchema(document, 'openapi')
  return (method, route, { status, headers, body }) => {
    const mediaType = headers.get('content-type')?.split(';', 1)[0] ?? ''
    const answers = document.paths[route]?.[method]?.responses[status]
    const described = answers === undefined ? undefined : (answers.content ?? {})
    assert(described !== undefined, `${route} does not describe an answer ${status}`)
    assert.deepEqual(Object.keys(described), mediaType === '' ? [] : [mediaType])
    if (body === null) return
    const place = ['paths', route, method, 'responses', String(status), 'content', mediaType, 'schema']
    const pointer = place
      .map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1')))
      .join('/')
    const validate = ajv.getSchema(`openapi#/${pointer}`)
    assert(validate !== undefined)
    assert(validate(body), ajv.errorsText(validate.errors))
  }
}
