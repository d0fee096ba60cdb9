import {
  ResponseError,
  createAPI,
  metadataV10,
  metadataV11,
  metadataV12,
  parseBroker,
  type ResponseParser,
} from '@platformatic/kafka'
import type { Waits } from '../waits.ts'
import { BrokerConnection, type BrokerAddress } from './broker-connection.ts'
import { faultOfErrorCode, kafkaFault } from './kafka-fault.ts'
import type { Security } from './security.ts'

type MetadataResponse = metadataV12.MetadataResponse

/** How to reach the brokers; shared by all who talk to them. */
export interface Cluster extends Security {
  /** `host:port`; asked in this order for the way to the others. */
  readonly bootstrapServers: readonly string[]
  readonly clientId: string
  readonly connectTimeoutMs: number
  /** Time for an answer, beyond the wait that a request asks for. */
  readonly requestTimeoutMs: number
  /** Each request that waits for its answer is one of these. */
  readonly waits?: Waits
}

export interface TopicDescription {
  readonly topic: string
  /** UUID, lower-case with hyphens: a topic made again under the same name has another one. */
  readonly topicId: string
  /** Number of partitions; they are numbered from 0. */
  readonly partitions: number
  /** The bootstrap server that said so. */
  readonly answeredBy: string
}

export interface PartitionLeader {
  readonly topicId: string
  readonly address: BrokerAddress
  /** Sent with requests, so that a broker that is no longer the leader refuses them. */
  readonly leaderEpoch: number
}

/** Asks for a topic's id and size. Fault `topic_missing` if there is none; it is never created by asking. */
export async function describeTopic(
  cluster: Cluster,
  topic: string,
  signal: AbortSignal,
): Promise<TopicDescription> {
  const { found, answeredBy } = await askForTopic(cluster, topic, signal)
  return { topic, topicId: found.topicId, partitions: found.partitions.length, answeredBy }
}

/** Asks who leads a partition. Fault `topic_missing`, `partition_missing` or `leader_unavailable`. */
export async function findLeader(
  cluster: Cluster,
  { topic, partition }: { topic: string; partition: number },
  signal: AbortSignal,
): Promise<PartitionLeader> {
  const { found, response } = await askForTopic(cluster, topic, signal)
  const place = `Topic ${topic}, partition ${partition}.`
  const state = found.partitions.find(({ partitionIndex }) => partitionIndex === partition)
  if (state === undefined) throw kafkaFault('partition_missing', place)
  return leaderOf(state, { found, response })
}

/** Asks who leads each partition of a topic, by number. Fault `topic_missing` or `leader_unavailable`. */
export async function findLeaders(
  cluster: Cluster,
  topic: string,
  signal: AbortSignal,
): Promise<(PartitionLeader & { readonly partition: number })[]> {
  const answer = await askForTopic(cluster, topic, signal)
  return answer.found.partitions.map((state) => ({
    ...leaderOf(state, answer),
    partition: state.partitionIndex,
  }))
}

/** How many replicas the partition of the topic has that has the fewest. Fault `topic_missing`. */
export async function describeReplicas(
  cluster: Cluster,
  topic: string,
  signal: AbortSignal,
): Promise<number> {
  const { found } = await askForTopic(cluster, topic, signal)
  return Math.min(...found.partitions.map(({ replicaNodes }) => replicaNodes.length))
}

function leaderOf(
  state: TopicAnswer['found']['partitions'][number],
  { found, response }: Pick<TopicAnswer, 'found' | 'response'>,
): PartitionLeader {
  const leader = response.brokers.find(({ nodeId }) => nodeId === state.leaderId)
  if (leader === undefined)
    throw kafkaFault('leader_unavailable', `Topic ${found.name}, partition ${state.partitionIndex}.`)
  const address = { host: leader.host, port: leader.port }
  return { topicId: found.topicId, address, leaderEpoch: state.leaderEpoch }
}

/**
 * Asks the bootstrap servers one after the other until one answers, each on a connection of its own.
 * Throws the Fault of the last one if none does.
 */
export async function askAnyBroker<Answer>(
  cluster: Cluster,
  signal: AbortSignal,
  ask: (connection: BrokerConnection, server: string) => Promise<Answer>,
): Promise<Answer> {
  let fault: unknown = kafkaFault('broker_unreachable', 'There are no bootstrap servers.')
  for (const server of cluster.bootstrapServers) {
    try {
      const connection = await BrokerConnection.open({ ...cluster, address: parseBroker(server) }, signal)
      try {
        return await ask(connection, server)
      } finally {
        connection.close()
      }
    } catch (error) {
      signal.throwIfAborted()
      fault = error
    }
  }
  throw fault
}

interface TopicAnswer {
  readonly found: MetadataResponse['topics'][number]
  readonly response: MetadataResponse
  readonly answeredBy: string
}

async function askForTopic(cluster: Cluster, topic: string, signal: AbortSignal): Promise<TopicAnswer> {
  const { response, answeredBy } = await askAnyBroker(cluster, signal, async (connection, server) => ({
    response: await connection.request({ versions: metadataVersions, signal }, [topic], false, false),
    answeredBy: server,
  }))
  const found = response.topics.find(({ name }) => name === topic)
  if (found === undefined) throw kafkaFault('topic_missing', `Topic ${topic}.`)
  if (found.errorCode !== 0) throw faultOfErrorCode(found.errorCode, `Topic ${topic}.`)
  return { found, response, answeredBy }
}

/**
 * The client's parsers throw as soon as one partition of many has an error. Here each partition stands for
 * itself, so the response is wanted whole, with its error codes.
 */
export function keepErrorCodes<Response>(parse: ResponseParser<Response>): ResponseParser<Response> {
  return (...input) => {
    try {
      return parse(...input)
    } catch (error) {
      if (error instanceof ResponseError) return error['response']
      throw error
    }
  }
}

/** Newest first. Version 10 is the first that knows topic ids. */
const metadataVersions = [
  createMetadata(12, metadataV12),
  createMetadata(11, metadataV11),
  createMetadata(10, metadataV10),
]

function createMetadata(
  version: number,
  { createRequest, parseResponse }: Pick<typeof metadataV12, 'createRequest' | 'parseResponse'>,
) {
  type Request = [topics: string[], autoCreate: boolean, authorizedOperations: boolean]
  const apiKey = metadataV12.api.key
  return createAPI<Request, MetadataResponse>(apiKey, version, createRequest, keepErrorCodes(parseResponse))
}
