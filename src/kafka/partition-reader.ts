import { FetchIsolationLevels, ListOffsetTimestamps } from '@platformatic/kafka'
import { BrokerConnection } from './broker-connection.ts'
import { findLeader, type Cluster, type PartitionLeader } from './cluster.ts'
import { takeChunk, type Chunk, type Position, type Rest } from './chunk.ts'
import { committedBatches } from './committed-messages.ts'
import { fetchVersions, type FetchedPartition } from './fetched-partition.ts'
import { faultOfErrorCode, kafkaFault } from './kafka-fault.ts'
import { listOffsetsVersions, NOT_A_REPLICA } from './list-offsets.ts'
import { toOffset } from './record-batch.ts'

export interface PartitionReaderOptions {
  readonly cluster: Cluster
  readonly topic: string
  /** The topic as it was when the positions were written; another one under the same name is not read. */
  readonly topicId: string
  readonly partition: number
  /** Most bytes of one answer, and of one chunk unpacked; but always at least one record batch, however large. */
  readonly maxBytes: number
  /** Time that the broker may wait for messages before it answers that there are none. */
  readonly maxWaitMs: number
}

/** Where the log of a partition begins, and up to where it can be read (its last stable offset). */
export interface Bounds {
  readonly earliest: number
  readonly latest: number
}

interface Leader extends PartitionLeader {
  readonly connection: BrokerConnection
}

/**
 * Reads one partition on a connection of its own, so that a partition that is stuck holds back no other. One
 * request at a time, one attempt each, but that a leader who has moved is looked up again at once; waiting and
 * trying again are the caller's. After any failure the next call looks the leader up and connects anew.
 *
 * All failures are Faults of part 'kafka'. Kind 'halt': `topic_recreated`, `position_before_log`,
 * `position_after_log`, `record_batch_unreadable`, `offset_too_large`; all others are an 'outage'.
 */
export class PartitionReader {
  readonly #options: PartitionReaderOptions
  readonly #place: string
  #leader: Leader | undefined
  #rest: Rest | undefined
  #isClosed = false

  constructor(options: PartitionReaderOptions) {
    this.#options = options
    this.#place = `Topic ${options.topic}, partition ${options.partition}.`
  }

  /**
   * Waits up to `maxWaitMs` for messages at the offset; there may be none. An abort ends the wait at once and
   * rejects with the signal's reason.
   */
  async read(from: Position, signal: AbortSignal): Promise<Chunk> {
    return await this.#try(async () => {
      signal.throwIfAborted()
      const rest = this.#rest?.nextOffset === from.offset ? this.#rest : await this.#fetchRest(from, signal)
      const { isExhausted, ...chunk } = takeChunk(rest, from, this.#options.maxBytes)
      this.#rest = isExhausted ? undefined : { ...rest, nextOffset: chunk.nextOffset }
      return chunk
    })
  }

  /** Where the log begins and ends now. */
  async bounds(signal: AbortSignal): Promise<Bounds> {
    return await this.#try(async () => {
      // Bounds are asked for by name: a leader looked up long ago may by now be that of another topic.
      this.#drop()
      const { topicId } = await this.#connect(signal)
      if (topicId !== this.#options.topicId) throw kafkaFault('topic_recreated', this.#place)
      const earliest = await this.#listOffset(ListOffsetTimestamps.EARLIEST, signal)
      const latest = await this.#listOffset(ListOffsetTimestamps.LATEST, signal)
      return { earliest, latest }
    })
  }

  /** Ends the connection at once. End a running read by its signal first. */
  close(): void {
    this.#isClosed = true
    this.#drop()
  }

  async #fetchRest(from: Position, signal: AbortSignal): Promise<Rest> {
    const { partition } = this.#options
    const fetched = await this.#fetch(from, signal)
    const batches = committedBatches(fetched, { partition, offset: from.offset })
    return { nextOffset: from.offset, endOffset: toOffset(fetched.lastStableOffset), batches }
  }

  async #fetch(from: Position, signal: AbortSignal): Promise<FetchedPartition> {
    const fetched = await this.#fetchOnce(from, signal)
    const fault = await this.#faultOf(fetched, from, signal)
    if (fault === null) return fetched
    if (fault.code !== 'leader_unavailable') throw fault

    this.#drop()
    const again = await this.#fetchOnce(from, signal)
    const stillFault = await this.#faultOf(again, from, signal)
    if (stillFault === null) return again
    throw stillFault
  }

  async #fetchOnce({ offset, leaderEpoch }: Position, signal: AbortSignal): Promise<FetchedPartition> {
    const { topicId, partition, maxBytes, maxWaitMs } = this.#options
    const leader = await this.#connect(signal)
    const asked = {
      partition,
      currentLeaderEpoch: leader.leaderEpoch,
      fetchOffset: BigInt(offset),
      lastFetchedEpoch: leaderEpoch,
      partitionMaxBytes: maxBytes,
    }
    return await leader.connection.request(
      { versions: fetchVersions, signal },
      maxWaitMs,
      MIN_BYTES,
      maxBytes,
      FetchIsolationLevels.READ_COMMITTED,
      NO_SESSION.id,
      NO_SESSION.epoch,
      [{ topicId, partitions: [asked] }],
      [],
      NO_RACK,
    )
  }

  /** What the answer means if it is not messages. */
  async #faultOf({ errorCode, hasDiverged }: FetchedPartition, from: Position, signal: AbortSignal) {
    if (errorCode === 0 && !hasDiverged) return null
    const detail = `${this.#place} Offset ${from.offset}, epoch ${from.leaderEpoch}.`
    if (hasDiverged) return kafkaFault('position_after_log', detail)
    const fault = faultOfErrorCode(errorCode, detail)
    if (fault.code === 'position_after_log') {
      const earliest = await this.#listOffset(ListOffsetTimestamps.EARLIEST, signal)
      return from.offset < earliest
        ? kafkaFault('position_before_log', `${detail} Begin: ${earliest}.`)
        : fault
    }
    if (fault.code === 'topic_missing') {
      const { topic, partition, cluster, topicId } = this.#options
      const now = await findLeader(cluster, { topic, partition }, signal)
      return now.topicId === topicId ? fault : kafkaFault('topic_recreated', detail)
    }
    return fault
  }

  async #listOffset(timestamp: bigint, signal: AbortSignal): Promise<number> {
    const { topic, partition } = this.#options
    const { connection, leaderEpoch } = await this.#connect(signal)
    const response = await connection.request(
      { versions: listOffsetsVersions, signal },
      NOT_A_REPLICA,
      FetchIsolationLevels.READ_COMMITTED,
      [
        {
          name: topic,
          partitions: [{ partitionIndex: partition, currentLeaderEpoch: leaderEpoch, timestamp }],
        },
      ],
    )
    const found = response.topics[0]?.partitions[0]
    if (found === undefined) throw kafkaFault('response_malformed', this.#place)
    if (found.errorCode !== 0) throw faultOfErrorCode(found.errorCode, this.#place)
    return toOffset(found.offset)
  }

  async #connect(signal: AbortSignal): Promise<Leader> {
    if (this.#leader?.connection.isOpen === true) return this.#leader
    this.#drop()
    const { cluster, topic, partition, maxWaitMs } = this.#options
    const found = await findLeader(cluster, { topic, partition }, signal)
    const requestTimeoutMs = cluster.requestTimeoutMs + maxWaitMs
    const options = { ...cluster, requestTimeoutMs, address: found.address }
    const leader = { ...found, connection: await BrokerConnection.open(options, signal) }
    this.#leader = leader
    if (this.#isClosed) this.#drop()
    return leader
  }

  async #try<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work()
    } catch (error) {
      this.#drop()
      throw error
    }
  }

  #drop(): void {
    this.#leader?.connection.close()
    this.#leader = undefined
    this.#rest = undefined
  }
}

/** The broker answers as soon as there is anything. */
const MIN_BYTES = 1
/** Sessions save bytes for readers of many partitions; this one asks for a single one. */
const NO_SESSION = { id: 0, epoch: -1 }
const NO_RACK = ''
