import { setTimeout as delay } from 'node:timers/promises'
import type { Fault } from '../fault.ts'
import { beMember, type GroupSettings } from './group-member.ts'
import { kafkaFault } from './kafka-fault.ts'
import { OffsetCommits, type GroupMember, type OffsetCommit } from './offset-commits.ts'

export interface GroupMembershipOptions extends GroupSettings {
  /** Joined, or joined again: these partitions, in order, are ours now, and no others. Must not throw. */
  readonly onAssigned: (partitions: readonly number[]) => void
  /** The membership is gone, or could not be had; it is being replaced. Must not throw. */
  readonly onLost: (why: Fault) => void
}

export interface MembershipState {
  readonly isJoined: boolean
  /** When `isJoined` last changed. */
  readonly since: Date
  readonly lastHeartbeatAt: Date | null
  /** The newest reason for not being joined; null once joined. */
  readonly lostBecause: Fault | null
}

/**
 * Wait before a new membership: doubles from the first to the longest, each time a random part of it. The longest comes on
 * top of the session of the membership before, which the group waits for after an outage: with the default of 10 s, a
 * broker that is back is read again within 15 s.
 */
const FIRST_WAIT_MS = 250
const LONGEST_WAIT_MS = 3_000

/**
 * Takes part in a consumer group for as long as it runs, and only that: it says which partitions are ours, it reads
 * nothing. A membership that is gone for any reason (no heartbeat within the session time-out, joining failed,
 * brokers away) is thrown away with all its connections and replaced by a new one, for ever, with growing waits.
 * Partitions may change hands before the one who had them has noticed: what is booked twice must be kept from
 * counting twice by the position in the database, not by the group.
 */
export class GroupMembership {
  readonly #options: GroupMembershipOptions
  readonly #stop = new AbortController()
  readonly #commits: OffsetCommits
  #running: Promise<void> | undefined
  #member: GroupMember | undefined
  #state: MembershipState = { isJoined: false, since: new Date(), lastHeartbeatAt: null, lostBecause: null }

  constructor(options: GroupMembershipOptions) {
    this.#options = options
    this.#commits = new OffsetCommits(options)
  }

  /** Returns at once; joining goes on by itself. */
  start(): void {
    this.#running ??= this.#run()
  }

  /** Leaves the group. Takes two seconds at most, also while brokers are away. */
  async stop(): Promise<void> {
    this.#stop.abort()
    this.#commits.close()
    await this.#running
  }

  state(): MembershipState {
    return this.#state
  }

  /**
   * Tells Kafka how far we are, for lag tools only. One try: a Fault of kind 'outage' if the group does not take it
   * (it is just changing hands, say); the membership stays as it is.
   */
  async commit(offsets: readonly OffsetCommit[]): Promise<void> {
    if (this.#member === undefined) throw kafkaFault('membership_lost', 'Nothing is committed.')
    await this.#commits.commit(offsets, this.#member, this.#stop.signal)
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop
    for (let failures = 0; !signal.aborted; failures += 1) {
      let hasJoined = false
      const onJoined = (partitions: readonly number[], member: GroupMember): void => {
        hasJoined = true
        this.#noteJoined(member)
        this.#options.onAssigned(partitions)
      }
      const onHeartbeat = (): void => {
        this.#state = { ...this.#state, lastHeartbeatAt: new Date() }
      }
      const onLost = (why: Fault | null): void => {
        this.#noteLost(why)
        if (why !== null) this.#options.onLost(why)
      }
      await beMember(this.#options, { onJoined, onHeartbeat, onLost }, signal)
      if (hasJoined) failures = 0
      const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** failures) * Math.random()
      await delay(wait, undefined, { signal }).catch(() => undefined)
    }
  }

  #noteJoined(member: GroupMember): void {
    this.#member = member
    const now = new Date()
    const since = this.#state.isJoined ? this.#state.since : now
    this.#state = { isJoined: true, since, lastHeartbeatAt: now, lostBecause: null }
  }

  #noteLost(why: Fault | null): void {
    this.#member = undefined
    const since = this.#state.isJoined ? new Date() : this.#state.since
    this.#state = { ...this.#state, isJoined: false, since, lostBecause: why }
  }
}
