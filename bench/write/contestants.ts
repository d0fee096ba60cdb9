/** The ways of booking a stream, each from the same start: a database with the stock in it, and a topic that is full. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Databases, DatabaseAddress } from '../databases.ts'
import { openDatabase, using } from '../databases.ts'
import { startProcess } from '../process.ts'
import { batchMessages, batchWriter, book } from './book.ts'
import { RawRows, rawTable, type RawEvent } from './raw-rows.ts'
import { Stopwatch } from './stopwatch.ts'
import type { Stream } from './stream.ts'
import { fillTopic } from './topics.ts'

export interface Writing {
  readonly databases: Databases
  readonly kafkaServers: string
  readonly signal: AbortSignal
}

export interface Written {
  /** Messages a second. */
  readonly rate: number
  /** Of the process that consumed, where it was one of its own. */
  readonly peakMemoryBytes: number | null
}

/** As many as there are cores on the machine of the figures. */
const lanes = 2
const lookEveryMs = 10
const consumeLimitMs = 10 * 60_000

export const rawTemplate = 'raw'
export const stockOf = ({ name }: Stream): string => `stock of ${name}`
export const topicOf = ({ name }: Stream): string => `bench-${name.replaceAll(' ', '-')}`

/** The templates and the topic of a stream. */
export async function prepareStream({ databases, kafkaServers }: Writing, stream: Stream): Promise<void> {
  await databases.template(rawTemplate, async (database) => void (await database.query(rawTable)))
  await databases.template(stockOf(stream), async (database) => {
    const before = stream.before.map((report) => ({ partition: 0, report }))
    await book(batchWriter(database), { topic: 'before', partition: 0 }, before)
  })
  await fillTopic(kafkaServers, topicOf(stream), stream)
}

/** Ceiling A: COPY from memory, on as many connections as we have lanes. */
export async function copyFromMemory({ databases }: Writing, stream: Stream): Promise<Written> {
  const rows = new RawRows()
  return await databases.copyOf(rawTemplate, async (address) =>
    inLanes(address, stream, async (database, watch, _, messages) => {
      for (let start = 0; start < messages.length; start += batchMessages) {
        const slice = messages.slice(start, start + batchMessages)
        const events = slice.flatMap(({ report, partition }, index): RawEvent[] =>
          report === 'unreadable' ? [] : [{ event: report, partition, offset: start + index }],
        )
        const copy = rows.encode(events)
        await database.transaction((session) => session.copy(RawRows.statement, copy))
        watch.add(slice.length)
      }
    }),
  )
}

/** Our store, without Kafka. */
export async function storeAlone({ databases }: Writing, stream: Stream): Promise<Written> {
  return await databases.copyOf(stockOf(stream), async (address) => {
    let parts: ReturnType<typeof batchWriter> | undefined
    return await inLanes(address, stream, async (database, watch, partition, messages) => {
      parts ??= batchWriter(database)
      await book(parts, { topic: 'store', partition }, messages, (booked) => watch.add(booked))
    })
  })
}

/** Ceiling B. */
export async function consumeAndCopy(writing: Writing, stream: Stream): Promise<Written> {
  return await consume(writing, stream, { program: 'bench/write/consume-and-copy.ts', template: rawTemplate })
}

/** The service. */
export async function wholePath(writing: Writing, stream: Stream): Promise<Written> {
  return await consume(writing, stream, { program: 'src/main.ts', template: stockOf(stream) })
}

type LaneWork = (
  database: ReturnType<typeof openDatabase>,
  watch: Stopwatch,
  partition: number,
  messages: Stream['messages'],
) => Promise<void>

/** The partitions one after the other, in as many lanes at a time as there are cores. */
async function inLanes(address: DatabaseAddress, stream: Stream, work: LaneWork): Promise<Written> {
  const watch = new Stopwatch(stream.messages.length)
  const byPartition = Map.groupBy(stream.messages, ({ partition }) => partition)
  await using(openDatabase(address, { poolSize: lanes }), async (database) => {
    const waiting = [...byPartition]
    const lane = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        await work(database, watch, next[0], next[1])
      }
    }
    await Promise.all(Array.from({ length: lanes }, lane))
  })
  return { rate: watch.perSecond, peakMemoryBytes: null }
}

/** A process eats the topic, seen by the positions that it writes. */
async function consume(
  { databases, kafkaServers, signal }: Writing,
  stream: Stream,
  { program, template }: { readonly program: string; readonly template: string },
): Promise<Written> {
  return await databases.copyOf(template, async (address) => {
    const topic = topicOf(stream)
    const consumer = await startProcess({ program, database: address, kafkaServers, topic })
    try {
      const rate = await using(openDatabase(address, { poolSize: 1 }), async (database) => {
        const watch = new Stopwatch(stream.messages.length)
        const deadline = performance.now() + consumeLimitMs
        while (!watch.isOver) {
          if (performance.now() > deadline)
            throw new Error(`${program} did not finish ${stream.name} in time`)
          const [row] = await database.query<{ done: number }>(
            `select coalesce(sum(next_offset), 0)::bigint as done from kafka_position where topic = $1`,
            [topic],
          )
          watch.reached(row?.done ?? 0, performance.now())
          await sleep(lookEveryMs, undefined, { signal })
        }
        return watch.perSecond
      })
      return { rate, peakMemoryBytes: consumer.peakMemoryBytes() }
    } finally {
      await consumer.stop()
    }
  })
}
