import { setTimeout as delay } from 'node:timers/promises'
import { Consumer, type ConsumerGroupJoinPayload } from '@platformatic/kafka'
import type { Fault } from '../fault.ts'
import { describeTopic, type Cluster } from './cluster.ts'
import { kafkaFault, toKafkaFault } from './kafka-fault.ts'
import type { GroupMember } from './offset-commits.ts'
import { connectionSecurity, hostsOf } from './security.ts'

export interface GroupSettings {
  readonly cluster: Cluster
  readonly groupId: string
  readonly topic: string
  /** After this time without a heartbeat the group gives the partitions to others. */
  readonly sessionTimeoutMs: number
  /** Time the members have to join again when the group changes. */
  readonly rebalanceTimeoutMs: number
  readonly heartbeatIntervalMs: number
}

export interface GroupEvents {
  /** Joined, or joined again: these partitions, all of them and in order, are ours now. */
  readonly onJoined: (partitions: readonly number[], member: GroupMember) => void
  readonly onHeartbeat: () => void
  /** The membership is gone; called once, the last of all calls. Null: we were told to end it. */
  readonly onLost: (why: Fault | null) => void
}

/** Time that leaving may take. Who has not left is given up by the group after the session time-out anyway. */
const LEAVE_TIMEOUT_MS = 2_000

/** Time between two looks at the number of partitions: added ones are read after so long at the latest. */
const PARTITIONS_CHECK_MS = 60_000

/** Between two tries of one request; the client's own 1 s would use up a short session time-out. */
const RETRY_DELAY_MS = 250

/**
 * One membership of one consumer: joins, and resolves once it is gone and all its connections are closed. It is
 * never repaired: the caller makes a new one. An abort leaves the group. Never rejects. The calls must not throw.
 */
export async function beMember(
  settings: GroupSettings,
  events: GroupEvents,
  signal: AbortSignal,
): Promise<void> {
  let consumer: Consumer | undefined
  let why: Fault | null
  try {
    // Asked first because it says why: the client's own join hides a missing topic behind a general error.
    const { partitions, answeredBy } = await describeTopic(settings.cluster, settings.topic, signal)
    consumer = createConsumer(settings, answeredBy)
    why = await untilLost(consumer, { settings, events, partitions, signal })
  } catch (error) {
    why = signal.aborted ? null : toKafkaFault(error, `Group ${settings.groupId}.`)
  }
  events.onLost(why)
  if (consumer !== undefined) await discard(consumer)
}

/**
 * Asks first who has just answered: the client asks for the coordinator the first server that takes a connection, and no
 * other, even if that one is frozen or a proxy before a dead broker.
 */
function createConsumer({ cluster, groupId, topic, ...times }: GroupSettings, answeredBy: string): Consumer {
  const consumer = new Consumer({
    clientId: cluster.clientId,
    bootstrapBrokers: [...new Set([answeredBy, ...cluster.bootstrapServers])],
    groupId,
    groupProtocol: 'classic',
    sessionTimeout: times.sessionTimeoutMs,
    rebalanceTimeout: times.rebalanceTimeoutMs,
    heartbeatInterval: times.heartbeatIntervalMs,
    retryDelay: RETRY_DELAY_MS,
    connectTimeout: cluster.connectTimeoutMs,
    ...connectionSecurity(cluster, hostsOf(cluster)),
    // The coordinator holds back its answer to a join until all members have joined.
    requestTimeout: times.rebalanceTimeoutMs + cluster.requestTimeoutMs,
  })
  consumer.topics.track(topic)
  return consumer
}

interface Watched {
  readonly settings: GroupSettings
  readonly events: GroupEvents
  /** Number of the topic's partitions when joining began. */
  readonly partitions: number
  readonly signal: AbortSignal
}

async function untilLost(
  consumer: Consumer,
  { settings, events, partitions, signal }: Watched,
): Promise<Fault> {
  const { rebalanceTimeoutMs, sessionTimeoutMs, heartbeatIntervalMs, cluster, topic } = settings
  const group = `Group ${settings.groupId}.`
  const lost = Promise.withResolvers<Fault>()
  const lose = (error: unknown): void => lost.resolve(toKafkaFault(error, group))
  const joinLimitMs = rebalanceTimeoutMs + sessionTimeoutMs + cluster.requestTimeoutMs
  let isJoined = false
  let deadline = performance.now() + joinLimitMs

  const onJoin = ({ assignments, memberId, generationId = 0 }: ConsumerGroupJoinPayload): void => {
    isJoined = true
    deadline = performance.now() + sessionTimeoutMs
    const ours = (assignments ?? []).find((assignment) => assignment.topic === topic)
    events.onJoined(
      (ours?.partitions ?? []).toSorted((a, b) => a - b),
      { memberId, generationId },
    )
  }
  const onHeartbeat = (): void => {
    deadline = performance.now() + sessionTimeoutMs
    events.onHeartbeat()
  }
  const onRebalance = (): void => {
    deadline = performance.now() + joinLimitMs
  }
  const watch = setInterval(() => {
    if (performance.now() <= deadline) return
    lost.resolve(kafkaFault(isJoined ? 'heartbeat_stalled' : 'join_timed_out', group))
  }, heartbeatIntervalMs)
  const look = async (): Promise<void> => {
    const now = await describeTopic(cluster, topic, signal).catch(noteNothing)
    if (now !== undefined && now.partitions > partitions) {
      lost.resolve(kafkaFault('partitions_added', `Topic ${topic}.`))
    }
  }
  const check = setInterval(() => void look(), PARTITIONS_CHECK_MS)
  const abort = (): void => lost.reject(signal.reason)
  signal.addEventListener('abort', abort, { once: true })
  try {
    signal.throwIfAborted()
    consumer.on('consumer:group:join', onJoin)
    consumer.on('consumer:heartbeat:end', onHeartbeat)
    consumer.on('consumer:group:rebalance', onRebalance)
    // Emitted when joining again has failed; the client then sends no more heartbeats. The listener stays: the
    // emitter throws without one.
    consumer.on('error', lose)
    consumer.joinGroup({}).catch(lose)
    return await lost.promise
  } finally {
    consumer.off('consumer:group:join', onJoin)
    consumer.off('consumer:heartbeat:end', onHeartbeat)
    consumer.off('consumer:group:rebalance', onRebalance)
    clearInterval(watch)
    clearInterval(check)
    signal.removeEventListener('abort', abort)
  }
}

/** Whether brokers answer is watched by the heartbeats; a look at the partitions that failed is simply repeated. */
function noteNothing(): undefined {}

/** Leaves the group if the coordinator answers in time, and destroys whatever the client still holds. */
async function discard(consumer: Consumer): Promise<void> {
  const connections = [...consumer.connections].map(([, connection]) => connection)
  const closing = consumer.close(true).catch(noteNothing)
  const timer = new AbortController()
  const limit = delay(LEAVE_TIMEOUT_MS, undefined, { signal: timer.signal }).catch(noteNothing)
  await Promise.race([closing, limit])
  timer.abort()
  // A closed pool never opens again: nothing that the client still has under way can bring it back to life.
  consumer.connections.close(noteNothing)
  for (const connection of connections) connection.socket.destroy()
}
