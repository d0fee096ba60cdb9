/**
 * Writes to the topic that the intake reads. What comes in by HTTP takes the same way as everything else, so that the
 * topic stays the one log from which a database can be brought up again.
 */
import { Producer as Client, ProduceAcks, murmur2 } from '@platformatic/kafka'
import { originMark, withoutMarks, type Origin } from '../message/marks.ts'
import type { MessageHeader } from '../message/message.ts'
import { describeTopic, type Cluster } from './cluster.ts'
import { kafkaFault, toKafkaFault } from './kafka-fault.ts'
import { connectionSecurity, hostsOf } from './security.ts'

type BufferClient = Client

export interface NewMessage {
  /** The messages of one key share a partition and keep their order. */
  readonly key: Buffer | null
  readonly value: Buffer | null
  /** Instead of the one that the key chooses; beyond the last, they begin anew. */
  readonly partition?: number
  /** As they were given to us: those that look like marks of our own are left out. */
  readonly headers: readonly MessageHeader[]
  /** What we have to say of it ourselves (`message/marks.ts`), beside its origin. */
  readonly marks?: readonly MessageHeader[]
}

export interface ProducerOptions {
  readonly cluster: Cluster
  readonly topic: string
  /**
   * Whether the positions are of the topic with this id. What is written to a topic that was made again under the same name
   * would never be booked: nobody reads it, for its offsets mean nothing to the positions.
   */
  readonly isOurTopic: (topicId: string) => Promise<boolean>
}

/** Where a message is in the log. */
export interface ProducedAt {
  readonly topicId: string
  readonly partition: number
  readonly offset: number
}

/** One request: half of the megabyte that brokers take as one record batch unless told otherwise. */
const maxRequestBytes = 524_288
/** What a record costs beside its key, value and headers, roughly and generously. */
const recordOverheadBytes = 100
/** Kafka away, each request would wait in memory; beyond this, new ones are refused at once. */
const maxBytesInFlight = 16_777_216

/**
 * Sends messages and waits until all replicas in step have them. Nothing is written twice by itself: after a Fault
 * some of the messages may be in the log and some not. Whoever sends them again, unchanged, loses and doubles nothing,
 * since the booking recognises a report that it has.
 */
export class Producer {
  readonly #cluster: Cluster
  readonly #topic: string
  readonly #isOurTopic: (topicId: string) => Promise<boolean>
  #client: BufferClient | null = null
  #bytesInFlight = 0
  #opened = 0

  constructor({ cluster, topic, isOurTopic }: ProducerOptions) {
    this.#cluster = cluster
    this.#topic = topic
    this.#isOurTopic = isOurTopic
  }

  /** How many partitions the topic has now. */
  async countPartitions(): Promise<number> {
    return await this.#try(async (client) => (await this.#describe(client)).partitionsCount)
  }

  /**
   * Appends the messages, marked with their origin, if they have one, those of one partition in their order; answers where each one is. Throws a Fault of part `kafka`,
   * `topic_recreated` among them, or of part `postgres` if whose topic it is cannot be known.
   */
  async produce(messages: readonly NewMessage[], origin: Origin | null): Promise<ProducedAt[]> {
    const size = messages.reduce((sum, message) => sum + bytesOf(message), 0)
    if (this.#bytesInFlight > 0 && this.#bytesInFlight + size > maxBytesInFlight)
      throw kafkaFault('producer_busy')
    this.#bytesInFlight += size
    try {
      return await this.#try((client) => this.#append(client, messages, origin))
    } finally {
      this.#bytesInFlight -= size
    }
  }

  async close(): Promise<void> {
    const client = this.#client
    this.#client = null
    // Open requests belong to clients that have been answered already.
    await client?.close(true).catch(() => undefined)
  }

  /** The partitions side by side. Waits for all of them, also if one fails: nothing goes on behind a Fault. */
  async #append(
    client: BufferClient,
    messages: readonly NewMessage[],
    origin: Origin | null,
  ): Promise<ProducedAt[]> {
    const { id: topicId, partitionsCount } = await this.#describe(client)
    if (!(await this.#isOurTopic(topicId))) throw kafkaFault('topic_recreated', `Topic ${this.#topic}.`)
    const places: ProducedAt[] = []
    const numbered = messages.map((message, index) => ({ message, index }))
    const byPartition = Map.groupBy(numbered, ({ message }) => partitionOf(message, partitionsCount))
    const appending = [...byPartition].map(async ([partition, own]) => {
      let next = 0
      for (const request of requestsOf(own.map(({ message }) => message))) {
        const firstOffset = await this.#send(client, request, { partition, origin })
        for (const [at, { index }] of own.slice(next, next + request.length).entries()) {
          places[index] = { topicId, partition, offset: firstOffset + at }
        }
        next += request.length
      }
    })
    for (const done of await Promise.allSettled(appending)) if (done.status === 'rejected') throw done.reason
    return places
  }

  /**
   * One record batch; answers the offset of its first message. Of one partition only: if its leader has moved, the
   * client sends the whole request again, which would write twice what other partitions had taken.
   */
  async #send(
    client: BufferClient,
    messages: readonly NewMessage[],
    { partition, origin }: { partition: number; origin: Origin | null },
  ): Promise<number> {
    const { offsets } = await client.send({
      acks: ProduceAcks.ALL,
      messages: messages.map(({ key, value, headers, marks = [] }) => ({
        topic: this.#topic,
        partition,
        ...(key === null ? {} : { key }),
        ...(value === null ? {} : { value }),
        headers: new Map(
          [...withoutMarks(headers), ...marks, ...(origin === null ? [] : [originMark(origin)])].map(
            ({ name, value: text }) => [name, text ?? Buffer.alloc(0)] as const,
          ),
        ),
      })),
    })
    const first = offsets?.[0]?.offset
    if (first === undefined) throw kafkaFault('response_malformed', `Topic ${this.#topic}.`)
    return Number(first)
  }

  /** Asked anew each time: partitions may be added, leaders move, and a topic made again has another id. */
  async #describe(client: BufferClient) {
    const { topics } = await client
      .metadata({ topics: [this.#topic], forceUpdate: true })
      .catch((error: unknown) => this.#explain(error))
    const found = topics.get(this.#topic)
    if (found === undefined) throw kafkaFault('topic_missing', `Topic ${this.#topic}.`)
    return found
  }

  /** The client hides a missing topic behind a general error: asked by hand, the broker says so. */
  async #explain(error: unknown): Promise<never> {
    if (toKafkaFault(error).code === 'client_refused') {
      const signal = AbortSignal.timeout(this.#cluster.connectTimeoutMs + this.#cluster.requestTimeoutMs)
      await describeTopic(this.#cluster, this.#topic, signal)
    }
    throw error
  }

  async #try<Result>(work: (client: BufferClient) => Promise<Result>): Promise<Result> {
    const client = (this.#client ??= this.#open())
    try {
      return await work(client)
    } catch (error) {
      const fault = toKafkaFault(error, `Topic ${this.#topic}.`)
      const isLost = fault.code === 'broker_unreachable' || fault.code === 'request_timed_out'
      // The client would keep a connection on which nothing moves; the next call begins with a new one.
      if (isLost && this.#client === client) await this.close()
      throw fault
    }
  }

  #open(): BufferClient {
    const { bootstrapServers, clientId, connectTimeoutMs, requestTimeoutMs } = this.#cluster
    // The client asks the first server that takes a connection, and no other, even if that one is frozen or a proxy before
    // a dead broker: each new client begins with the next server.
    const first = this.#opened % bootstrapServers.length
    this.#opened += 1
    return new Client({
      clientId,
      bootstrapBrokers: [...bootstrapServers.slice(first), ...bootstrapServers.slice(0, first)],
      connectTimeout: connectTimeoutMs,
      requestTimeout: requestTimeoutMs,
      timeout: requestTimeoutMs,
      retries: 0,
      ...connectionSecurity(this.#cluster, hostsOf(this.#cluster)),
    })
  }
}

/**
 * The partition that Java clients choose for the key: `toPositive(murmur2(key)) % partitions`, as in Kafka's
 * `BuiltInPartitioner.partitionForKey`. The hash is the Kafka client's; a test holds it against Kafka's own.
 */
export function partitionOfKey(key: Buffer, partitions: number): number {
  return (murmur2(key) & 0x7fffffff) % partitions
}

function partitionOf({ key, partition }: NewMessage, partitions: number): number {
  if (partition !== undefined) return partition % partitions
  return key === null ? 0 : partitionOfKey(key, partitions)
}

function* requestsOf(messages: readonly NewMessage[]): Generator<readonly NewMessage[]> {
  let request: NewMessage[] = []
  let size = 0
  for (const message of messages) {
    const bytes = bytesOf(message)
    if (request.length > 0 && size + bytes > maxRequestBytes) {
      yield request
      request = []
      size = 0
    }
    request.push(message)
    size += bytes
  }
  if (request.length > 0) yield request
}

function bytesOf({ key, value, headers, marks = [] }: NewMessage): number {
  const ofHeaders = [...headers, ...marks].reduce(
    (sum, header) => sum + header.name.length + (header.value?.length ?? 0),
    0,
  )
  return recordOverheadBytes + (key?.length ?? 0) + (value?.length ?? 0) + ofHeaders
}
