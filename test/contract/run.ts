/**
 * node test/contract/run.ts [OPTIONS OF SCHEMATHESIS]
 *
 * Holds a running service against its own description, by a tester that knows nothing else of it: Schemathesis reads
 * `/openapi.json` and sends what fits it and what does not. The service has a PostgreSQL, a Kafka and a Redis of its
 * own, on free ports and in a folder of its own, and books that hold something of every kind. The exit code is the
 * tester's; unless it is 0, the logs are kept.
 */
import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { hashSecret, newSecret } from '../../src/access/api-key.ts'
import { createClient } from '../../src/client/client.ts'
import { startBackends } from '../../stack/backends.ts'
import type { Part } from '../../stack/part.ts'
import { removeLeftovers } from '../../stack/leftovers.ts'
import { freePort } from '../../stack/ports.ts'
import { ensureDatabase } from '../../stack/postgres.ts'
import { createProgress } from '../../stack/progress.ts'
import { startService } from '../../stack/service.ts'
import { readSettings, type StackSettings } from '../../stack/settings.ts'
import { exitCodes, StackError } from '../../stack/stack-error.ts'
import { runFolder } from '../../stack/state.ts'
import { stopSignal } from '../../stack/stop-signal.ts'
import { ensureTopic } from '../../stack/topic.ts'
import { installSchemathesis, runSchemathesis } from './schemathesis.ts'
import { seed } from './seed.ts'

/** 200 examples of 13 operations took three minutes on two cores; more may be asked for. */
const runLimitMs = 2 * 60 * 60_000

const folder = runFolder(`contract-${process.pid}`)
const progress = createProgress(console.log, Date.now)

process.exitCode = await main(process.argv.slice(2))

async function main(options: readonly string[]): Promise<number> {
  const signal = AbortSignal.any([stopSignal(), AbortSignal.timeout(runLimitMs)])
  const running: Part[] = []
  let hasPassed = false
  try {
    await removeLeftovers('contract', signal)
    const program = await installSchemathesis(progress, signal)
    const secret = newSecret(randomBytes)
    const settings = await ownSettings(secret)
    const url = await startSystem({ settings, running, signal })
    const client = createClient({ baseUrl: url, apiKey: secret })
    const seeded = await progress.step('Books: fill', () => seed(client))
    const tester = { program, url, secret, seed: seeded, folder: join(folder.path, 'tester') }
    const code = await runSchemathesis({ ...tester, options, signal })
    hasPassed = code === 0
    return code
  } catch (error) {
    const reason: unknown = signal.aborted ? signal.reason : error
    if (!(signal.aborted || error instanceof StackError)) throw error
    console.error(`\n${reason instanceof Error ? reason.message : String(reason)}`)
    return error instanceof StackError ? error.exitCode : exitCodes.failed
  } finally {
    for (const part of running.toReversed()) await part.stop()
    if (hasPassed) rmSync(folder.path, { recursive: true, force: true })
    else console.error(`The logs are kept until the next run: ${folder.logs}`)
  }
}

/** Nothing from outside, and no limit on how often one client may ask. */
async function ownSettings(secret: string): Promise<StackSettings> {
  const key = `contract:admin:${hashSecret(secret).toString('hex')}`
  const settings = readSettings({
    API_KEYS: key,
    HTTP_RATE_LIMIT: '0',
    // Enough to book a handful; each invented `after` waits so long for nothing.
    HTTP_BOOKING_WAIT_MS: '300',
    DEBUG: 'false',
  })
  return {
    ...settings,
    port: await freePort(),
    metricsPort: await freePort(),
    postgres: { ...settings.postgres, port: await freePort() },
    kafka: { ...settings.kafka, port: await freePort() },
    redis: { ...settings.redis, port: await freePort() },
  }
}

interface Starting {
  readonly settings: StackSettings
  readonly running: Part[]
  readonly signal: AbortSignal
}

/** The address of the service. */
async function startSystem({ settings, running, signal }: Starting): Promise<string> {
  const backends = await startBackends({ settings, folder, running, progress, signal })
  const { user, password, database } = settings.postgres
  await ensureDatabase({ ...backends.postgresAddress, user, password }, database)
  await ensureTopic(backends.kafkaServers, settings.kafka.topic)
  const start = () => startService({ ...backends, settings, folder, signal })
  running.push(await progress.step('Service: start', start))
  return `http://127.0.0.1:${settings.port}`
}
