import { startBackends } from '../stack/backends.ts'
import type { Part } from '../stack/part.ts'
import { freePort } from '../stack/ports.ts'
import { ensureDatabase } from '../stack/postgres.ts'
import type { Progress } from '../stack/progress.ts'
import { startService } from '../stack/service.ts'
import { readSettings, type StackSettings } from '../stack/settings.ts'
import type { RunFolder } from '../stack/state.ts'
import { ensureTopic } from '../stack/topic.ts'
import type { GivenService } from './options.ts'

export interface Starting {
  readonly folder: RunFolder
  /** Each part that was started is added, also when another failed: the caller stops them. */
  readonly running: Part[]
  readonly progress: Progress
  readonly signal: AbortSignal
}

/**
 * A service as `npm start` has it, with PostgreSQL that waits for the disk at each commit, Kafka and Redis, on free ports.
 *
 * @throws {StackError} when one of them cannot be started
 */
export async function startOwnService(starting: Starting): Promise<GivenService> {
  const { progress, folder, signal } = starting
  const settings = await ownSettings()
  const backends = await startBackends({ ...starting, settings })
  const { user, password, database } = settings.postgres
  await ensureDatabase({ ...backends.postgresAddress, user, password }, database)
  await ensureTopic(backends.kafkaServers, settings.kafka.topic)
  const start = () => startService({ ...backends, settings, folder, signal })
  starting.running.push(await progress.step('Service: start', start))
  return {
    url: `http://127.0.0.1:${settings.port}`,
    metricsUrl: `http://127.0.0.1:${settings.metricsPort}/metrics`,
    kafka: backends.kafkaServers,
    topic: settings.kafka.topic,
    key: undefined,
  }
}

/** Nothing from outside; the log of a service in production; and no limit on how often the one client asks. */
async function ownSettings(): Promise<StackSettings> {
  const settings = readSettings({ DEBUG: 'false', HTTP_RATE_LIMIT: '0' })
  return {
    ...settings,
    port: await freePort(),
    metricsPort: await freePort(),
    postgres: { ...settings.postgres, port: await freePort() },
    kafka: { ...settings.kafka, port: await freePort() },
    redis: { ...settings.redis, port: await freePort() },
  }
}
