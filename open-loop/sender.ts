/**
 * The generator as a producer: takes what is due without waiting, and sends it as Kafka's own producers do, a few requests
 * at a time; what is due meanwhile waits here and goes together.
 */
import { ProduceAcks, Producer } from '@platformatic/kafka'
import { StackError } from '../stack/stack-error.ts'

/** What is due in this time goes in one request, as in Kafka's own producers (`linger.ms` of 4.0 and later). */
export const lingerMs = 5
/** A request of some 500 kB: brokers take a megabyte a record batch unless told otherwise. */
const mostInRequest = 1000
/** `max.in.flight.requests.per.connection` of Kafka's own producers. */
const mostRequests = 5
/** Beyond this Kafka does not take what it is sent, and the generator would only fill its memory. */
const mostOnTheWay = 200_000

/** A message as the Kafka client takes it. */
export interface Outgoing {
  readonly topic: string
  readonly partition: number
  readonly key?: Buffer
  readonly value: Buffer
}

export interface SenderOptions<Message extends Outgoing> {
  readonly clientId: string
  readonly kafka: string
  readonly topic: string
  /** Hears of all that is handed over, before anything of it is sent. */
  readonly onHanded?: (messages: readonly Message[]) => void
}

/** Hears of each message, by its number among those that were handed over together, that all replicas have it. */
export type OnTaken = (index: number, offset: number) => void

interface Job<Message> {
  readonly messages: readonly Message[]
  readonly onTaken: OnTaken
  /** How many of them were sent. */
  next: number
}

interface Slice<Message> {
  readonly job: Job<Message>
  readonly from: number
  readonly to: number
}

export class Sender<Message extends Outgoing = Outgoing> {
  readonly #topic: string
  readonly #onHanded: (messages: readonly Message[]) => void
  readonly #producer: Producer
  /** The end of each partition's log, as far as this sender knows it. */
  readonly #ends = new Map<number, number>()
  readonly #requests = new Set<Promise<void>>()
  #waiting: Job<Message>[] = []
  #onTheWay = 0
  #fault: Error | null = null
  #sent = 0

  constructor({ clientId, kafka, topic, onHanded = () => {} }: SenderOptions<Message>) {
    this.#topic = topic
    this.#onHanded = onHanded
    this.#producer = new Producer({ clientId, bootstrapBrokers: kafka.split(',') })
  }

  /** @throws what the client throws when Kafka or the topic is not there */
  async countPartitions(): Promise<number> {
    const { topics } = await this.#producer.metadata({ topics: [this.#topic] })
    const found = topics.get(this.#topic)
    if (found === undefined) throw new Error(`Kafka knows no topic ${this.#topic}.`)
    return found.partitionsCount
  }

  /** Messages handed to this sender, sent or not. */
  get sent(): number {
    return this.#sent
  }

  /** Handed over, and not acknowledged by Kafka. */
  get onTheWay(): number {
    return this.#onTheWay
  }

  get ends(): ReadonlyMap<number, number> {
    return this.#ends
  }

  /** Kafka takes less than it is sent, or has failed. */
  isRefused(): boolean {
    return this.#onTheWay > mostOnTheWay || this.#fault !== null
  }

  send(messages: readonly Message[], onTaken: OnTaken = () => {}): void {
    this.#onTheWay += messages.length
    this.#sent += messages.length
    this.#onHanded(messages)
    this.#waiting.push({ messages, onTaken, next: 0 })
    this.#pump()
  }

  /** @throws {StackError} with the first failure of a request: what is in the log cannot be known any more */
  async settle(): Promise<void> {
    while (this.#requests.size > 0) await Promise.all(this.#requests)
    if (this.#fault !== null) throw new StackError(`Kafka did not take what was sent: ${this.#fault.message}`)
  }

  async close(): Promise<void> {
    await this.#producer.close(true)
  }

  #pump(): void {
    while (this.#fault === null && this.#requests.size < mostRequests && this.#waiting.length > 0) {
      const request = this.#request(this.#take()).finally(() => {
        this.#requests.delete(request)
        this.#pump()
      })
      this.#requests.add(request)
    }
  }

  #take(): Slice<Message>[] {
    const slices: Slice<Message>[] = []
    let room = mostInRequest
    for (const job of this.#waiting) {
      if (room === 0) break
      const from = job.next
      job.next = Math.min(job.messages.length, from + room)
      room -= job.next - from
      slices.push({ job, from, to: job.next })
    }
    this.#waiting = this.#waiting.filter(({ next, messages }) => next < messages.length)
    return slices
  }

  async #request(slices: readonly Slice<Message>[]): Promise<void> {
    const messages = slices.flatMap(({ job, from, to }) => job.messages.slice(from, to))
    try {
      const { offsets = [] } = await this.#producer.send({ acks: ProduceAcks.ALL, messages })
      const next = new Map(offsets.map(({ partition, offset }) => [partition, Number(offset)]))
      for (const { job, from, to } of slices) {
        for (let index = from; index < to; index += 1) {
          const partition = job.messages[index]?.partition ?? 0
          const offset = next.get(partition) ?? 0
          next.set(partition, offset + 1)
          job.onTaken(index, offset)
        }
      }
      for (const [partition, end] of next) {
        this.#ends.set(partition, Math.max(this.#ends.get(partition) ?? 0, end))
      }
    } catch (error) {
      this.#fault ??=
        error instanceof Error ? error : new Error('something that is no error', { cause: error })
    } finally {
      this.#onTheWay -= messages.length
    }
  }
}
