import { connect } from 'node:net'
import { Admin, ListOffsetTimestamps } from '@platformatic/kafka'
import { waitUntil } from './wait.ts'

/** The lanes that a service may run side by side, and room for a second one to share them. */
export const topicPartitions = 6

const connectLimitMs = 2_000
const leaderLimitMs = 10_000

/**
 * Makes the topic if it is not there; one that is there stays as it is. The broker's defaults decide about
 * replicas. A new one is ready to be written when this resolves.
 *
 * @returns whether it was made
 */
export async function ensureTopic(
  servers: string,
  topic: string,
  partitions = topicPartitions,
): Promise<boolean> {
  return withAdmin(servers, async (admin) => {
    const known = await admin.listTopics()
    if (known.includes(topic)) return false
    await admin.createTopics({ topics: [topic], partitions, replicas: -1 })
    await untilLed(admin, topic, partitions)
    return true
  })
}

/**
 * Waits until each partition of a new topic is answered for. The metadata name a leader some milliseconds before the
 * broker knows of it, and whoever writes meanwhile is refused, or tries again and writes twice.
 */
export async function untilLed(admin: Admin, topic: string, partitions: number): Promise<void> {
  const asked = Array.from({ length: partitions }, (_, partitionIndex) => ({
    partitionIndex,
    timestamp: ListOffsetTimestamps.LATEST,
  }))
  const isLed = async (): Promise<boolean> => {
    try {
      await admin.listOffsets({ topics: [{ name: topic, partitions: asked }] })
      return true
    } catch {
      // Whatever it is, it is not ready; and if it stays so, the limit says so.
      return false
    }
  }
  const { signal } = new AbortController()
  await waitUntil(isLed, { what: `A leader for topic ${topic}`, limitMs: leaderLimitMs, everyMs: 20, signal })
}

/** Gives `work` an administrator's connection and closes it. */
export async function withAdmin<T>(servers: string, work: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = new Admin({ clientId: 'bincard-stack', bootstrapBrokers: servers.split(',') })
  try {
    return await work(admin)
  } finally {
    await admin.close()
  }
}

/** Whether the broker answers a request, which it does only when it has started. */
export async function brokerAnswers(address: string): Promise<boolean> {
  if (!(await isListening(address))) return false
  return withAdmin(address, async (admin) => {
    const metadata = await admin.metadata({ topics: [] })
    return metadata.brokers.size > 0
  })
}

/** Asked first, because a Kafka client takes its time over a port where nobody listens. */
function isListening(address: string): Promise<boolean> {
  const [host, port] = address.split(':')
  return new Promise((resolve) => {
    const socket = connect({ host, port: Number(port), timeout: connectLimitMs })
    const answer = (isSo: boolean): void => {
      socket.destroy()
      resolve(isSo)
    }
    socket.once('connect', () => answer(true))
    socket.once('error', () => answer(false))
    socket.once('timeout', () => answer(false))
  })
}
