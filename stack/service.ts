import { join } from 'node:path'
import type { Backends } from './backends.ts'
import { startPart } from './part.ts'
import type { Part } from './part.ts'
import type { StackSettings } from './settings.ts'
import { root } from './state.ts'
import type { RunFolder } from './state.ts'
import { untilReady } from './until-ready.ts'

/** The parts are started by us or not. */
export interface ServiceOptions extends Backends {
  readonly folder: RunFolder
  readonly settings: StackSettings
  readonly signal: AbortSignal
}

/** Ready in a second or two; migrating a large database takes longer, and is not to be cut short. */
const readyLimitMs = 120_000
const lookAgainMs = 100
const answerLimitMs = 2_000
/** It finishes the batches at hand and answers the requests at hand. */
const stopLimitMs = 12_000

/** The environment in which a process of this project finds the parts of this stack. */
export function partsEnvironment(options: Omit<ServiceOptions, 'folder' | 'signal'>): NodeJS.ProcessEnv {
  const { settings, postgresAddress, kafkaServers, redisAddress } = options
  return {
    // Nobody stands in front of it who would have to turn away first.
    SHUTDOWN_DRAIN_MS: '0',
    ...settings.environment,
    HOST: settings.host,
    PORT: String(settings.port),
    METRICS_PORT: String(settings.metricsPort),
    POSTGRES_HOST: postgresAddress.host,
    POSTGRES_PORT: String(postgresAddress.port),
    POSTGRES_USER: settings.postgres.user,
    POSTGRES_PASSWORD: settings.postgres.password,
    POSTGRES_DB: settings.postgres.database,
    KAFKA_BOOTSTRAP_SERVERS: kafkaServers,
    KAFKA_TOPIC: settings.kafka.topic,
    ...(redisAddress === null
      ? { CACHE_TTL: '0' }
      : { REDIS_HOST: redisAddress.host, REDIS_PORT: String(redisAddress.port) }),
  }
}

/**
 * Starts the service, which migrates the database by itself. Resolves when it says that it is ready.
 *
 * @throws {StackError} with its last words when it ends instead
 */
export async function startService(options: ServiceOptions): Promise<Part> {
  const main = join(root, 'src/main.ts')
  const address = `${reachable(options.settings.host)}:${options.settings.port}`
  const part = startPart({
    name: 'Service',
    address,
    command: process.execPath,
    argumentList: [main, 'serve'],
    mark: main,
    environment: partsEnvironment(options),
    cwd: root,
    stopSignal: 'SIGTERM',
    stopLimitMs,
    folder: options.folder,
  })
  const waiting = { limitMs: readyLimitMs, everyMs: lookAgainMs, signal: options.signal }
  await untilReady(part, () => answersReady(address), waiting)
  return part
}

/** A service that listens everywhere is reached on loopback. */
function reachable(host: string): string {
  return host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host
}

async function answersReady(address: string): Promise<boolean> {
  try {
    const answer = await fetch(`http://${address}/health/ready`, {
      signal: AbortSignal.timeout(answerLimitMs),
    })
    return answer.ok
  } catch {
    // Nobody listens yet, or the answer is late: the caller asks again, and knows when to give up.
    return false
  }
}
