/**
 * node stack/start.ts [--fresh] [--no-demo]
 *
 * From a fresh clone to a running service: PostgreSQL, Kafka and Redis, the topic, the service, a little demo. What it
 * started it stops, in the other order, when it is told to stop, when it fails, and when one of them ends.
 */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { loadEnvironment } from '../src/config/environment.ts'
import { startBackends, wantedPorts } from './backends.ts'
import type { Backends } from './backends.ts'
import { buildDashboard } from './dashboard.ts'
import { startDemo } from './demo-part.ts'
import { tryLock } from './lock.mjs'
import { stopOrphans } from './orphans.ts'
import type { Part } from './part.ts'
import { assertPortsFree } from './ports.ts'
import { ensureDatabase } from './postgres.ts'
import { createProgress } from './progress.ts'
import { startService } from './service.ts'
import { readSettings } from './settings.ts'
import type { StackSettings } from './settings.ts'
import { exitCodes, StackError } from './stack-error.ts'
import { root, runFolder, stateFolder } from './state.ts'
import { stopSignal } from './stop-signal.ts'
import { ensureTopic, topicPartitions } from './topic.ts'
import { within } from './wait.ts'
import { welcome } from './welcome.ts'

/** A run ends in a second or two as a rule; one that runs on purpose is not waited for any longer. */
const formerRunLimitMs = 5_000
const lookAgainMs = 100
/** The database and the topic are made in a second or two. */
const prepareLimitMs = 60_000

const folder = runFolder('start')
const progress = createProgress((line) => console.log(line), Date.now)

// Not by itself: a question to a part that never answers would keep it.
process.exit(await main())

async function main(): Promise<number> {
  const signal = stopSignal()
  const running: Part[] = []
  let release: (() => void) | undefined
  try {
    const wish = readWish()
    const settings = readSettings(loadEnvironment(root).environment)
    release = await takeTurn(signal)
    await start({ wish, settings, running, signal })
    await untilStopped(running, signal)
    return 0
  } catch (error) {
    if (signal.aborted) return 0
    if (!(error instanceof StackError)) throw error
    console.error(`\n${error.message}`)
    return error.exitCode
  } finally {
    await stopAll(running)
    release?.()
  }
}

interface Wish {
  readonly fresh: boolean
  readonly demo: boolean
}

function readWish(): Wish {
  try {
    const options = { fresh: { type: 'boolean' }, 'no-demo': { type: 'boolean' } } as const
    const { values } = parseArgs({ options })
    return { fresh: values.fresh === true, demo: values['no-demo'] !== true }
  } catch (error) {
    throw new StackError(`${String(error)}\nUsage: npm start -- [--fresh] [--no-demo]`, exitCodes.wrongUse)
  }
}

/** Two runs cannot share a data folder. One that was killed may still be stopping its parts. */
async function takeTurn(signal: AbortSignal): Promise<() => void> {
  const file = join(stateFolder, 'start.lock')
  const giveUpAt = Date.now() + formerRunLimitMs
  let lock = tryLock(file)
  if (!lock.taken) progress.say(`process ${lock.owner} runs here: waiting for its end`)
  while (!lock.taken) {
    if (Date.now() > giveUpAt) throw new StackError(`It already runs here, as process ${lock.owner}.`)
    await sleep(lookAgainMs, undefined, { signal })
    lock = tryLock(file)
  }
  return lock.release
}

interface Start {
  readonly wish: Wish
  readonly settings: StackSettings
  /** Each part is added as soon as it runs: whatever fails later, the caller can stop it. */
  readonly running: Part[]
  readonly signal: AbortSignal
}

async function start({ wish, settings, running, signal }: Start): Promise<void> {
  await stopOrphans(folder, signal)
  if (wish.fresh) rmSync(folder.path, { recursive: true, force: true })
  await assertPortsFree(wantedPorts(settings))

  await buildDashboard(progress, signal)
  const backends = await startBackends({ settings, folder, running, progress, signal })
  await prepare(backends, settings)
  const addresses = { settings, ...backends }
  const service = await progress.step('Service: migrate, start', () =>
    startService({ ...addresses, folder, signal }),
  )
  running.push(service)
  if (wish.demo) running.push(startDemo({ ...addresses, folder }))
  console.log(`\n${welcome({ ...addresses, logs: folder.logs, demo: wish.demo })}`)
}

/** The database and the topic, which the service finds and does not make. */
async function prepare({ postgresAddress, kafkaServers }: Backends, settings: StackSettings): Promise<void> {
  const { user, password, database } = settings.postgres
  const { topic } = settings.kafka
  await naming(`PostgreSQL at ${postgresAddress.host}:${postgresAddress.port}`, () =>
    ensureDatabase({ ...postgresAddress, user, password }, database),
  )
  const isNew = await naming(`Kafka at ${kafkaServers}`, () => ensureTopic(kafkaServers, topic))
  if (isNew) progress.say(`topic ${topic} made, ${topicPartitions} partitions`)
}

/** A part that somebody else started may be unreachable, or refuse: which one it was is the news. */
async function naming<T>(part: string, work: () => Promise<T>): Promise<T> {
  try {
    return await within(prepareLimitMs, work())
  } catch (error) {
    const [cause] = error instanceof AggregateError ? error.errors : [error]
    throw new StackError(`${part} cannot be used: ${cause instanceof Error ? cause.message : String(cause)}`)
  }
}

/** @throws {StackError} when a part ends that nobody told to end */
async function untilStopped(running: readonly Part[], signal: AbortSignal): Promise<void> {
  const told = new Promise<undefined>((resolve) => {
    if (signal.aborted) resolve(undefined)
    signal.addEventListener('abort', () => resolve(undefined))
  })
  const ended = await Promise.race([told, ...running.map((part) => part.ended.then(() => part))])
  if (ended !== undefined)
    throw new StackError(`${ended.name} has ended. Its last words:\n${ended.lastWords()}`)
}

/** The last to start is the first to stop: the demo, the service, Redis, Kafka, PostgreSQL. */
async function stopAll(running: readonly Part[]): Promise<void> {
  for (const part of running.toReversed()) {
    process.stdout.write(`stopping ${part.name} …`)
    await part.stop()
    process.stdout.write(' stopped\n')
  }
}
