import type { Admin } from '@platformatic/kafka'
import type { Database } from '../../src/store/database.ts'
import { waitUntil } from '../../stack/wait.ts'
import { openDatabase, using, type DatabaseAddress, type Databases } from '../databases.ts'
import { startProcess, type BenchProcess } from '../process.ts'
import { closeGate, gateEnvironment } from './gate.ts'
import { readShares } from './group.ts'
import { batchesOfEach, isShared, nameOf, type Layout } from './layout.ts'
import { assertWhole, readTrouble } from './after.ts'

export interface Running {
  readonly databases: Databases
  readonly kafkaServers: string
  readonly admin: Admin
  /** Processor time so far of what is not ours; null where the system does not tell. */
  readonly cpuSeconds: { readonly postgres: () => number | null; readonly kafka: () => number | null }
  /** Of all replicas together; null leaves each its own default. */
  readonly batchesAtOnce: number | null
  readonly signal: AbortSignal
}

/** A topic that is full, and the stock to begin with. */
export interface Course {
  readonly template: string
  readonly topic: string
  readonly messages: number
  /** Messages that are booked in the template. */
  readonly before: number
}

/** What one layout took, from a tenth of the topic to its end. */
export interface Run {
  readonly messagesPerSecond: number
  /** How many messages were timed. */
  readonly messages: number
  /** Microseconds of processor a message, of all replicas together, of PostgreSQL and of Kafka. */
  readonly serviceCpu: number | null
  readonly postgresCpu: number | null
  readonly kafkaCpu: number | null
  readonly walBytesPerMessage: number
  /** Of the largest replica. */
  readonly peakMemoryBytes: number | null
  /** Transactions that were rolled back, by us or by PostgreSQL; and how many of them for a deadlock. */
  readonly rolledBack: number
  readonly deadlocks: number
}

interface Moment {
  readonly atMs: number
  readonly booked: number
  readonly walBytes: number
  readonly service: number | null
  readonly postgres: number | null
  readonly kafka: number | null
}

const lookEveryMs = 20
/** A member joins within seconds of its start. */
const settleLimitMs = 60_000
const bookLimitMs = 5 * 60_000
/** So much of the topic is not timed: code is compiled, pages are in memory. */
const warmShare = 0.1

/**
 * Processes of the service eat a topic that is full. They begin when the group has given each its share, and wait at a gate
 * until then: else the first one would book alone for seconds, and the handing over would be timed. (To fill the topic
 * meanwhile would take processor time from those who are timed.)
 *
 * @throws {StackError} when something does not happen in time; an error when the books are not whole in the end
 */
export async function runLayout(running: Running, course: Course, layout: Layout): Promise<Run> {
  const { databases, kafkaServers, batchesAtOnce } = running
  const { topic } = course
  const environment = {
    ...gateEnvironment,
    ...(batchesAtOnce === null ? {} : { BATCHES_AT_ONCE: String(batchesOfEach(batchesAtOnce, layout)) }),
  }
  return await databases.copyOf(course.template, async (address) => {
    const gate = await closeGate(address)
    const start = () =>
      startProcess({
        program: 'src/main.ts serve',
        database: address,
        kafkaServers,
        topic,
        environment,
      })
    const started = await Promise.allSettled(Array.from({ length: layout.replicas }, start))
    const replicas = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
    try {
      for (const one of started) if (one.status === 'rejected') throw one.reason
      await untilShared(running, { course, layout, address })
      await gate.open()
      return await using(openDatabase(address, { poolSize: 1 }), async (database) =>
        timeReplicas(running, { course, replicas, database }),
      )
    } finally {
      await gate.open()
      await Promise.all(replicas.map((replica) => replica.stop()))
    }
  })
}

interface Timed {
  readonly course: Course
  readonly replicas: readonly BenchProcess[]
  readonly database: Database
}

async function timeReplicas(running: Running, timed: Timed): Promise<Run> {
  const { course, replicas, database } = timed
  const look = (): Promise<Moment> => momentOf(running, timed)
  const from = await untilBooked(look, course.messages * warmShare, running.signal)
  const to = await untilBooked(look, course.messages, running.signal)
  const peaks = replicas.map((replica) => replica.peakMemoryBytes()).filter((peak) => peak !== null)
  await Promise.all(replicas.map((replica) => replica.stop()))
  await assertWhole(database, course)
  return {
    ...between(from, to),
    peakMemoryBytes: peaks.length === 0 ? null : Math.max(...peaks),
    ...(await readTrouble(database)),
  }
}

/** What a message took between two moments. */
export function between(from: Moment, to: Moment): Omit<Run, 'peakMemoryBytes' | 'rolledBack' | 'deadlocks'> {
  const messages = to.booked - from.booked
  const cpu = (part: 'service' | 'postgres' | 'kafka'): number | null => {
    const [before, after] = [from[part], to[part]]
    return before === null || after === null ? null : ((after - before) * 1e6) / messages
  }
  return {
    messages,
    messagesPerSecond: (messages * 1000) / (to.atMs - from.atMs),
    serviceCpu: cpu('service'),
    postgresCpu: cpu('postgres'),
    kafkaCpu: cpu('kafka'),
    walBytesPerMessage: (to.walBytes - from.walBytes) / messages,
  }
}

async function untilShared(
  { admin, signal }: Running,
  { course, layout, address }: { course: Course; layout: Layout; address: DatabaseAddress },
): Promise<void> {
  // Their group has the name of their database.
  const isSo = async () => isShared(await readShares(admin, address.database, course.topic), layout)
  const what = `The sharing of ${nameOf(layout)}`
  await waitUntil(isSo, { what, limitMs: settleLimitMs, everyMs: lookEveryMs, signal })
}

/** Answers what it looked like then. */
async function untilBooked(
  look: () => Promise<Moment>,
  messages: number,
  signal: AbortSignal,
): Promise<Moment> {
  let seen = await look()
  const isSo = async (): Promise<boolean> => {
    if (seen.booked < messages) seen = await look()
    return seen.booked >= messages
  }
  const what = `The booking of ${messages} messages`
  await waitUntil(isSo, { what, limitMs: bookLimitMs, everyMs: lookEveryMs, signal })
  return seen
}

async function momentOf({ cpuSeconds }: Running, { course, replicas, database }: Timed): Promise<Moment> {
  const [row] = await database.query<{ booked: number; wal: number }>(
    `select coalesce(sum(next_offset), 0)::bigint as booked,
       pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint as wal
     from kafka_position where topic = $1`,
    [course.topic],
  )
  const times = replicas.map((replica) => replica.cpuSeconds())
  return {
    atMs: performance.now(),
    booked: row?.booked ?? 0,
    walBytes: row?.wal ?? 0,
    service: times.every((time) => time !== null) ? times.reduce((sum, time) => sum + time, 0) : null,
    postgres: cpuSeconds.postgres(),
    kafka: cpuSeconds.kafka(),
  }
}
