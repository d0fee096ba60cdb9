/**
 * npm run bench:replicas -- [--quick] [--json] [--replicas 1,2,4] [--partitions 1,2,4,12] [--messages N] [--rounds N]
 *                           [--batches N] [--seed N]
 *
 * How the whole path, from a topic to PostgreSQL, goes over replicas of the service and partitions of the topic, on real
 * parts of its own. In rounds, each in another order; after each run the books are counted. The table, or the JSON, goes
 * to the standard output, everything else to the other one.
 */
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Part, PidFile } from '../../stack/part.ts'
import { kafkaJars } from '../../stack/maven-parts.ts'
import { startKafka } from '../../stack/kafka.ts'
import { removeLeftovers } from '../../stack/leftovers.ts'
import { freePort } from '../../stack/ports.ts'
import { startPostgres } from '../../stack/postgres.ts'
import { createProgress } from '../../stack/progress.ts'
import { exitCodes, StackError } from '../../stack/stack-error.ts'
import { runFolder } from '../../stack/state.ts'
import { stopSignal } from '../../stack/stop-signal.ts'
import { withAdmin } from '../../stack/topic.ts'
import { cpuSecondsOf } from '../cpu.ts'
import { Databases } from '../databases.ts'
import { seededRandom, shuffled } from '../random.ts'
import { bookBefore } from '../write/contestants.ts'
import { makeStream } from '../write/stream.ts'
import { fillTopic } from '../write/topics.ts'
import { nameOf, type Layout } from './layout.ts'
import { readOptions, type Options } from './options.ts'
import { reportOf, type Measured } from './report.ts'
import { runLayout, type Course, type Run, type Running } from './run.ts'

const login = { user: 'postgres', password: 'postgres' }
const kafkaHeapMegabytes = 512
const template = 'stock'

const folder = runFolder(`bench-${process.pid}`)
const progress = createProgress(console.error, Date.now)

process.exitCode = await main(process.argv.slice(2))

async function main(args: readonly string[]): Promise<number> {
  const signal = stopSignal()
  const parts: Part[] = []
  try {
    const options = readOptions(args)
    await removeLeftovers('bench', signal)
    const { databases, kafkaServers } = await startParts(parts, signal)
    const cpuSeconds = { postgres: cpuOf('postgresql'), kafka: cpuOf('kafka') }
    const measured = await withAdmin(kafkaServers, (admin) =>
      measure({ ...options, databases, kafkaServers, admin, cpuSeconds, signal }, options),
    )
    console.log(options.json ? JSON.stringify(measured, null, 2) : reportOf(measured))
    return 0
  } catch (error) {
    if (!(signal.aborted || error instanceof StackError)) throw error
    console.error(signal.aborted ? 'Stopped.' : String(error))
    return error instanceof StackError ? error.exitCode : exitCodes.failed
  } finally {
    for (const part of parts.toReversed()) await part.stop()
    rmSync(folder.path, { recursive: true, force: true })
  }
}

/** With the durability of production, and nothing tuned. */
async function startParts(
  parts: Part[],
  signal: AbortSignal,
): Promise<Pick<Running, 'databases' | 'kafkaServers'>> {
  const jars = await kafkaJars(progress, signal)
  const [postgresPort, kafkaPort] = [await freePort(), await freePort()]
  const postgres = () => startPostgres({ folder, port: postgresPort, ...login, durability: 'full', signal })
  parts.push(await progress.step('PostgreSQL: start', postgres))
  const kafka = () => startKafka({ folder, port: kafkaPort, heapMegabytes: kafkaHeapMegabytes, jars, signal })
  parts.push(await progress.step('Kafka: start', kafka))
  return {
    databases: new Databases({ host: '127.0.0.1', port: postgresPort, ...login }),
    kafkaServers: `127.0.0.1:${kafkaPort}`,
  }
}

/** Of a part with all its processes. */
function cpuOf(name: string): () => number | null {
  const { part } = JSON.parse(readFileSync(join(folder.pids, `${name}.json`), 'utf8')) as PidFile
  return () => cpuSecondsOf(part)
}

async function measure(running: Running, options: Options): Promise<Measured[]> {
  const { layouts, rounds, seed } = options
  const courses = await prepare(running, options)
  const random = seededRandom(seed)
  const measured = new Map<Layout, Run[]>(layouts.map((layout) => [layout, []]))
  for (let round = 1; round <= rounds; round += 1) {
    for (const [layout, runs] of shuffled([...measured], random)) {
      const course = courses.get(layout.partitions)
      if (course === undefined) throw new RangeError(`no topic of ${layout.partitions} partitions`)
      const run = await runLayout(running, course, layout)
      runs.push(run)
      progress.say(
        `round ${round} of ${rounds}: ${nameOf(layout)}: ${Math.round(run.messagesPerSecond)} messages/s`,
      )
    }
  }
  return [...measured].map(([layout, runs]) => ({ layout, runs }))
}

/** A topic for each number of partitions, full of the same messages, keyed by warehouse. */
async function prepare(
  { databases, kafkaServers }: Running,
  { layouts, messages, seed }: Options,
): Promise<ReadonlyMap<number, Course>> {
  const courses = new Map<number, Course>()
  for (const topicPartitions of new Set(layouts.map(({ partitions }) => partitions))) {
    progress.say(`a topic of ${topicPartitions} partitions: ${messages} messages`)
    const stream = makeStream('pairs', { messages, seed, topicPartitions })
    await databases.template(template, (database) => bookBefore(database, stream))
    const topic = `bench-replicas-${topicPartitions}`
    await fillTopic(kafkaServers, topic, stream.messages, topicPartitions)
    courses.set(topicPartitions, {
      template,
      topic,
      messages,
      before: stream.stock.length + stream.before.length,
    })
  }
  return courses
}
