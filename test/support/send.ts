import { Producer, ProduceAcks } from '@platformatic/kafka'
import { kafkaAddress } from './environment.ts'

export interface Sent {
  readonly partition: number
  readonly value: Buffer | string | null
  readonly headers?: Readonly<Record<string, Buffer>>
}

const atOnce = 5000

/** Sends messages to their partitions, in order; resolves when the broker has them all. */
export async function send(
  topic: string,
  messages: readonly Sent[],
  { servers = kafkaAddress(), acks = ProduceAcks.LEADER }: { servers?: string; acks?: number } = {},
): Promise<void> {
  const producer = new Producer({ clientId: 'bincard-test', bootstrapBrokers: servers.split(',') })
  try {
    for (let start = 0; start < messages.length; start += atOnce) {
      await producer.send({
        acks,
        messages: messages.slice(start, start + atOnce).map(({ partition, value, headers = {} }) => ({
          topic,
          partition,
          headers: new Map(Object.entries(headers).map(([name, bytes]) => [Buffer.from(name), bytes])),
          ...(value === null ? {} : { value: Buffer.from(value) }),
        })),
      })
    }
  } finally {
    await producer.close()
  }
}
