import assert from 'node:assert/strict'
import { withAdmin } from '../../stack/topic.ts'
import { ownKafka } from '../support/own-kafka.ts'
import { waitFor } from '../support/wait.ts'
import { fault, type FaultRun } from './fault.ts'

const partitions = 6
/** The shortest that a broker accepts unless told otherwise. */
const sessionMs = 6_000
/** The key of a heartbeat's request, https://kafka.apache.org/protocol#protocol_api_keys. */
const heartbeatKey = 12
/** It stands behind the four bytes of the request's length. */
const keyAt = 4

fault(
  'F7',
  'a connection to the coordinator that is reset costs no membership',
  async (run) => await resetHeartbeats(run, 1),
)

fault(
  'F7',
  'twenty resets in a row cost no membership that lasts',
  async (run) => await resetHeartbeats(run, 20),
  { onlyWhole: 'each of them waits for a heartbeat' },
)

async function resetHeartbeats(run: FaultRun, resets: number): Promise<void> {
  const kafka = await ownKafka(run.t)
  const [broker] = kafka.brokers
  assert.ok(broker !== undefined)
  await kafka.start()
  const topic = await kafka.makeTopic(partitions)
  const scene = await run.scene({
    messages: run.choose({ whole: 50_000, share: 3_000 }),
    kafka: { servers: kafka.servers, topic },
    environment: { KAFKA_SESSION_TIMEOUT_MS: String(sessionMs) },
  })
  await scene.feed(0, 0.5)
  const replica = await scene.startReplica()
  await scene.untilBooked(0.5)

  const group = `group-${topic}`
  const [first] = await membersOf(kafka.servers, group)
  let left = resets
  broker.proxy.watch((bytes, direction) => {
    const isHeartbeat =
      direction === 'toServer' && bytes.length > keyAt + 1 && bytes.readInt16BE(keyAt) === heartbeatKey
    if (!isHeartbeat || left === 0) return 'pass'
    left -= 1
    run.inflict()
    return 'reset'
  })
  await waitFor('the resets', () => left === 0, { limitMs: 300_000 })
  const lastMs = performance.now()
  await waitFor('two session times', () => performance.now() - lastMs > 2 * sessionMs, { limitMs: 60_000 })
  await waitFor(
    'one member, with all partitions',
    async () => {
      const { length } = await membersOf(kafka.servers, group)
      return length === 1 && (await replica.partitions()) === partitions
    },
    { limitMs: 60_000 },
  )
  const [last] = await membersOf(kafka.servers, group)
  run.measured(`${last === first ? 'the same' : 'a new'} membership after ${resets} resets`)
  await scene.feed(0.5, 1)
  await scene.settle()
}

/** Their ids. */
async function membersOf(servers: string, group: string): Promise<string[]> {
  return await withAdmin(servers, async (admin) => {
    const groups = await admin.describeGroups({ groups: [group] })
    return [...(groups.get(group)?.members.keys() ?? [])]
  })
}
