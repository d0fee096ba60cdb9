import { Producer, ProduceAcks } from '@platformatic/kafka'
import { ensureTopic } from '../../stack/topic.ts'
import { messageOf, unreadable } from '../message.ts'
import { partitions, type Stream } from './stream.ts'

/** Of one partition they are below the megabyte that a broker takes at once. */
const atOnce = 1500

/** Fills a topic with the stream, each message once, in its order; keyed by warehouse. */
export async function fillTopic(
  servers: string,
  topic: string,
  { messages }: Stream,
  topicPartitions = partitions,
): Promise<void> {
  await ensureTopic(servers, topic, topicPartitions)
  // Idempotent: else a request that is tried again, as on a topic just made, is in the topic twice.
  const producer = new Producer({
    clientId: 'bincard-bench',
    bootstrapBrokers: servers.split(','),
    idempotent: true,
  })
  try {
    for (let start = 0; start < messages.length; start += atOnce) {
      await producer.send({
        acks: ProduceAcks.ALL,
        messages: messages.slice(start, start + atOnce).map(({ partition, report }) => ({
          topic,
          partition,
          ...(report === 'unreadable'
            ? { value: unreadable }
            : { key: Buffer.from(report.warehouseId), value: messageOf(report) }),
        })),
      })
    }
  } finally {
    await producer.close()
  }
}
