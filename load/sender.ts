/** The generator as a producer: sends what is due, waits for no answer, and knows what is on the way. */
import { ProduceAcks, Producer } from '@platformatic/kafka'
import type { Sums } from './sums.ts'
import type { Prepared } from './supply.ts'

/** Where the first message of each partition came to lie. */
export type FirstOffsets = ReadonlyMap<number, number>

/** A request of some 500 kB: brokers take a megabyte a record batch unless told otherwise. */
const mostInRequest = 1000
/** Beyond this Kafka does not take what it is sent, and the generator would only fill its memory. */
const mostOnTheWay = 100_000

export interface SenderOptions {
  readonly kafka: string
  readonly topic: string
  readonly sums: Sums
}

export class Sender {
  readonly #topic: string
  readonly #sums: Sums
  readonly #producer: Producer
  /** The end of each partition's log, as far as this sender knows it. */
  readonly #ends = new Map<number, number>()
  readonly #requests = new Set<Promise<void>>()
  #onTheWay = 0
  #fault: unknown = null
  #sent = 0

  constructor({ kafka, topic, sums }: SenderOptions) {
    this.#topic = topic
    this.#sums = sums
    this.#producer = new Producer({ clientId: 'bincard-load', bootstrapBrokers: kafka.split(',') })
  }

  /** @throws what the client throws when Kafka or the topic is not there */
  async countPartitions(): Promise<number> {
    const { topics } = await this.#producer.metadata({ topics: [this.#topic] })
    const found = topics.get(this.#topic)
    if (found === undefined) throw new Error(`Kafka knows no topic ${this.#topic}.`)
    return found.partitionsCount
  }

  /** Messages handed to this sender, of which all count in the books. */
  get sent(): number {
    return this.#sent
  }

  /** Sent, and not acknowledged by Kafka. */
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

  /** Begins to send. `onTaken` hears of each part of them that all replicas have. */
  send(
    messages: readonly Prepared[],
    onTaken?: (part: readonly Prepared[], first: FirstOffsets, from: number) => void,
  ): void {
    for (let from = 0; from < messages.length; from += mostInRequest) {
      const part = messages.slice(from, from + mostInRequest)
      const request = this.#request(part, (first) => onTaken?.(part, first, from))
      this.#requests.add(request)
      void request.finally(() => this.#requests.delete(request))
    }
  }

  /** @throws the first failure of a request: the books cannot be known any more */
  async settle(): Promise<void> {
    while (this.#requests.size > 0) await Promise.all(this.#requests)
    if (this.#fault !== null) throw new Error('Kafka did not take what was sent.', { cause: this.#fault })
  }

  async close(): Promise<void> {
    await this.#producer.close(true)
  }

  async #request(part: Prepared[], onTaken: (first: FirstOffsets) => void): Promise<void> {
    this.#onTheWay += part.length
    this.#sent += part.length
    for (const { card, change } of part) this.#sums.add(card, change)
    try {
      const { offsets = [] } = await this.#producer.send({ acks: ProduceAcks.ALL, messages: part })
      const first = new Map(offsets.map(({ partition, offset }) => [partition, Number(offset)]))
      for (const [partition, count] of countsOf(part)) {
        this.#ends.set(
          partition,
          Math.max(this.#ends.get(partition) ?? 0, (first.get(partition) ?? 0) + count),
        )
      }
      onTaken(first)
    } catch (error) {
      this.#fault ??= error
    } finally {
      this.#onTheWay -= part.length
    }
  }
}

function countsOf(part: readonly Prepared[]): Map<number, number> {
  const counts = new Map<number, number>()
  for (const { partition } of part) counts.set(partition, (counts.get(partition) ?? 0) + 1)
  return counts
}
