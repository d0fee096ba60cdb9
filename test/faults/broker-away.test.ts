import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { untilLed, withAdmin } from '../../stack/topic.ts'
import { seconds, untilConsuming } from '../support/consuming.ts'
import { ownKafka, type OwnBroker } from '../support/own-kafka.ts'
import type { Scene } from '../support/scene.ts'
import type { ServiceProcess } from '../support/service-process.ts'
import type { SideReaders } from '../support/side-readers.ts'
import { waitFor } from '../support/wait.ts'
import { fault, type FaultRun } from './fault.ts'

const partitions = 6
const awayMs = 20_000
const silentMs = 60_000
const promises = { consumingMs: 15_000, unreadyMs: 10_000 }
const onlyWhole = 'a minute of a broker that is away'

fault(
  'F5',
  'a broker that is stopped, then killed, and comes back is read again without a restart; reads go on',
  async (run) => {
    const brokerScene = await setBrokerScene(run)
    const { scene, replica, broker, readers } = brokerScene
    for (const [end, from] of [
      ['stop', 0.25],
      ['kill', 0.6],
    ] as const) {
      // It goes away amid work.
      await scene.feed(from, from + 0.2)
      readers.begin()
      await broker[end]()
      run.inflict()
      await waitFor('no readiness', async () => (await replica.get('/health/ready')).status === 503)
      await sleep(awayMs)
      await broker.start()
      await consumingAgain(run, brokerScene, { from: from + 0.2, to: from === 0.25 ? 0.6 : 1, after: end })
      assertAllAnswered(readers)
    }
    await scene.settle()
  },
  { onlyWhole },
)

fault(
  'F6',
  'a broker that falls silent is told by readiness, and read again when it speaks; reads go on',
  async (run) => {
    const brokerScene = await setBrokerScene(run)
    const { scene, replica, broker, readers } = brokerScene
    await scene.feed(0.25, 0.5)
    readers.begin()
    broker.proxy.silence(true)
    run.inflict()
    const silentSinceMs = performance.now()
    await waitFor('no readiness', async () => (await replica.get('/health/ready')).status === 503, {
      limitMs: 120_000,
    })
    const unreadyMs = performance.now() - silentSinceMs
    run.measured(`not ready ${seconds(unreadyMs)} after the silence began`)
    assert.ok(unreadyMs <= run.limit(promises.unreadyMs))
    await sleep(silentMs - unreadyMs)
    broker.proxy.silence(false)
    await consumingAgain(run, brokerScene, { from: 0.5, to: 1, after: 'silence' })
    assertAllAnswered(readers)
    await scene.settle()
  },
  { onlyWhole },
)

interface BrokerScene {
  readonly servers: string
  readonly scene: Scene
  readonly replica: ServiceProcess
  readonly broker: OwnBroker
  readonly readers: SideReaders
}

/** A broker alone, a quarter of the workload booked, and readers. */
async function setBrokerScene(run: FaultRun): Promise<BrokerScene> {
  const kafka = await ownKafka(run.t)
  const [broker] = kafka.brokers
  assert.ok(broker !== undefined)
  await kafka.start()
  const topic = await kafka.makeTopic(partitions)
  const scene = await run.scene({ messages: 50_000, kafka: { servers: kafka.servers, topic } })
  await scene.feed(0, 0.25)
  const replica = await scene.startReplica()
  await scene.untilBooked(0.25)
  return { servers: kafka.servers, scene, replica, broker, readers: scene.readAtTheSide() }
}

/** Measures from the broker's return; something more is sent then, for all that was sent before may be booked. */
async function consumingAgain(
  run: FaultRun,
  { scene, servers }: BrokerScene,
  { from, to, after }: { from: number; to: number; after: string },
): Promise<void> {
  const consuming = untilConsuming(scene)
  await withAdmin(servers, (admin) => untilLed(admin, scene.topic, partitions))
  await scene.feed(from, to)
  const ms = await consuming
  run.measured(`consuming again ${seconds(ms)} after the ${after}`)
  assert.ok(ms <= run.limit(promises.consumingMs), `consuming again only after ${seconds(ms)}`)
}

function assertAllAnswered(readers: SideReaders): void {
  const { statuses, reads, unexplained } = readers.seen()
  assert.ok(reads > 0)
  assert.deepEqual([...statuses.keys()], [200], unexplained.join('\n'))
}
