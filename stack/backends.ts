import { kafkaJars } from './kafka-jars.ts'
import { startKafka } from './kafka.ts'
import type { Part } from './part.ts'
import type { WantedPort } from './ports.ts'
import { startPostgres } from './postgres.ts'
import type { Progress } from './progress.ts'
import type { StackSettings } from './settings.ts'
import type { RunFolder } from './state.ts'

/** Enough for a broker of one topic; the default would be a quarter of the machine. */
const kafkaHeapMegabytes = 512

export interface Backends {
  readonly postgresAddress: { readonly host: string; readonly port: number }
  /** `host:port`, several with commas between them. */
  readonly kafkaServers: string
}

export interface BackendsOptions {
  readonly settings: StackSettings
  readonly folder: RunFolder
  /** Each part that was started is added, also when another failed: the caller stops them. */
  readonly running: Part[]
  readonly progress: Progress
  readonly signal: AbortSignal
}

/** The ports that the service and its backends are about to take. */
export function wantedPorts({ host, port, metricsPort, postgres, kafka }: StackSettings): WantedPort[] {
  const local = '127.0.0.1'
  const wanted = [
    { host, port, what: 'the API', setting: 'PORT' },
    { host, port: metricsPort, what: 'the metrics', setting: 'METRICS_PORT' },
  ]
  if (postgres.host === undefined) {
    wanted.push({ host: local, port: postgres.port, what: 'PostgreSQL', setting: 'POSTGRES_PORT' })
  }
  if (kafka.servers === undefined) {
    wanted.push({ host: local, port: kafka.port, what: 'Kafka', setting: 'KAFKA_PORT' })
  }
  return wanted
}

/**
 * Starts PostgreSQL and Kafka side by side, since neither needs the other. One whose address is set in the
 * settings is used as it is.
 *
 * @throws {StackError} when one of them cannot be started; with exit code 3 when Kafka's tools are missing
 */
export async function startBackends(options: BackendsOptions): Promise<Backends> {
  const { settings, folder, running, progress, signal } = options
  const { postgres, kafka } = settings
  // First of all: it is the one step that can fail for want of something on the machine.
  const jars = kafka.servers === undefined ? await kafkaJars(progress, signal) : undefined
  const startOurPostgres = () => startPostgres({ ...postgres, folder, durability: 'full', signal })
  const started = await Promise.allSettled([
    postgres.host === undefined ? progress.step('PostgreSQL: start', startOurPostgres) : undefined,
    jars === undefined
      ? undefined
      : progress.step('Kafka: start', () =>
          startKafka({ folder, port: kafka.port, heapMegabytes: kafkaHeapMegabytes, jars, signal }),
        ),
  ])
  for (const one of started) {
    if (one.status === 'fulfilled' && one.value !== undefined) running.push(one.value)
  }
  for (const one of started) if (one.status === 'rejected') throw one.reason
  return {
    postgresAddress: { host: postgres.host ?? '127.0.0.1', port: postgres.port },
    kafkaServers: kafka.servers ?? `127.0.0.1:${kafka.port}`,
  }
}
