import { FindCoordinatorKeyTypes, createAPI, findCoordinatorV4, offsetCommitV8 } from '@platformatic/kafka'
import { BrokerConnection } from './broker-connection.ts'
import { askAnyBroker, keepErrorCodes, type Cluster } from './cluster.ts'
import { faultOfErrorCode, kafkaFault } from './kafka-fault.ts'

export interface OffsetCommit {
  readonly partition: number
  /** Where a reader would go on. */
  readonly offset: number
  readonly leaderEpoch: number
}

/** Whom the group takes commits from: one of its members as of now. */
export interface GroupMember {
  readonly memberId: string
  readonly generationId: number
}

/**
 * Commits offsets of one topic to the group's coordinator, on a connection of its own: nothing that happens here
 * touches the membership. (The client's own commit joins the group again when it is refused.) One try each;
 * failures are Faults, kind 'outage'. The coordinator is looked up again after any of them.
 */
export class OffsetCommits {
  readonly #options: { cluster: Cluster; groupId: string; topic: string }
  #coordinator: BrokerConnection | undefined

  constructor(options: { cluster: Cluster; groupId: string; topic: string }) {
    this.#options = options
  }

  async commit(offsets: readonly OffsetCommit[], member: GroupMember, signal: AbortSignal): Promise<void> {
    try {
      const coordinator = await this.#connect(signal)
      await this.#send(coordinator, { offsets, member, signal })
    } catch (error) {
      this.close()
      throw error
    }
  }

  /** Ends the connection at once; a later commit would connect again. */
  close(): void {
    this.#coordinator?.close()
    this.#coordinator = undefined
  }

  async #send(
    coordinator: BrokerConnection,
    asked: { offsets: readonly OffsetCommit[]; member: GroupMember; signal: AbortSignal },
  ): Promise<void> {
    const { topic, groupId } = this.#options
    const partitions = asked.offsets.map(({ partition, offset, leaderEpoch }) => ({
      partitionIndex: partition,
      committedOffset: BigInt(offset),
      committedLeaderEpoch: leaderEpoch,
      committedMetadata: null,
    }))
    const { memberId, generationId } = asked.member
    const response = await coordinator.request(
      { versions: offsetCommitVersions, signal: asked.signal },
      groupId,
      generationId,
      memberId,
      null,
      [{ name: topic, partitions }],
    )
    const refused = response.topics.flatMap((one) => one.partitions).find(({ errorCode }) => errorCode !== 0)
    if (refused !== undefined) throw faultOfErrorCode(refused.errorCode, `Group ${groupId}.`)
  }

  async #connect(signal: AbortSignal): Promise<BrokerConnection> {
    if (this.#coordinator?.isOpen === true) return this.#coordinator
    const { cluster, groupId } = this.#options
    const { coordinators } = await askAnyBroker(cluster, signal, (connection) =>
      connection.request({ versions: findCoordinatorVersions, signal }, FindCoordinatorKeyTypes.GROUP, [
        groupId,
      ]),
    )
    const address = coordinators[0]
    if (address === undefined) throw kafkaFault('coordinator_unavailable', `Group ${groupId}.`)
    if (address.errorCode !== 0) throw faultOfErrorCode(address.errorCode, `Group ${groupId}.`)
    this.#coordinator = await BrokerConnection.open({ ...cluster, address }, signal)
    return this.#coordinator
  }
}

/** One version each: both are known to every broker that knows topic ids, up to the newest. */
const findCoordinatorVersions = [
  createAPI<findCoordinatorV4.FindCoordinatorRequest, findCoordinatorV4.FindCoordinatorResponse>(
    findCoordinatorV4.api.key,
    findCoordinatorV4.api.version,
    findCoordinatorV4.createRequest,
    keepErrorCodes(findCoordinatorV4.parseResponse),
  ),
]
const offsetCommitVersions = [
  createAPI<offsetCommitV8.OffsetCommitRequest, offsetCommitV8.OffsetCommitResponse>(
    offsetCommitV8.api.key,
    offsetCommitV8.api.version,
    offsetCommitV8.createRequest,
    keepErrorCodes(offsetCommitV8.parseResponse),
  ),
]
