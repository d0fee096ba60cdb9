/** The ways of booking a stream, each from the same start: a database with the stock in it, and a topic that is full. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { Environment } from '../../src/config/settings.ts'
import type { Database } from '../../src/store/database.ts'
import type { Databases, DatabaseAddress } from '../databases.ts'
import { openDatabase, using } from '../databases.ts'
import { startProcess } from '../process.ts'
import { ensureTopic } from '../../stack/topic.ts'
import { batchMessages, batchWriter, book } from './book.ts'
import { RawRows, rawTable, type RawEvent } from './raw-rows.ts'
import { Stopwatch } from './stopwatch.ts'
import { partitions, type Stream, type StreamMessage } from './stream.ts'
import { fillTopic } from './topics.ts'
import { untilBooked } from './until-booked.ts'

export interface Writing {
  readonly databases: Databases
  readonly kafkaServers: string
  /** Where the V8 profile of each run of the service goes; null for none. */
  readonly profileFolder: string | null
  readonly signal: AbortSignal
}

/** A full topic, and the database to begin with. What is in them need not be in memory, where a collector would trace it. */
export interface Prepared {
  readonly topic: string
  readonly template: string
  readonly messages: number
}

export interface Written {
  /** Messages a second. */
  readonly rate: number
  /** Of the process that consumed, where it was one of its own. */
  readonly peakMemoryBytes: number | null
}

/** As many as there are cores on the machine of the figures. */
const lanes = 2

const rawTemplate = 'raw'
const stockTemplate = 'stock'
const emptyTemplate = 'empty'

/** Most streams begin with the stock alone, which is the same for all of them. */
export async function prepareStream(writing: Writing, stream: Stream): Promise<Prepared> {
  const { databases, kafkaServers } = writing
  await databases.template(rawTemplate, async (database) => void (await database.query(rawTable)))
  const template = stream.before.length === 0 ? stockTemplate : `${stockTemplate} of ${stream.name}`
  const topic = topicOf(stream.name)
  const [messages] = await Promise.all([
    fillTopic(kafkaServers, topic, stream.messages),
    databases.template(template, (database) => bookBefore(database, stream)),
  ])
  return { topic, template, messages }
}

/** A topic that holds all there is, over a database with nothing in it. */
export async function prepareBacklog(
  { databases, kafkaServers }: Writing,
  messages: Iterable<StreamMessage>,
): Promise<Prepared> {
  await databases.template(emptyTemplate, async () => undefined)
  const topic = topicOf('backlog')
  return { topic, template: emptyTemplate, messages: await fillTopic(kafkaServers, topic, messages) }
}

/** What a stream needs to be booked already. */
export async function bookBefore(database: Database, { stock, before }: Stream): Promise<void> {
  const all = [...stock, ...before].map((report) => ({ report }))
  await book(batchWriter(database), { topic: 'before', partition: 0 }, all)
}

function topicOf(name: string): string {
  return `bench-${name.replaceAll(' ', '-')}`
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
export async function storeAlone(
  { databases }: Writing,
  { template }: Prepared,
  stream: Stream,
): Promise<Written> {
  return await databases.copyOf(template, async (address) => {
    let parts: ReturnType<typeof batchWriter> | undefined
    return await inLanes(address, stream, async (database, watch, partition, messages) => {
      parts ??= batchWriter(database)
      await book(parts, { topic: 'store', partition }, messages, (booked) => watch.add(booked))
    })
  })
}

/** Ceiling B. */
export async function consumeAndCopy(writing: Writing, prepared: Prepared): Promise<Written> {
  const program = 'bench/write/consume-and-copy.ts'
  return await consume(writing, { ...prepared, template: rawTemplate }, { program })
}

/** The service, with further settings if any are given. */
export async function wholePath(
  writing: Writing,
  prepared: Prepared,
  environment: Environment = {},
): Promise<Written> {
  const { profileFolder } = writing
  return await consume(writing, prepared, {
    program: 'src/main.ts serve',
    environment,
    nodeOptions: (database) =>
      profileFolder === null
        ? []
        : ['--cpu-prof', ...profileOptions(profileFolder, `${prepared.topic}-${database}`)],
  })
}

/** The service that tells another topic of each line. */
export async function tellingPath(writing: Writing, prepared: Prepared): Promise<Written> {
  const topic = topicOf('told')
  await ensureTopic(writing.kafkaServers, topic, partitions)
  return await wholePath(writing, prepared, { KAFKA_CHANGES_TOPIC: topic })
}

/** The service that sends traces: of its batches, for these messages came without the context of any. */
export async function tracedPath(writing: Writing, prepared: Prepared): Promise<Written> {
  const collector = createServer((request, response) => {
    request.resume().once('end', () => response.end())
  }).listen(0, '127.0.0.1')
  await once(collector, 'listening')
  const address = collector.address()
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port')
  try {
    return await wholePath(writing, prepared, {
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${address.port}`,
    })
  } finally {
    collector.closeAllConnections()
    collector.close()
  }
}

function profileOptions(folder: string, name: string): string[] {
  return [`--cpu-prof-dir=${folder}`, `--cpu-prof-name=${name}.cpuprofile`]
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

interface Consumer {
  readonly program: string
  readonly environment?: Environment
  readonly nodeOptions?: (database: string) => string[]
}

/** A process eats the topic, seen by the positions that it writes. */
async function consume(
  { databases, kafkaServers, signal }: Writing,
  { topic, template, messages }: Prepared,
  { program, environment = {}, nodeOptions = () => [] }: Consumer,
): Promise<Written> {
  return await databases.copyOf(template, async (address) => {
    const consumer = await startProcess({
      program,
      database: address,
      kafkaServers,
      topic,
      environment,
      nodeOptions: nodeOptions(address.database),
    })
    try {
      const rate = await using(openDatabase(address, { poolSize: 1 }), async (database) => {
        const watch = new Stopwatch(messages)
        await untilBooked({ database, topic, messages, signal }, (booked) =>
          watch.reached(booked, performance.now()),
        )
        return watch.perSecond
      })
      return { rate, peakMemoryBytes: consumer.peakMemoryBytes() }
    } finally {
      await consumer.stop()
    }
  })
}
