/**
 * How far the log of each partition reaches, also of those that other processes book: asked of the leaders when somebody
 * wants to know, and not again within a second.
 */
import { FetchIsolationLevels, ListOffsetTimestamps } from '@platformatic/kafka'
import type { Fault } from '../fault.ts'
import { BrokerConnection } from './broker-connection.ts'
import { findLeaders, type Cluster, type PartitionLeader } from './cluster.ts'
import { faultOfErrorCode, kafkaFault, toKafkaFault } from './kafka-fault.ts'
import { listOffsetsVersions, NOT_A_REPLICA } from './list-offsets.ts'
import { toOffset } from './record-batch.ts'

/** The log of one partition: what it still holds, and up to where it can be read (its last stable offset). */
export interface LogEnds {
  readonly partition: number
  readonly topicId: string
  readonly earliest: number
  readonly latest: number
}

export interface EndOffsetsOptions {
  readonly cluster: Cluster
  readonly topic: string
  /** Told when an attempt fails, at most once a second. */
  readonly onFailed: (fault: Fault) => void
  /** Longest wait for Kafka. */
  readonly waitMs?: number
}

/** Also a failure is remembered for so long: a dashboard must not wait for a dead broker at each of its requests. */
const rememberedMs = 1000
/** Within the time of any answer, with most of it left for the database. */
const defaultWaitMs = 800

export class EndOffsets {
  readonly #options: EndOffsetsOptions
  #asked: { readonly at: number; readonly answer: Promise<LogEnds[] | null> } | null = null

  constructor(options: EndOffsetsOptions) {
    this.#options = options
  }

  /** Null while Kafka does not answer. Never throws; waits 0.8 s at most unless told otherwise. */
  async read(): Promise<readonly LogEnds[] | null> {
    const now = performance.now()
    if (this.#asked === null || now - this.#asked.at > rememberedMs)
      this.#asked = { at: now, answer: this.#ask() }
    return await this.#asked.answer
  }

  async #ask(): Promise<LogEnds[] | null> {
    const { cluster, topic, onFailed, waitMs = defaultWaitMs } = this.#options
    const signal = AbortSignal.timeout(waitMs)
    try {
      const leaders = await findLeaders(cluster, topic, signal)
      const byBroker = Map.groupBy(leaders, ({ address }) => `${address.host}:${address.port}`)
      const answers = [...byBroker.values()].map((own) => askLeader(own, { cluster, topic, signal }))
      return (await Promise.all(answers)).flat().sort((a, b) => a.partition - b.partition)
    } catch (error) {
      onFailed(signal.aborted ? kafkaFault('request_timed_out', `Topic ${topic}.`) : toKafkaFault(error))
      return null
    }
  }
}

type Leader = PartitionLeader & { readonly partition: number }

async function askLeader(
  leaders: readonly Leader[],
  {
    cluster,
    topic,
    signal,
  }: { readonly cluster: Cluster; readonly topic: string; readonly signal: AbortSignal },
): Promise<LogEnds[]> {
  const [first] = leaders
  if (first === undefined) return []
  const connection = await BrokerConnection.open({ ...cluster, address: first.address }, signal)
  const list = async (timestamp: bigint): Promise<Map<number, number>> => {
    const partitions = leaders.map(({ partition, leaderEpoch }) => ({
      partitionIndex: partition,
      currentLeaderEpoch: leaderEpoch,
      timestamp,
    }))
    const { topics } = await connection.request(
      { versions: listOffsetsVersions, signal },
      NOT_A_REPLICA,
      FetchIsolationLevels.READ_COMMITTED,
      [{ name: topic, partitions }],
    )
    const found = topics[0]?.partitions ?? []
    for (const { errorCode } of found)
      if (errorCode !== 0) throw faultOfErrorCode(errorCode, `Topic ${topic}.`)
    return new Map(found.map(({ partitionIndex, offset }) => [partitionIndex, toOffset(offset)]))
  }
  try {
    const earliest = await list(ListOffsetTimestamps.EARLIEST)
    const latest = await list(ListOffsetTimestamps.LATEST)
    return leaders.map(({ partition, topicId }) => {
      const [from, to] = [earliest.get(partition), latest.get(partition)]
      if (from === undefined || to === undefined) throw kafkaFault('response_malformed', `Topic ${topic}.`)
      return { partition, topicId, earliest: from, latest: to }
    })
  } finally {
    connection.close()
  }
}
