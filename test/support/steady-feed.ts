/**
 * Sends a workload little by little, whatever happens to the brokers meanwhile. What a broker did not acknowledge is sent
 * again and may then be in the log twice, as with any producer that is not idempotent: the log says what it holds.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { Producer, ProduceAcks } from '@platformatic/kafka'
import { describeTopic } from '../../src/kafka/cluster.ts'
import type { Owner } from './environment.ts'
import { clusterAt, never, readAll } from './kafka-producer.ts'
import { PartitionReader } from '../../src/kafka/partition-reader.ts'
import type { Sent } from './send.ts'

export interface SteadyFeed {
  /** Resolves when a broker has acknowledged all of it. */
  readonly done: Promise<void>
  /** Messages that were acknowledged so far. */
  acknowledged(): number
  /** Sends the rest as fast as it goes. */
  hurry(): void
}

export interface SteadyFeedOptions {
  readonly servers: string
  readonly topic: string
  readonly messages: readonly Sent[]
  /** Over this time, evenly. */
  readonly overMs: number
}

const tickMs = 250
const patienceMs = 3_000

/** Ends with its owner at the latest. */
export function startSteadyFeed(
  owner: Owner,
  { servers, topic, messages, overMs }: SteadyFeedOptions,
): SteadyFeed {
  const perTick = Math.max(1, Math.ceil((messages.length * tickMs) / overMs))
  let acknowledged = 0
  const over = new AbortController()
  let isHurried = false
  const feed = async (): Promise<void> => {
    let producer = openProducer(servers)
    while (acknowledged < messages.length && !over.signal.aborted) {
      const part = messages.slice(acknowledged, acknowledged + (isHurried ? perTick * 20 : perTick))
      try {
        await producer.send({
          acks: ProduceAcks.ALL,
          messages: part.map(({ partition, value }) => ({
            topic,
            partition,
            ...(value === null ? {} : { value: Buffer.from(value) }),
          })),
        })
        acknowledged += part.length
      } catch {
        await producer.close(true).catch(() => undefined)
        producer = openProducer(servers)
      }
      await sleep(isHurried ? 1 : tickMs)
    }
    await producer.close()
  }
  const done = feed()
  owner.after(async () => {
    over.abort()
    await done
  })
  return {
    done,
    acknowledged: () => acknowledged,
    hurry: () => {
      isHurried = true
    },
  }
}

function openProducer(servers: string): Producer {
  return new Producer({
    clientId: 'bincard-test-feed',
    bootstrapBrokers: servers.split(','),
    connectTimeout: patienceMs,
    requestTimeout: patienceMs,
    timeout: patienceMs,
    retries: 0,
  })
}

/** How many messages a topic holds, and how many of them are none of the events that were to be sent. */
export async function countLog(options: {
  readonly servers: string
  readonly topic: string
  readonly partitions: number
  readonly events: ReadonlySet<string>
}): Promise<{ messages: number; poison: number }> {
  const { servers, topic, partitions, events } = options
  const [server = ''] = servers.split(',')
  const cluster = clusterAt(server)
  const { topicId } = await describeTopic(cluster, topic, never)
  let [messages, poison] = [0, 0]
  for (let partition = 0; partition < partitions; partition += 1) {
    const place = { cluster, topic, topicId, partition }
    const reader = new PartitionReader({ ...place, maxBytes: 4_194_304, maxWaitMs: 200 })
    try {
      const { messages: found } = await readAll(reader)
      messages += found.length
      poison += found.filter(({ value }) => value === null || !events.has(value.toString())).length
    } finally {
      reader.close()
    }
  }
  return { messages, poison }
}
