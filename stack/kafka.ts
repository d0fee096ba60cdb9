import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Jars } from './maven-parts.ts'
import { startPart } from './part.ts'
import type { Part } from './part.ts'
import { freePort } from './ports.ts'
import { runTool } from './run-tool.ts'
import { root } from './state.ts'
import type { RunFolder } from './state.ts'
import { brokerAnswers } from './topic.ts'
import { untilReady } from './until-ready.ts'

export interface KafkaOptions {
  readonly folder: RunFolder
  readonly port: number
  readonly heapMegabytes: number
  readonly jars: Jars
  readonly signal: AbortSignal
}

/** Ready after 2 to 3 s on an idle machine of 2 cores. */
const readyLimitMs = 60_000
const lookAgainMs = 100
/** A broker that is alone ends in about a second. */
const stopLimitMs = 15_000

/**
 * Starts a Kafka broker in KRaft mode, alone, on loopback. Resolves when it answers requests.
 *
 * @throws {StackError} when it does not come up
 */
export async function startKafka(options: KafkaOptions): Promise<Part> {
  const { folder, port, heapMegabytes, jars, signal } = options
  const data = join(folder.path, 'kafka')
  const propertiesFile = join(folder.path, 'kafka.properties')
  const controllerPort = await freePort()
  mkdirSync(folder.path, { recursive: true })
  if (!existsSync(data)) await makeData(data, options)
  writeFileSync(propertiesFile, properties({ data, port, controllerPort }))

  const part = startPart({
    name: 'Kafka',
    address: `127.0.0.1:${port}`,
    command: jars.java,
    argumentList: [
      [`-Xmx${heapMegabytes}m`, ...logging, '-cp', jars.classpath],
      ['kafka.Kafka', propertiesFile],
    ].flat(),
    mark: propertiesFile,
    cwd: root,
    stopSignal: 'SIGTERM',
    stopLimitMs,
    folder,
  })
  const waiting = { limitMs: readyLimitMs, everyMs: lookAgainMs, signal }
  await untilReady(part, () => brokerAnswers(part.address), waiting)
  return part
}

/** The broker's log is wanted, its hundreds of settings at every start are not. */
const logging = [
  '-Dorg.slf4j.simpleLogger.showDateTime=true',
  '-Dorg.slf4j.simpleLogger.dateTimeFormat=HH:mm:ss.SSS',
  '-Dorg.slf4j.simpleLogger.log.org.apache.kafka.common.config=warn',
]

/** Under another name until it is complete, like the data of PostgreSQL. */
async function makeData(data: string, { jars, port, signal, folder }: KafkaOptions): Promise<void> {
  const making = `${data}.making`
  const propertiesFile = `${making}.properties`
  rmSync(making, { recursive: true, force: true })
  // The controller's port matters only while it runs: it is not written into the data.
  writeFileSync(propertiesFile, properties({ data: making, port, controllerPort: port + 1 }))
  await runTool({
    command: jars.java,
    argumentList: [
      ['-cp', jars.classpath, 'kafka.tools.StorageTool', 'format'],
      ['--config', propertiesFile, `--cluster-id=${clusterId()}`],
    ].flat(),
    cwd: folder.path,
    signal,
  })
  rmSync(propertiesFile)
  renameSync(making, data)
}

/** 16 random bytes in base64url, as Kafka writes its ids. */
function clusterId(): string {
  return randomBytes(16).toString('base64url')
}

interface Places {
  readonly data: string
  readonly port: number
  readonly controllerPort: number
}

/**
 * A quorum of one by `voters`, and not by a formatted voter set (`--standalone`): that one would remember the
 * controller's port, and nobody should have to keep a second port free.
 */
function properties({ data, port, controllerPort }: Places): string {
  return `process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:${controllerPort}
listeners=PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}
advertised.listeners=PLAINTEXT://127.0.0.1:${port}
controller.listener.names=CONTROLLER
log.dirs=${data}

# A single broker can keep one replica of anything.
default.replication.factor=1
min.insync.replicas=1
offsets.topic.replication.factor=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1

# 50 partitions each are for clusters; they only make the first group and the first transaction slow.
offsets.topic.num.partitions=4
transaction.state.log.num.partitions=4

# Nobody else is about to join the group.
group.initial.rebalance.delay.ms=0
# A topic with a mistyped name is to be an error.
auto.create.topics.enable=false
`
}
