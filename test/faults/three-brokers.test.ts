import assert from 'node:assert/strict'
import { ProduceAcks } from '@platformatic/kafka'
import { withAdmin } from '../../stack/topic.ts'
import { EndOffsets } from '../../src/kafka/end-offsets.ts'
import { seconds } from '../support/consuming.ts'
import { clusterAt } from '../support/kafka-producer.ts'
import { ownKafka, type OwnKafka } from '../support/own-kafka.ts'
import type { Scene } from '../support/scene.ts'
import { send } from '../support/send.ts'
import { waitFor } from '../support/wait.ts'
import { fault, type FaultRun } from './fault.ts'

const partitions = 6
const brokerCount = 3
const replicaCount = 3
/** Brokers start and elect leaders. */
const patience = { limitMs: 180_000, everyMs: 200 }
const onlyWhole = 'three brokers and three replicas'

fault(
  'F5b',
  'of three brokers, one killed and then the one that is the controller, each message is booked once',
  async (run) => {
    const { kafka, scene } = await setClusterScene(run)
    const killed: number[] = []
    for (const victim of ['a broker', 'the controller'] as const) {
      const controller = (await kafka.controller()) - 1
      const index = victim === 'the controller' ? controller : (controller + 1) % brokerCount
      killed.push(index)
      await feed(scene, kafka, killed.length * 2 - 2)
      await scene.untilBooked((killed.length * 2 - 1.7) / 5)
      await kafka.brokers[index]?.kill()
      run.inflict()
      const killedMs = performance.now()
      await scene.untilBooked((killed.length * 2 - 1) / 5, patience.limitMs)
      run.measured(
        `all partitions booked ${seconds(performance.now() - killedMs)} after ${victim} was killed`,
      )
      // Two of three are in step: that is enough to write and to read.
      await untilLedAgain(kafka, scene.topic)
      await feed(scene, kafka, killed.length * 2 - 1)
      await scene.untilBooked((killed.length * 2) / 5, patience.limitMs)
      await kafka.brokers[index]?.start()
      await untilInStep(kafka, scene.topic)
    }
    await feed(scene, kafka, 4)
    await scene.settle({ limitMs: patience.limitMs })
  },
  { onlyWhole },
)

fault(
  'F5c',
  'a frozen replica, and brokers that are restarted one after the other, cost time and nothing else',
  async (run) => {
    const { kafka, scene } = await setClusterScene(run)
    const [zombie] = scene.replicas
    assert.ok(zombie !== undefined)
    await feed(scene, kafka, 0)
    zombie.signal('SIGSTOP')
    run.inflict()
    const frozenMs = performance.now()
    await scene.untilBooked(1 / 5, patience.limitMs)
    run.measured(`all partitions booked ${seconds(performance.now() - frozenMs)} after a replica froze`)
    zombie.signal('SIGCONT')
    await untilShared(scene)
    for (const [index, broker] of kafka.brokers.entries()) {
      await broker.stop()
      run.inflict()
      const stoppedMs = performance.now()
      await untilLedAgain(kafka, scene.topic)
      await feed(scene, kafka, index + 1)
      await scene.untilBooked((index + 2) / 5, patience.limitMs)
      run.measured(
        `all booked ${seconds(performance.now() - stoppedMs)} after broker ${index + 1} was stopped`,
      )
      await broker.start()
      await untilInStep(kafka, scene.topic)
    }
    await feed(scene, kafka, 4)
    await scene.settle({ limitMs: patience.limitMs })
  },
  { onlyWhole },
)

async function setClusterScene(run: FaultRun): Promise<{ kafka: OwnKafka; scene: Scene }> {
  const kafka = await ownKafka(run.t, { brokers: brokerCount })
  await kafka.start()
  const topic = await kafka.makeTopic(partitions)
  const scene = await run.scene({
    messages: 50_000,
    partitions,
    kafka: { servers: kafka.servers, topic },
    // Small batches, so that what goes away goes away amid work.
    environment: { BATCH_MAX_EVENTS: '50' },
  })
  for (let replica = 0; replica < replicaCount; replica += 1) await scene.startReplica()
  await untilShared(scene)
  scene.readAtTheSide()
  return { kafka, scene }
}

/** A fifth of the workload, written to two brokers at least: none of it is lost with one of them. */
async function feed({ topic, total, workload }: Scene, { servers }: OwnKafka, fifth: number): Promise<void> {
  const part = workload.sent.slice(Math.floor((fifth * total) / 5), Math.floor(((fifth + 1) * total) / 5))
  await send(topic, part, { servers, acks: ProduceAcks.ALL })
}

async function untilShared({ replicas }: Scene): Promise<void> {
  await waitFor(
    'the partitions to be shared out',
    async () => {
      const counts = await Promise.all(replicas.map((replica) => replica.partitions()))
      return counts.every((count) => count === partitions / replicaCount)
    },
    patience,
  )
}

/** Whoever is left leads all partitions: a write that fails could not be repeated without a second copy of its messages. */
async function untilLedAgain({ servers }: OwnKafka, topic: string): Promise<void> {
  const cluster = { ...clusterAt(servers), bootstrapServers: servers.split(',') }
  const ends = new EndOffsets({ cluster, topic, onFailed: () => undefined })
  await waitFor('other leaders', async () => (await ends.read())?.length === partitions, patience)
}

/** Each partition has all its replicas in step. */
async function untilInStep({ servers }: OwnKafka, topic: string): Promise<void> {
  await waitFor(
    'the brokers to be in step',
    async () => {
      try {
        const { topics } = await withAdmin(servers, (admin) => admin.metadata({ topics: [topic] }))
        const found = topics.get(topic)?.partitions ?? []
        return found.length === partitions && found.every(({ isr }) => isr.length === brokerCount)
      } catch {
        // A broker on its way up.
        return false
      }
    },
    patience,
  )
}
