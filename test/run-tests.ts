/**
 * The parts that tests need, and Node's test runner over them. Each run has a PostgreSQL, a Kafka and a Redis of its own,
 * on free ports, in a folder that is removed afterwards: `npm start` may be running beside it.
 */
import { spawn } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { buildDashboard } from '../stack/dashboard.ts'
import { kafkaJars, redisPrograms } from '../stack/maven-parts.ts'
import type { Jars } from '../stack/maven-parts.ts'
import { startKafka } from '../stack/kafka.ts'
import { removeLeftovers } from '../stack/leftovers.ts'
import type { Part } from '../stack/part.ts'
import { freePort } from '../stack/ports.ts'
import { redisProgram, startRedis } from '../stack/redis.ts'
import { startPostgres } from '../stack/postgres.ts'
import { createProgress } from '../stack/progress.ts'
import { exitCodes, StackError } from '../stack/stack-error.ts'
import { root, runFolder } from '../stack/state.ts'
import { stopSignal } from '../stack/stop-signal.ts'

export interface TestRun {
  /** From the repository's root. Parts that none of them needs are not started. */
  readonly files: readonly string[]
  /** A run that hangs ends. */
  readonly limitMs: number
  readonly filesAtOnce: number
  /** Further arguments of the test runner. */
  readonly runnerOptions?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
}

const kafkaHeapMegabytes = 384

/** What looks at the dashboard, by folder. */
const lookers = new Set(['browser', 'screenshots', 'page'])

/** Tests live in a folder named by what they need; what is not listed here needs all parts. */
const needs: Record<string, { readonly [part in 'postgres' | 'kafka' | 'redis']: boolean }> = {
  unit: { postgres: false, kafka: false, redis: false },
  simulation: { postgres: false, kafka: false, redis: false },
  'supply-chain': { postgres: false, kafka: false, redis: false },
  deploy: { postgres: false, kafka: false, redis: false },
  store: { postgres: true, kafka: false, redis: false },
  cache: { postgres: true, kafka: false, redis: true },
}
const allParts = { postgres: true, kafka: true, redis: true }

const folder = runFolder(`test-${process.pid}`)
const progress = createProgress(console.log, Date.now)

/** Answers the runner's exit code. The last lines are those of Node's test runner. */
export async function runTests(run: TestRun): Promise<number> {
  const signal = AbortSignal.any([stopSignal(), AbortSignal.timeout(run.limitMs)])
  const running: Part[] = []
  try {
    await removeLeftovers('test', signal)
    const environment = await startParts(run.files, { running, signal })
    return await runFiles(run, { environment: { ...environment, ...run.environment }, signal })
  } catch (error) {
    const reason: unknown = signal.aborted ? signal.reason : error
    if (!(signal.aborted || error instanceof StackError)) throw error
    console.error(`\n${reason instanceof Error ? reason.message : String(reason)}`)
    return error instanceof StackError ? error.exitCode : exitCodes.failed
  } finally {
    await Promise.all(running.map((part) => part.stop()))
    rmSync(folder.path, { recursive: true, force: true })
  }
}

interface Starting {
  readonly running: Part[]
  readonly signal: AbortSignal
}

/**
 * Answers the environment in which the tests find their parts (see support/environment.ts). A part whose address
 * is already there is used, not started.
 */
async function startParts(
  files: readonly string[],
  { running, signal }: Starting,
): Promise<NodeJS.ProcessEnv> {
  const folders = files.map((file) => file.split(/[\\/]/)[1] ?? '')
  const needed = folders.map((name) => needs[name] ?? allParts)
  if (folders.some((name) => lookers.has(name))) await buildDashboard(progress, signal)
  const environment = { ...process.env }
  const postgres = async (): Promise<void> => {
    const port = await freePort()
    const login = { user: 'postgres', password: 'postgres' }
    const start = () => startPostgres({ folder, port, ...login, durability: 'none', signal })
    running.push(await progress.step('PostgreSQL: start', start))
    environment['BINCARD_TEST_POSTGRES'] = `postgres://postgres:postgres@127.0.0.1:${port}/postgres`
  }
  const kafka = async (jars: Jars): Promise<void> => {
    const port = await freePort()
    const start = () => startKafka({ folder, port, heapMegabytes: kafkaHeapMegabytes, jars, signal })
    running.push(await progress.step('Kafka: start', start))
    environment['BINCARD_TEST_KAFKA'] = `127.0.0.1:${port}`
    environment['BINCARD_TEST_KAFKA_CLASSPATH'] = jars.classpath
  }
  const redis = async (program: string): Promise<void> => {
    const port = await freePort()
    const start = () => startRedis({ folder, port, program, signal })
    running.push(await progress.step('Redis: start', start))
    environment['BINCARD_TEST_REDIS'] = `127.0.0.1:${port}`
    environment['BINCARD_TEST_REDIS_PROGRAM'] = program
  }
  const isGiven = (name: string): boolean => (environment[name] ?? '') !== ''
  const wantsKafka = needed.some((one) => one.kafka) && !isGiven('BINCARD_TEST_KAFKA')
  // First of all: it is the one step that can fail for want of something on the machine.
  const jars = wantsKafka ? await kafkaJars(progress, signal) : undefined
  const wantsRedis = needed.some((one) => one.redis) && !isGiven('BINCARD_TEST_REDIS')
  const program = wantsRedis ? await redisProgram(await redisPrograms(progress, signal), signal) : undefined
  const started = await Promise.allSettled([
    needed.some((one) => one.postgres) && !isGiven('BINCARD_TEST_POSTGRES') ? postgres() : undefined,
    jars === undefined ? undefined : kafka(jars),
    program === undefined ? undefined : redis(program),
  ])
  for (const one of started) if (one.status === 'rejected') throw one.reason
  return environment
}

interface Running {
  readonly environment: NodeJS.ProcessEnv
  readonly signal: AbortSignal
}

async function runFiles(
  { files, filesAtOnce, runnerOptions = [] }: TestRun,
  { environment, signal }: Running,
): Promise<number> {
  const options = ['--test', '--test-reporter=spec', `--test-concurrency=${filesAtOnce}`, ...runnerOptions]
  const paths = files.map((file) => join(root, file))
  const runner = spawn(process.execPath, [...options, ...paths], {
    cwd: root,
    env: environment,
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  // On SIGINT the runner still says which test was running.
  signal.addEventListener('abort', () => runner.kill('SIGINT'))
  const code = await new Promise<number | null>((resolve, reject) => {
    runner.once('error', reject)
    runner.once('close', resolve)
  })
  signal.throwIfAborted()
  return code ?? exitCodes.failed
}
