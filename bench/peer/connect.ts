/**
 * The peer that Bincard is measured against: Kafka Connect with the Debezium JDBC sink, and a trigger that keeps stock
 * (`schema.sql`). It is what a user would pick instead, and it books the same messages from the same topic.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { copyJars, fetchJars, type Jars } from '../../stack/maven-parts.ts'
import { startPart, type Part } from '../../stack/part.ts'
import { freePort } from '../../stack/ports.ts'
import type { Progress } from '../../stack/progress.ts'
import type { RunFolder } from '../../stack/state.ts'
import { untilReady } from '../../stack/until-ready.ts'

export interface ConnectOptions {
  readonly folder: RunFolder
  /** `host:port`, several with commas between them. */
  readonly kafkaServers: string
  readonly jars: Jars
  readonly signal: AbortSignal
}

/** Half of it is enough; so the collector of garbage is no reason for a low figure. The process takes 1.3 GB in all. */
const heapMegabytes = 1024
/** Ready after 4 to 8 s on 2 cores. */
const readyLimitMs = 120_000
const lookAgainMs = 100
/** Its tasks are given 5 s to end. */
const stopLimitMs = 20_000

/**
 * The jars of Kafka Connect and of the sink, and Java for them.
 *
 * @throws {StackError} with exit code 3 when Java is missing, or Maven and the jars are
 */
export async function connectJars(progress: Progress, signal: AbortSignal): Promise<Jars> {
  const pom = join(import.meta.dirname, 'connect/pom.xml')
  return await fetchJars({ name: 'Kafka Connect', pom, size: '64 MB', goal: copyJars }, progress, signal)
}

/**
 * Starts a worker without a sink, alone, on loopback. Resolves when it answers requests, at its `address`.
 *
 * @throws {StackError} when it does not come up
 */
export async function startConnect({ folder, kafkaServers, jars, signal }: ConnectOptions): Promise<Part> {
  const address = `127.0.0.1:${await freePort()}`
  const propertiesFile = join(folder.path, 'connect.properties')
  mkdirSync(folder.path, { recursive: true })
  writeFileSync(propertiesFile, properties({ address, kafkaServers, folder }))
  const part = startPart({
    name: 'Connect',
    address,
    command: jars.java,
    argumentList: [
      [`-Xmx${heapMegabytes}m`, '-Dlog4j2.level=WARN', '-cp', jars.classpath],
      ['org.apache.kafka.connect.cli.ConnectStandalone', propertiesFile],
    ].flat(),
    mark: propertiesFile,
    cwd: folder.path,
    stopSignal: 'SIGTERM',
    stopLimitMs,
    folder,
  })
  await untilReady(part, () => answers(address), { limitMs: readyLimitMs, everyMs: lookAgainMs, signal })
  return part
}

type Places = Pick<ConnectOptions, 'kafkaServers' | 'folder'> & { readonly address: string }

function properties({ address, kafkaServers, folder }: Places): string {
  return `bootstrap.servers=${kafkaServers}
listeners=http://${address}
offset.storage.file.filename=${join(folder.path, 'connect.offsets')}
key.converter=org.apache.kafka.connect.storage.StringConverter
value.converter=org.apache.kafka.connect.json.JsonConverter
# The jars name their plugins: nothing has to be searched for them.
plugin.discovery=service_load
`
}

/** Whatever it answers while it starts is no error: it knows its own. */
async function answers(address: string): Promise<boolean> {
  try {
    return (await fetch(`http://${address}/connectors`)).ok
  } catch (error) {
    if (error instanceof TypeError) return false
    throw error
  }
}
