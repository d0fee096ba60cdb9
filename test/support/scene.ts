/**
 * The scene of a fault: a database, a topic, replicas of the service, a workload with its oracle, and readers at the
 * side; and the invariants that hold at its end, whatever was done to any of them.
 *
 *   I1 no card below zero in any page that was read     I5 cards and movements are those of the oracle
 *   I2 lines gapless, balances right                    I6 the cache tells what the store tells
 *   I3 each report booked at most once                  I7 no unhandled rejection, handles back where they were
 *   I4 each message has its outcome: none is lost       I8 Σ cards + Σ transit = Σ held
 */
import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { readTally } from '../../src/store/position.ts'
import type { Database } from '../../src/store/database.ts'
import { assertSameAsModel, checkBooks, type Books } from './books.ts'
import { freshDatabase, freshTopic, kafkaAddress, type DatabaseAddress, type Owner } from './environment.ts'
import { openDatabase } from './ledger.ts'
import { send } from './send.ts'
import { startService, type ServiceProcess } from './service-process.ts'
import { startSideReaders, type SideReaders } from './side-readers.ts'
import { waitFor } from './wait.ts'
import { makeWorkload, type Workload } from './workload.ts'

export interface SceneOptions {
  readonly seed: number
  readonly messages: number
  readonly partitions?: number
  readonly products?: number
  /** A database of its own on the tests' server if left out. */
  readonly database?: DatabaseAddress
  /** Brokers and a topic on them; the tests' broker and a topic of its own if left out. */
  readonly kafka?: { readonly servers: string; readonly topic: string }
  /** No cache if left out. */
  readonly redis?: { readonly host: string; readonly port: number }
  /** For all replicas; goes over everything else. */
  readonly environment?: Readonly<Record<string, string>>
}

export interface Scene {
  readonly address: DatabaseAddress
  /** Connections of the test's own. */
  readonly database: Database
  readonly topic: string
  readonly workload: Workload
  /** Messages of the workload. */
  readonly total: number
  /** All that were ever started and not given up with `forget`. */
  readonly replicas: readonly ServiceProcess[]
  startReplica(environment?: Readonly<Record<string, string>>): Promise<ServiceProcess>
  /** It was killed on purpose: nothing more is expected of it. */
  forget(replica: ServiceProcess): void
  /** Sends the workload, or the part of it between two shares from 0 to 1; resolves when the broker has it. */
  feed(from?: number, to?: number): Promise<void>
  /** Messages that have their outcome; of what the database said last, while it is away. */
  booked(): Promise<number>
  /** Waits until so many messages have their outcome: a share from 0 to 1 of all. */
  untilBooked(share: number, limitMs?: number): Promise<void>
  /** Readers of the busiest cards, on all replicas. */
  readAtTheSide(options?: { readers?: number; pauseMs?: number }): SideReaders
  /** Waits until all is booked, then checks I1 to I8 and ends the replicas in good order. */
  settle(options?: { limitMs?: number; extraMessages?: number }): Promise<Books>
}

/** A process has a few handles more than after its start: connections to brokers and databases that it keeps. */
const handleSlack = 40
/** Cards whose cached page is compared with the store. */
const comparedCards = 50

export async function setScene(owner: Owner, options: SceneOptions): Promise<Scene> {
  const { seed, messages, partitions = 6, products, redis, environment = {} } = options
  const address = options.database ?? (await freshDatabase(owner))
  const topic = options.kafka?.topic ?? (await freshTopic(owner, partitions))
  const servers = options.kafka?.servers ?? kafkaAddress()
  const workload = makeWorkload({
    seed,
    messages,
    partitions,
    ...(products === undefined ? {} : { products }),
  })
  const total = workload.sent.length
  const database = openDatabase(owner, address)
  const replicas: ServiceProcess[] = []
  const handlesAtStart = new Map<ServiceProcess, number>()
  const readers: SideReaders[] = []
  let lastBooked = 0

  const booked = async (): Promise<number> => {
    try {
      const [row] = await database.query<{ sum: number }>(
        'select coalesce(sum(next_offset), 0)::bigint as sum from kafka_position where topic = $1',
        [topic],
      )
      lastBooked = row?.sum ?? 0
    } catch {
      // The database is away, or has no tables yet.
    }
    return lastBooked
  }
  const waitForBooked = async (count: number, limitMs: number): Promise<void> => {
    await waitFor(`${count} messages`, async () => (await booked()) >= count, { limitMs, everyMs: 50 })
  }
  const scene: Scene = {
    address,
    database,
    topic,
    workload,
    total,
    replicas,
    startReplica: async (more = {}) => {
      const replica = await startService(owner, {
        database: address,
        topic,
        environment: {
          KAFKA_BOOTSTRAP_SERVERS: servers,
          HTTP_RATE_LIMIT: '0',
          ...(redis === undefined
            ? {}
            : { CACHE_TTL: '60', REDIS_HOST: redis.host, REDIS_PORT: String(redis.port) }),
          ...environment,
          ...more,
        },
      })
      replicas.push(replica)
      handlesAtStart.set(replica, handlesOf(replica))
      return replica
    },
    forget: (replica) => void replicas.splice(replicas.indexOf(replica) >>> 0, 1),
    feed: async (from = 0, to = 1) => {
      const part = workload.sent.slice(Math.floor(from * total), Math.floor(to * total))
      await send(topic, part, { servers })
    },
    booked,
    untilBooked: (share, limitMs = 120_000) => waitForBooked(Math.floor(share * total), limitMs),
    readAtTheSide: ({ readers: count = 2, pauseMs = 20 } = {}) => {
      const side = startSideReaders({
        addresses: () => replicas.map(({ port }) => `http://127.0.0.1:${port}`),
        paths: busiestCards(workload),
        readers: count,
        pauseMs,
      })
      readers.push(side)
      // Also where the test fails: who still reads would keep its process from ending.
      owner.after(async () => void (await side.stop()))
      return side
    },
    settle: async ({ limitMs = 120_000, extraMessages = 0 } = {}) => {
      await waitForBooked(total + extraMessages, limitMs)
      for (const side of readers) assert.deepEqual((await side.stop()).wrong, [])
      assert.equal(await booked(), total + extraMessages, 'more was booked than was sent')
      const { messagesSettled } = await readTally(database)
      assert.equal(messagesSettled, total + extraMessages, 'messages whose outcome was counted')
      const books = await checkBooks(database)
      assertSameAsModel(books, workload.model)
      const [quarantined] = await database.query<{ count: number }>('select count(*) from quarantine')
      assert.equal(quarantined?.count, workload.poison, 'messages in quarantine')
      for (const replica of replicas) {
        assert.equal(replica.exit(), null, `a replica has ended: ${replica.log.slice(-3).join('\n')}`)
        if (redis !== undefined) await assertCacheAgrees(replica, workload)
        await assertHandlesAreBack(replica, handlesAtStart.get(replica) ?? 0)
      }
      for (const replica of replicas) {
        assert.equal(await replica.end('SIGTERM'), 0, `its end: ${replica.log.slice(-3).join('\n')}`)
        assert.deepEqual(
          replica.log.filter((line) => /unhandled rejection|"level":"fatal"/.test(line)),
          [],
        )
      }
      return books
    },
  }
  return scene
}

/** Paths of the cards with most lines. */
export function busiestCards({ model }: Workload, count = 20): string[] {
  return [...model.cards]
    .toSorted(([, a], [, b]) => b.lines.length - a.lines.length)
    .slice(0, count)
    .map(([key]) => {
      const [warehouse, product] = key.split('/')
      return `/api/warehouses/${warehouse}/products/${product}`
    })
}

/** Within a second of quiet: what is cached is what the store has. */
async function assertCacheAgrees(replica: ServiceProcess, workload: Workload): Promise<void> {
  for (const path of busiestCards(workload, comparedCards)) {
    const fresh = await pageOf(replica, `${path}?limit=49`)
    await waitFor(`the newest page of ${path}`, async () => (await pageOf(replica, path)) === fresh, {
      limitMs: 5_000,
    })
  }
}

async function pageOf(replica: ServiceProcess, path: string): Promise<string> {
  const { body } = await replica.get(path)
  const { quantity, held_quantity: held, last_line: line } = body as Record<string, unknown>
  return JSON.stringify([quantity, held, line])
}

async function assertHandlesAreBack(replica: ServiceProcess, atStart: number): Promise<void> {
  await waitFor(
    `the handles of ${replica.pid} to be back near ${atStart}`,
    () => handlesOf(replica) <= atStart + handleSlack,
  )
}

/** Open files and connections of the process. */
export function handlesOf({ pid }: ServiceProcess): number {
  return readdirSync(`/proc/${pid}/fd`).length
}
