/**
 * The intake of one process: a place in the consumer group, and a lane for each partition that the group gives it.
 *
 * The group only says who should book what; who may is settled by each batch's compare-and-set in PostgreSQL. So an
 * assignment is followed without ceremony: lanes that are no longer ours end, new ones start from their positions.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Fault } from '../fault.ts'
import type { Cluster, TopicDescription } from '../kafka/cluster.ts'
import { describeTopic } from '../kafka/cluster.ts'
import { GroupMembership } from '../kafka/group-membership.ts'
import { PartitionReader } from '../kafka/partition-reader.ts'
import { BackOff } from './back-off.ts'
import { intakeFault, toIntakeFault } from './intake-fault.ts'
import { Lane, type LaneLimits, type LaneParts, type LaneState, type LaneStore } from './lane.ts'
import type { IntakeObserver } from './observer.ts'
import { RefusalStreak } from './refusal-streak.ts'
import { realTime } from './time.ts'
import { Turns } from './turns.ts'

export interface IntakeOptions {
  readonly cluster: Cluster
  readonly topic: string
  readonly group: {
    readonly groupId: string
    readonly sessionTimeoutMs: number
    readonly rebalanceTimeoutMs: number
    readonly heartbeatIntervalMs: number
  }
  readonly fetch: { readonly maxBytes: number; readonly maxWaitMs: number }
  readonly limits: LaneLimits
  /** A lane that shows no sign of work for so long is replaced. */
  readonly stallTimeoutMs: number
  /** So many lanes can write at a time; a lane that waits for its turn shows no sign of work, and is not stuck. */
  readonly batchesAtOnce: number
  /** How often the positions are told to Kafka, for tools that show lag. */
  readonly commitIntervalMs: number
  readonly store: LaneStore
  readonly observer: IntakeObserver
  readonly clock: LaneParts['clock']
  readonly random: LaneParts['random']
}

/** How the intake is, for readiness. */
export interface IntakeHealth {
  /** A member of the group; else why not, if it is known. */
  readonly group: { readonly joined: boolean; readonly fault: Fault | null }
  readonly lanes: readonly { readonly partition: number; readonly state: LaneState; readonly lag: number }[]
}

const watchIntervalMs = 1000
/** The last commit is for tools that show lag: nice to have, not worth a slow end. */
const lastCommitMs = 1000

export class Intake {
  readonly #options: IntakeOptions
  readonly #abort = new AbortController()
  readonly #lanes = new Map<number, Lane>()
  /** Lanes on their way out; the end waits for them. */
  readonly #ending = new Set<Promise<void>>()
  readonly #committed = new Map<number, number>()
  readonly #refusals = new Map<number, RefusalStreak>()
  readonly #turns: Turns
  #committing: Promise<void> | null = null
  #opening: Promise<void> = Promise.resolve()
  #membership: GroupMembership | null = null
  #groupFault: Fault | null = null
  #timers: NodeJS.Timeout[] = []

  constructor(options: IntakeOptions) {
    this.#options = options
    this.#turns = new Turns(options.batchesAtOnce)
  }

  /** Starts in the background; Kafka may be away, it is tried until it is there. */
  start(): void {
    this.#opening = this.#open()
    this.#timers = [
      setInterval(() => this.#replaceStuckLanes(), watchIntervalMs),
      setInterval(() => void this.#commitOnce(), this.#options.commitIntervalMs),
    ]
  }

  /** Ends the lanes after the batches that they have under way, then leaves the group. */
  async stop(): Promise<void> {
    this.#abort.abort()
    for (const timer of this.#timers) clearInterval(timer)
    await this.#opening
    await Promise.all([...this.#lanes.values()].map((lane) => lane.stop()))
    await Promise.all(this.#ending)
    await Promise.race([this.#commitOnce(), sleep(lastCommitMs)])
    await this.#membership?.stop()
  }

  get health(): IntakeHealth {
    const lanes = [...this.#lanes].map(([partition, { state, lag }]) => ({ partition, state, lag }))
    const joined = this.#membership?.state().isJoined ?? false
    return { group: { joined, fault: joined ? null : this.#groupFault }, lanes }
  }

  async #open(): Promise<void> {
    const { cluster, topic, group, limits, observer, random } = this.#options
    const time = realTime
    const backOff = new BackOff({ minMs: limits.retryMinMs, maxMs: limits.retryMaxMs, random, time })
    while (!this.#abort.signal.aborted) {
      try {
        const description = await describeTopic(cluster, topic, this.#abort.signal)
        this.#membership = new GroupMembership({
          ...group,
          cluster,
          topic,
          onAssigned: (partitions) => this.#follow(description, partitions),
          onLost: (fault) => this.#lose(fault),
        })
        this.#membership.start()
        return
      } catch (error) {
        if (this.#abort.signal.aborted) return
        this.#groupFault = toIntakeFault(error)
        observer.failed(null, this.#groupFault)
        await backOff.wait(this.#abort.signal)
      }
    }
  }

  #follow(description: TopicDescription, partitions: readonly number[]): void {
    if (this.#abort.signal.aborted) return
    for (const partition of this.#lanes.keys()) {
      if (!partitions.includes(partition)) this.#endLane(partition)
    }
    for (const partition of partitions) {
      if (!this.#lanes.has(partition)) this.#startLane(description, partition)
    }
  }

  #lose(fault: Fault): void {
    this.#groupFault = fault
    this.#options.observer.failed(null, fault)
    for (const partition of this.#lanes.keys()) this.#endLane(partition)
  }

  #startLane({ topic, topicId }: Pick<TopicDescription, 'topic' | 'topicId'>, partition: number): void {
    const { cluster, fetch, store, observer, limits, clock, random } = this.#options
    const log = new PartitionReader({ cluster, topic, topicId, partition, ...fetch })
    const place = { topic, topicId, partition }
    const refusals = this.#refusals.get(partition) ?? new RefusalStreak()
    this.#refusals.set(partition, refusals)
    const turns = this.#turns
    const parts = { partition: place, log, store, observer, turns, refusals, limits, clock, random }
    const lane = new Lane({ ...parts, time: realTime })
    this.#lanes.set(partition, lane)
    observer.laneStarted(place)
    lane.start()
  }

  #endLane(partition: number): void {
    const lane = this.#lanes.get(partition)
    this.#lanes.delete(partition)
    this.#committed.delete(partition)
    if (lane === undefined) return
    const ending = lane.stop().finally(() => {
      this.#ending.delete(ending)
      if (!this.#lanes.has(partition)) this.#options.observer.laneStopped(lane.partition)
    })
    this.#ending.add(ending)
  }

  #replaceStuckLanes(): void {
    const { stallTimeoutMs, batchesAtOnce, observer } = this.#options
    const limitMs = stallTimeoutMs * Math.ceil(this.#lanes.size / batchesAtOnce)
    for (const [partition, lane] of this.#lanes) {
      if (lane.state.name === 'halted' || lane.idleMs < limitMs) continue
      observer.failed(lane.partition, intakeFault('lane_stalled'))
      lane.abandon()
      this.#lanes.delete(partition)
      this.#startLane(lane.partition, partition)
    }
  }

  /** One at a time: who comes while one is under way waits for that one. */
  async #commitOnce(): Promise<void> {
    this.#committing ??= this.#commit().finally(() => {
      this.#committing = null
    })
    await this.#committing
  }

  async #commit(): Promise<void> {
    const offsets = []
    for (const [partition, { position, state }] of this.#lanes) {
      // The position of a lane that stopped may be of a topic that is gone.
      if (state.name === 'halted') continue
      if (position === null || this.#committed.get(partition) === position.nextOffset) continue
      offsets.push({ partition, offset: position.nextOffset, leaderEpoch: position.leaderEpoch })
    }
    if (offsets.length === 0 || this.#membership?.state().isJoined !== true) return
    try {
      await this.#membership.commit(offsets)
      for (const { partition, offset } of offsets) this.#committed.set(partition, offset)
    } catch (error) {
      this.#options.observer.failed(null, toIntakeFault(error))
    }
  }
}
