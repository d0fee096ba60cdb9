/** Brokers of one test alone, behind proxies if wanted, so that they can be killed, frozen, cut off and brought back. */
import { randomUUID } from 'node:crypto'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { Admin } from '@platformatic/kafka'
import { newClusterId, startKafka, type ClusterPlace } from '../../stack/kafka.ts'
import type { Part } from '../../stack/part.ts'
import { freePort } from '../../stack/ports.ts'
import { runFolder } from '../../stack/state.ts'
import { untilLed } from '../../stack/topic.ts'
import { kafkaClasspath, type Owner } from './environment.ts'
import { faultProxy, type FaultProxy } from './fault-proxy.ts'

export interface OwnBroker {
  /** What stands before it; clients that ask for brokers are told of this port. */
  readonly proxy: FaultProxy
  /** Starts it, or starts it again on the same data. */
  start(): Promise<void>
  /** Ends it in good order. */
  stop(): Promise<void>
  /** SIGKILL. */
  kill(): Promise<void>
  signal(name: 'SIGSTOP' | 'SIGCONT'): void
}

export interface OwnKafka {
  /** Bootstrap servers, as settings have them: the proxies. */
  readonly servers: string
  readonly brokers: readonly OwnBroker[]
  /** Starts all that do not run. */
  start(): Promise<void>
  /** Makes a topic with a replica on up to three brokers, and waits until it can be written. */
  makeTopic(
    partitions: number,
    options?: { topic?: string; config?: Record<string, string> },
  ): Promise<string>
  deleteTopic(topic: string): Promise<void>
  /** Deletes the records of each partition below an offset. */
  deleteRecords(topic: string, before: readonly { partition: number; offset: number }[]): Promise<void>
  /** The id of the node that is the active controller. */
  controller(): Promise<number>
}

const heapMegabytes = { alone: 320, ofSeveral: 256 }

export async function ownKafka(owner: Owner, { brokers: count = 1 } = {}): Promise<OwnKafka> {
  const controllerPorts: number[] = []
  for (let n = 0; n < count; n += 1) controllerPorts.push(await freePort())
  const clusterId = newClusterId()
  const brokers = await Promise.all(
    controllerPorts.map((_, index) =>
      ownBroker(owner, { clusterId, nodeId: index + 1, controllerPorts: [...controllerPorts] }),
    ),
  )
  const servers = brokers.map(({ proxy }) => `127.0.0.1:${proxy.port}`).join(',')
  const withAdmin = async <Result>(work: (admin: Admin) => Promise<Result>): Promise<Result> => {
    const admin = new Admin({ clientId: 'bincard-test', bootstrapBrokers: servers.split(',') })
    try {
      return await work(admin)
    } finally {
      await admin.close()
    }
  }
  return {
    servers,
    brokers,
    start: async () => {
      await Promise.all(brokers.map((broker) => broker.start()))
    },
    makeTopic: async (partitions, { topic = `test-${randomUUID()}`, config = {} } = {}) => {
      const configs = Object.entries(config).map(([name, value]) => ({ name, value }))
      await withAdmin(async (admin) => {
        await admin.createTopics({ topics: [topic], partitions, replicas: Math.min(3, count), configs })
        await untilLed(admin, topic, partitions)
      })
      return topic
    },
    deleteTopic: (topic) => withAdmin((admin) => admin.deleteTopics({ topics: [topic] })),
    deleteRecords: async (topic, before) => {
      const partitions = before.map(({ partition, offset }) => ({ partition, offset: BigInt(offset) }))
      await withAdmin((admin) => admin.deleteRecords({ topics: [{ name: topic, partitions }] }))
    },
    controller: async () => (await withAdmin((admin) => admin.metadata({ topics: [] }))).controllerId,
  }
}

async function ownBroker(owner: Owner, place: ClusterPlace): Promise<OwnBroker> {
  const folder = runFolder(`test-kafka-${randomUUID()}`)
  const port = await freePort()
  const proxy = await faultProxy(owner, { host: '127.0.0.1', port })
  const jars = { java: 'java', classpath: kafkaClasspath() }
  const isAlone = place.controllerPorts.length === 1
  let running: Part | undefined
  const signal = (name: NodeJS.Signals): void => {
    const { part } = JSON.parse(readFileSync(join(folder.pids, 'kafka.json'), 'utf8')) as { part: number }
    process.kill(part, name)
  }
  owner.after(async () => {
    if (running !== undefined) signal('SIGCONT')
    await running?.stop()
    rmSync(folder.path, { recursive: true, force: true })
  })
  return {
    proxy,
    start: async () => {
      if (running !== undefined) return
      running = await startKafka({
        folder,
        port,
        advertisedPort: proxy.port,
        heapMegabytes: isAlone ? heapMegabytes.alone : heapMegabytes.ofSeveral,
        jars,
        place,
        signal: new AbortController().signal,
      })
    },
    stop: async () => {
      await running?.stop()
      running = undefined
    },
    kill: async () => {
      signal('SIGKILL')
      await running?.ended
      running = undefined
    },
    signal,
  }
}
