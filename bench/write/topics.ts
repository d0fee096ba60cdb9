import { Producer, ProduceAcks } from '@platformatic/kafka'
import type { Outgoing } from '../../open-loop/sender.ts'
import { ensureTopic } from '../../stack/topic.ts'
import { messageOf, unreadable } from '../message.ts'
import { partitions, type StreamMessage } from './stream.ts'

/** Of one warehouse they are all in one record batch, of which brokers take a megabyte. */
const atOnce = 1500

/** Fills a topic, each message once, in their order. Answers how many there were. */
export async function fillTopic(
  servers: string,
  topic: string,
  messages: Iterable<StreamMessage>,
  topicPartitions = partitions,
): Promise<number> {
  await ensureTopic(servers, topic, topicPartitions)
  // Idempotent: else a request that is tried again, as on a topic just made, is in the topic twice.
  const producer = new Producer({
    clientId: 'bincard-bench',
    bootstrapBrokers: servers.split(','),
    idempotent: true,
  })
  let count = 0
  try {
    for (const some of inChunks(messages, atOnce)) {
      await producer.send({
        acks: ProduceAcks.ALL,
        messages: some.map((message) => outgoing(topic, message)),
      })
      count += some.length
    }
  } finally {
    await producer.close()
  }
  return count
}

export function outgoing(topic: string, { partition, key, report }: StreamMessage): Outgoing {
  return {
    topic,
    partition,
    value: report === 'unreadable' ? unreadable : messageOf(report),
    ...(key === null ? {} : { key: Buffer.from(key) }),
  }
}

function* inChunks<Item>(items: Iterable<Item>, size: number): Generator<Item[]> {
  let chunk: Item[] = []
  for (const item of items) {
    if (chunk.push(item) < size) continue
    yield chunk
    chunk = []
  }
  if (chunk.length > 0) yield chunk
}
