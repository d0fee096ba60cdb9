/** A server with books and keys, asked by whoever means no good; every answer is held against its description. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { Agent, request, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http'
import { text as readText } from 'node:stream/consumers'
import type { TestContext } from 'node:test'
import { defaultLimits } from '../../src/api/limits.ts'
import { problems } from '../../src/api/problems.ts'
import { createIngest } from '../../src/ingest.ts'
import { createOpeningStock } from '../../src/opening-stock.ts'
import { BookedPositions } from '../../src/store/booked-positions.ts'
import { createLogger } from '../../src/telemetry/logger.ts'
import { clock, freshDesk } from './desk.ts'
import { arrival, departure, movement, product, warehouse } from './events.ts'
import { ask as askPlainly, readContract, startApi, type Answer } from './http.ts'
import { testKey } from './keys.ts'
import { toJson } from './memory-log.ts'

export interface Operation {
  readonly method: 'get' | 'post'
  readonly path: string
  readonly parameters: readonly { readonly name: string; readonly in: 'path' | 'query' | 'header' }[]
  readonly mediaTypes: readonly string[]
}

export interface Ask {
  readonly operation: Operation
  /** Values of parameters as they stand in an address. In the path all others are right, elsewhere they are left out. */
  readonly values?: Readonly<Record<string, string>>
  /** In place of the query that the values make. */
  readonly query?: string
  readonly headers?: OutgoingHttpHeaders
  readonly body?: string | Buffer
}

export interface HostileScene {
  readonly url: string
  readonly operations: readonly Operation[]
  /** A right value of each parameter that has one. */
  readonly right: Readonly<Record<string, string>>
  /** Asks with the key of an administrator, and fails at an answer that tells too much or is not as described. */
  ask(ask: Ask): Promise<{ readonly status: number; readonly text: string }>
  askAll(asks: readonly Ask[]): Promise<void>
  /** Questions so far. */
  asked(): number
  /** Fails unless the server still answers, has logged no error and no secret, and the books are as before but for this. */
  assertUnharmed(changes?: { readonly booked: number; readonly settled: number }): Promise<void>
}

const admin = testKey('admin', 'admin')
/** A key that the server does not know. */
export const strangersKey = testKey('stranger', 'admin')

const root = import.meta.dirname.replace(/test.support$/, '')
/** No answer may have these. A problem repeats the path that was asked for, so nothing hostile has them either. */
const insides = [admin.secret, strangersKey.secret, root]
const insideWords =
  /node_modules|node:internal|\.ts:\d|^\s+at |\b(?:from|into|update) [a-z_]+ (?:where|set|values)|ECONN|SQLSTATE/m
/** What says nothing of the operation that was meant: the address was of none, or of another. */
const elsewhere: readonly (string | undefined)[] = ['route_unknown', 'method_not_allowed']

const requestsAtOnce = 8
/** A hostile `after` that is well-formed is waited for so long. */
const bookingWaitMs = 50

const right = {
  movement_id: movement(1),
  warehouse_id: warehouse(1),
  product_id: product(1),
  quarantine_id: '1',
  limit: '1',
  after: '0:0',
  from: '2025-01-01T00:00:00Z',
  to: '2125-01-01T00:00:00Z',
  as_of: '2025-01-01T00:00:00Z',
  event: 'arrival',
  code: 'not_json',
  status: 'open',
  older_than: '0',
  dry_run: 'true',
}

/** Each list has more than one page, if pages are of one item. */
const booked = [
  arrival({ movement: 1, quantity: 50 }),
  arrival({ movement: 2, quantity: 50 }),
  arrival({ movement: 3, product: 2, quantity: 50 }),
  arrival({ movement: 4, warehouse: 2, quantity: 50 }),
  ...[5, 6].map((number) => departure({ movement: number, quantity: 1 })),
  ...[7, 8].map((number) => departure({ movement: number, quantity: 1_000_000 })),
  ...[9, 10].flatMap((number) => [
    departure({ movement: number, quantity: 2 }),
    arrival({ movement: number, warehouse: 2, at: 60, quantity: 1 }),
  ]),
]

export async function startHostileScene(t: TestContext): Promise<HostileScene> {
  const scene = await freshDesk(t)
  const { producer, desk, ledger } = scene
  const { database } = ledger
  const values = [...booked.map(toJson), '{"id": ', '{"id": ']
  await scene.receive(values.map((value) => ({ value: Buffer.from(value) })))
  const limits = { ...defaultLimits, bookingWaitMs, openingWaitMs: bookingWaitMs }
  const positions = new BookedPositions({ database, topic: 'movements' })
  const ways = { database, positions, producer, clock }
  const logged: string[] = []
  const { url } = await startApi(t, {
    database,
    positions,
    quarantine: desk,
    ingest: createIngest({ ...ways, bookingWaitMs: 1000 }),
    openingStock: createOpeningStock({ ...ways, openingWaitMs: bookingWaitMs }),
    limits,
    access: { keys: [admin.key], requestsPerSecond: 0 },
    logger: createLogger({
      version: '0',
      level: 'debug',
      destination: { write: (line) => logged.push(line) },
    }),
  })
  const check = await readContract(url)
  const operations = await readOperations(url)
  const countRows = async () =>
    await database.query<object>(
      `select (select count(*) from movement_leg)::int as legs, (select count(*) from card_line)::int as lines,
         (select count(*) from quarantine where status = 'open')::int as quarantined`,
    )
  const [before] = await countRows()
  const { port } = new URL(url)
  const kept = new Agent({ keepAlive: true })
  // A connection on which a body was refused half-way is of no use for the next request.
  const single = new Agent({ keepAlive: false })
  t.after(() => kept.destroy())

  let count = 0
  const ask = async (asked: Ask): Promise<{ status: number; text: string }> => {
    count += 1
    const { operation, body } = asked
    const address = addressOf(asked)
    const headers = { ...admin.headers, ...headerValues(asked), ...asked.headers }
    const agent = body === undefined ? kept : single
    const method = operation.method.toUpperCase()
    const sent = request({ host: '127.0.0.1', port, path: address, method, headers, agent })
    sent.end(body)
    const [answer] = (await once(sent, 'response')) as [IncomingMessage]
    const read = await readAnswer(answer)
    const place = `${operation.method} ${address.slice(0, 200)} ${JSON.stringify(asked.headers ?? {}).slice(0, 200)} ${String(body ?? '').slice(0, 100)} → ${read.status} ${read.text.slice(0, 300)}`
    assert.ok(read.status < 500, place)
    assert.ok(
      !tellsTooMuch(read.text + JSON.stringify(answer.headers)),
      `the answer tells too much: ${place}`,
    )
    if (read.status < 400) check(operation.method, operation.path, read)
    else if (!elsewhere.includes(assertProblem(read, place))) check(operation.method, operation.path, read)
    return read
  }

  return {
    url,
    operations,
    right,
    ask,
    asked: () => count,
    askAll: async (asks) => {
      const waiting = [...asks]
      const askInTurn = async (): Promise<void> => {
        for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) await ask(next)
      }
      await Promise.all(Array.from({ length: requestsAtOnce }, askInTurn))
    },
    assertUnharmed: async ({ booked: more, settled } = { booked: 0, settled: 0 }) => {
      assert.equal((await askPlainly(`${url}/health/live`)).status, 200)
      const movementUrl = `${url}/api/movements/${right.movement_id}`
      assert.equal((await askPlainly(movementUrl, { headers: admin.headers })).status, 200)
      const { legs = 0, lines = 0, quarantined = 0 } = (before ?? {}) as Record<string, number>
      assert.deepEqual(await countRows(), [
        { legs: legs + more, lines: lines + more, quarantined: quarantined - settled },
      ])
      assert.deepEqual(
        logged.filter((line) => !line.includes('"level":"info"') || tellsTooMuch(line)),
        [],
      )
    },
  }
}

function tellsTooMuch(text: string): boolean {
  return insides.some((inside) => text.includes(inside)) || insideWords.test(text)
}

function addressOf({ operation, values = {}, query }: Ask): string {
  const known: Readonly<Record<string, string>> = { ...right, ...values }
  const path = operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => known[name] ?? '')
  const inQuery = operation.parameters.filter((one) => one.in === 'query' && values[one.name] !== undefined)
  const made = inQuery.map(({ name }) => `${name}=${values[name]}`).join('&')
  const whole = query ?? made
  return whole === '' ? path : `${path}?${whole}`
}

function headerValues({ operation, values = {} }: Ask): OutgoingHttpHeaders {
  const inHeaders = operation.parameters.filter(
    (one) => one.in === 'header' && values[one.name] !== undefined,
  )
  return Object.fromEntries(inHeaders.map(({ name }) => [name, values[name]]))
}

/** Of an answer without an end only the head is looked at. */
async function readAnswer(answer: IncomingMessage): Promise<Answer> {
  const headers = new Headers(
    Object.entries(answer.headers).map(([name, value]): [string, string] => [name, String(value)]),
  )
  const isEndless = headers.get('content-type')?.startsWith('text/event-stream') === true
  if (isEndless) answer.destroy()
  const text = isEndless ? '' : await readText(answer)
  const isJson = /json/.test(headers.get('content-type') ?? '') && text !== ''
  return { status: answer.statusCode ?? 0, headers, text, body: isJson ? JSON.parse(text) : null }
}

/** The code of the problem. */
function assertProblem({ status, headers, body }: Answer, place: string): string {
  assert.match(headers.get('content-type') ?? '', /^application\/problem\+json(?:;|$)/, place)
  const { code, status: told } = body as { code: keyof typeof problems; status: number }
  assert.deepEqual([told, problems[code].status], [status, status], place)
  return code
}

interface Document {
  readonly paths: Record<
    string,
    Record<
      string,
      { parameters?: Operation['parameters']; requestBody?: { content: Readonly<Record<string, unknown>> } }
    >
  >
}

async function readOperations(url: string): Promise<readonly Operation[]> {
  const { paths } = (await askPlainly(`${url}/openapi.json`)).body as Document
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { parameters = [], requestBody }]) => {
      assert(method === 'get' || method === 'post')
      return { method, path, parameters, mediaTypes: Object.keys(requestBody?.content ?? {}) }
    }),
  )
}
