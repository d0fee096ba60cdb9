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
  /** Where clients are told to find it, if not at its port: what stands before it. */
  readonly advertisedPort?: number
  /** A second way in, beside the plain one. */
  readonly secured?: SecuredListener
  /** Its place among several; a broker alone without. */
  readonly place?: ClusterPlace
  readonly signal: AbortSignal
}

/** A listener with TLS, at which clients log in by SCRAM-SHA-512. Clients are told of it as `localhost`. */
export interface SecuredListener {
  readonly port: number
  /** PKCS #12, with certificate and key. */
  readonly keystore: string
  readonly keystorePassword: string
  readonly user: string
  readonly password: string
}

/** One of several brokers, each of them a controller as well. */
export interface ClusterPlace {
  readonly clusterId: string
  /** From 1, as an index into the controllers. */
  readonly nodeId: number
  /** The port of each broker's controller, in the order of their ids. */
  readonly controllerPorts: readonly number[]
}

/** Takes a second or two. */
const makeLimitMs = 120_000
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
  const { folder, port, heapMegabytes, jars, signal, secured, advertisedPort = port } = options
  const data = join(folder.path, 'kafka')
  const propertiesFile = join(folder.path, 'kafka.properties')
  const place = options.place ?? { nodeId: 1, controllerPorts: [await freePort()] }
  mkdirSync(folder.path, { recursive: true })
  if (!existsSync(data)) await makeData(data, options)
  writeFileSync(propertiesFile, properties({ data, port, advertisedPort, secured, ...place }))

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
async function makeData(
  data: string,
  { jars, port, signal, folder, place, secured }: KafkaOptions,
): Promise<void> {
  const making = `${data}.making`
  const propertiesFile = `${making}.properties`
  rmSync(making, { recursive: true, force: true })
  // The controllers' ports matter only while they run: they are not written into the data.
  const where = place ?? { nodeId: 1, controllerPorts: [port + 1] }
  writeFileSync(propertiesFile, properties({ data: making, port, advertisedPort: port, ...where }))
  await runTool({
    command: jars.java,
    argumentList: [
      ['-cp', jars.classpath, 'kafka.tools.StorageTool', 'format'],
      ['--config', propertiesFile, `--cluster-id=${place?.clusterId ?? newClusterId()}`],
      secured === undefined
        ? []
        : [`--add-scram=SCRAM-SHA-512=[name=${secured.user},password=${secured.password}]`],
    ].flat(),
    cwd: folder.path,
    limitMs: makeLimitMs,
    signal,
  })
  rmSync(propertiesFile)
  renameSync(making, data)
}

/** 16 random bytes in base64url, as Kafka writes its ids. */
export function newClusterId(): string {
  return randomBytes(16).toString('base64url')
}

interface Places extends Omit<ClusterPlace, 'clusterId'> {
  readonly data: string
  readonly port: number
  readonly advertisedPort: number
  readonly secured?: SecuredListener | undefined
}

/** Beyond a broker alone: each partition on three, and two must have what is acknowledged. */
const mostReplicas = 3

/**
 * A quorum by `voters`, and not by a formatted voter set (`--standalone`): that one would remember the
 * controller's port, and nobody should have to keep a second port free.
 */
function properties({ data, port, advertisedPort, secured, nodeId, controllerPorts }: Places): string {
  const replicas = Math.min(mostReplicas, controllerPorts.length)
  const inSync = Math.max(1, replicas - 1)
  const voters = controllerPorts.map((controller, index) => `${index + 1}@127.0.0.1:${controller}`)
  return `process.roles=broker,controller
node.id=${nodeId}
controller.quorum.voters=${voters.join(',')}
listeners=PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPorts[nodeId - 1]}${secured === undefined ? '' : `,SASL_SSL://127.0.0.1:${secured.port}`}
advertised.listeners=PLAINTEXT://127.0.0.1:${advertisedPort}${secured === undefined ? '' : `,SASL_SSL://localhost:${secured.port}`}
controller.listener.names=CONTROLLER
log.dirs=${data}

${secured === undefined ? '' : securedProperties(secured)}
# A single broker can keep one replica of anything.
default.replication.factor=${replicas}
min.insync.replicas=${inSync}
offsets.topic.replication.factor=${replicas}
transaction.state.log.replication.factor=${replicas}
transaction.state.log.min.isr=${inSync}
share.coordinator.state.topic.replication.factor=${replicas}
share.coordinator.state.topic.min.isr=${inSync}

# 50 partitions each are for clusters; they only make the first group and the first transaction slow.
offsets.topic.num.partitions=4
transaction.state.log.num.partitions=4

# Nobody else is about to join the group.
group.initial.rebalance.delay.ms=0
# A topic with a mistyped name is to be an error.
auto.create.topics.enable=false
`
}

function securedProperties({ keystore, keystorePassword }: SecuredListener): string {
  const login = 'org.apache.kafka.common.security.scram.ScramLoginModule required;'
  return `listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SASL_SSL:SASL_SSL
sasl.enabled.mechanisms=SCRAM-SHA-512
listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config=${login}
ssl.keystore.type=PKCS12
ssl.keystore.location=${keystore}
ssl.keystore.password=${keystorePassword}
ssl.key.password=${keystorePassword}
`
}
