import { startKafka } from './kafka.ts'
import { kafkaJars, redisPrograms } from './maven-parts.ts'
import type { Part } from './part.ts'
import type { WantedPort } from './ports.ts'
import { startPostgres } from './postgres.ts'
import type { Progress } from './progress.ts'
import { redisProgram, startRedis } from './redis.ts'
import type { RedisSettings, StackSettings } from './settings.ts'
import { StackError } from './stack-error.ts'
import type { RunFolder } from './state.ts'

/** Enough for a broker of one topic; the default would be a quarter of the machine. */
const kafkaHeapMegabytes = 512

export interface Backends {
  readonly postgresAddress: { readonly host: string; readonly port: number }
  /** `host:port`, several with commas between them. */
  readonly kafkaServers: string
  /** Null if there is none: everything works without. */
  readonly redisAddress: { readonly host: string; readonly port: number } | null
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
export function wantedPorts({
  host,
  port,
  metricsPort,
  postgres,
  kafka,
  redis,
}: StackSettings): WantedPort[] {
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
  if (redis.host === undefined) {
    wanted.push({ host: local, port: redis.port, what: 'Redis', setting: 'REDIS_PORT' })
  }
  return wanted
}

/**
 * Starts PostgreSQL, Kafka and Redis side by side, since none needs another. One whose address is set in the
 * settings is used as it is.
 *
 * @throws {StackError} when one of them cannot be started; with exit code 3 when Kafka's tools are missing
 */
export async function startBackends(options: BackendsOptions): Promise<Backends> {
  const { settings, folder, running, progress, signal } = options
  const { postgres, kafka, redis } = settings
  // First of all: it is the one step that can fail for want of something on the machine.
  const jars = kafka.servers === undefined ? await kafkaJars(progress, signal) : undefined
  const ourRedis = redis.host === undefined ? await findRedis(progress, signal) : undefined
  const startOurPostgres = () => startPostgres({ ...postgres, folder, durability: 'full', signal })
  const started = await Promise.allSettled([
    postgres.host === undefined ? progress.step('PostgreSQL: start', startOurPostgres) : undefined,
    jars === undefined
      ? undefined
      : progress.step('Kafka: start', () =>
          startKafka({ folder, port: kafka.port, heapMegabytes: kafkaHeapMegabytes, jars, signal }),
        ),
    ourRedis === undefined
      ? undefined
      : progress.step('Redis: start', () =>
          startRedis({ folder, port: redis.port, program: ourRedis, signal }),
        ),
  ])
  for (const one of started) {
    if (one.status === 'fulfilled' && one.value !== undefined) running.push(one.value)
  }
  for (const one of started) if (one.status === 'rejected') throw one.reason
  return {
    postgresAddress: { host: postgres.host ?? '127.0.0.1', port: postgres.port },
    kafkaServers: kafka.servers ?? `127.0.0.1:${kafka.port}`,
    redisAddress: addressOfRedis(redis, ourRedis),
  }
}

/** Nothing, and a word about it, where it cannot be had. */
async function findRedis(progress: Progress, signal: AbortSignal): Promise<string | undefined> {
  try {
    return await redisProgram(await redisPrograms(progress, signal), signal)
  } catch (error) {
    if (!(error instanceof StackError)) throw error
    progress.say(`Redis is left out, and with it the cache: ${error.message.split('\n')[0]}`)
    return undefined
  }
}

function addressOfRedis({ host, port }: RedisSettings, ours: string | undefined): Backends['redisAddress'] {
  if (host !== undefined) return { host, port }
  return ours === undefined ? null : { host: '127.0.0.1', port }
}
