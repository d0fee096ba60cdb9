/**
 * node test/run.ts [GLOB…]
 *
 * Runs the tests against a PostgreSQL and a Kafka of their own, on free ports, in a folder that is removed
 * afterwards: `npm start` may be running beside it. The last lines are those of Node's test runner, and so is the
 * exit code. Globs, from the repository's root, limit what runs; parts that nothing in it needs are not started.
 */
import { spawn } from 'node:child_process'
import { globSync, rmSync } from 'node:fs'
import { join } from 'node:path'
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

/** A run that hangs ends. On two cores that nobody else uses, all takes some 5 minutes. */
const runLimitMs = 40 * 60_000
/** As many test files at a time as the machine of the promise has cores. */
const filesAtOnce = 2
const kafkaHeapMegabytes = 384

const everything = 'test/{unit,simulation,store,cache,api,system}/**/*.test.ts'
/** Tests live in a folder named by what they need; what is not listed here needs all parts. */
const needs: Record<string, { readonly [part in 'postgres' | 'kafka' | 'redis']: boolean }> = {
  unit: { postgres: false, kafka: false, redis: false },
  simulation: { postgres: false, kafka: false, redis: false },
  store: { postgres: true, kafka: false, redis: false },
  cache: { postgres: true, kafka: false, redis: true },
}
const allParts = { postgres: true, kafka: true, redis: true }

const folder = runFolder(`test-${process.pid}`)
const progress = createProgress(console.log, Date.now)

process.exitCode = await main(process.argv.slice(2))

async function main(globs: readonly string[]): Promise<number> {
  const signal = AbortSignal.any([stopSignal(), AbortSignal.timeout(runLimitMs)])
  const running: Part[] = []
  try {
    const files = globSync(globs.length === 0 ? everything : [...globs], { cwd: root })
    if (files.length === 0) throw new StackError(`No test matches ${globs.join(' ')}.`, exitCodes.wrongUse)
    await removeLeftovers('test', signal)
    const environment = await startParts(files, { running, signal })
    return await runTests(files, { environment, signal })
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
  const needed = files.map((file) => needs[file.split(/[\\/]/)[1] ?? ''] ?? allParts)
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

/** The runner's exit code. */
async function runTests(files: readonly string[], { environment, signal }: Running): Promise<number> {
  const options = ['--test', '--test-reporter=spec', `--test-concurrency=${filesAtOnce}`]
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
