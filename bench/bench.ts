/**
 * npm run bench -- [--quick] [--json] [--only write,read,latency] [--peer connect] [--streams NAME,NAME] [--messages N]
 *                  [--seconds N] [--step-seconds N] [--rounds N] [--seed N] [--profile FOLDER]
 *
 * How fast the service is beside what bounds it, on real parts of its own. What is compared is measured in the same
 * run, in rounds, each round in another order; the figures are medians with their spread. The tables, or the JSON, go to
 * the standard output, everything else to the other one.
 */
import { rmSync } from 'node:fs'
import { kafkaJars, redisPrograms } from '../stack/maven-parts.ts'
import { startKafka } from '../stack/kafka.ts'
import { removeLeftovers } from '../stack/leftovers.ts'
import type { Part } from '../stack/part.ts'
import { freePort } from '../stack/ports.ts'
import { startPostgres } from '../stack/postgres.ts'
import { redisProgram, startRedis } from '../stack/redis.ts'
import { createProgress } from '../stack/progress.ts'
import { exitCodes, StackError } from '../stack/stack-error.ts'
import { runFolder } from '../stack/state.ts'
import { stopSignal } from '../stack/stop-signal.ts'
import { Databases } from './databases.ts'
import { Figures } from './figures.ts'
import { measureLatency } from './latency/measure.ts'
import { readOptions } from './options.ts'
import { measureReading, ratiosOfReading } from './read/measure.ts'
import { reportOf } from './report.ts'
import { connectPeer } from './peer/connect-peer.ts'
import { connectJars, startConnect } from './peer/connect.ts'
import { measureWriting, ratiosOfWriting, type Peer } from './write/measure.ts'

const login = { host: '127.0.0.1', user: 'postgres', password: 'postgres', database: 'bench' }
const kafkaHeapMegabytes = 512

const folder = runFolder(`bench-${process.pid}`)
const beganAt = Date.now()
const elapsed = (): string => `${((Date.now() - beganAt) / 1000).toFixed(0)} s`.padStart(6)
const progress = createProgress((line) => console.error(`${elapsed()} ${line}`), Date.now)

process.exitCode = await main(process.argv.slice(2))

async function main(args: readonly string[]): Promise<number> {
  const signal = stopSignal()
  const running: Part[] = []
  const say = (line: string): void => progress.say(line)
  try {
    const options = readOptions(args)
    await removeLeftovers('bench', signal)
    const parts = await startParts(running, signal)
    const figures = new Figures()
    const shared = { ...options, ...parts, signal, say }
    const isCached = options.parts.has('read') || options.parts.has('latency')
    const redis = isCached ? await startOwnRedis(running, signal) : null
    if (redis !== null && options.parts.has('read')) await measureReading({ ...shared, redis }, figures)
    if (options.parts.has('write')) {
      const peer = options.peer === null ? null : await startPeer(parts.kafkaServers, running, signal)
      await measureWriting({ ...shared, peer }, figures)
    }
    // The last: in the first half minute Kafka compiles its own code, on the cores that everybody needs.
    if (redis !== null && options.parts.has('latency')) await measureLatency({ ...shared, redis }, figures)
    const result = {
      figures: figures.all,
      ratios: [...ratiosOfWriting(figures), ...ratiosOfReading(figures)],
    }
    console.log(options.json ? JSON.stringify(result, null, 2) : reportOf(result))
    return 0
  } catch (error) {
    if (!(signal.aborted || error instanceof StackError)) throw error
    console.error(signal.aborted ? 'Stopped.' : String(error))
    return error instanceof StackError ? error.exitCode : exitCodes.failed
  } finally {
    for (const part of running.toReversed()) await part.stop()
    rmSync(folder.path, { recursive: true, force: true })
  }
}

/** With the durability of production, and nothing tuned. */
async function startParts(
  running: Part[],
  signal: AbortSignal,
): Promise<{ databases: Databases; kafkaServers: string }> {
  const jars = await kafkaJars(progress, signal)
  const [postgresPort, kafkaPort] = [await freePort(), await freePort()]
  const postgres = () => startPostgres({ folder, port: postgresPort, ...login, durability: 'full', signal })
  running.push(await progress.step('PostgreSQL: start', postgres))
  const kafka = () => startKafka({ folder, port: kafkaPort, heapMegabytes: kafkaHeapMegabytes, jars, signal })
  running.push(await progress.step('Kafka: start', kafka))
  const { host, user, password } = login
  return {
    databases: new Databases({ host, port: postgresPort, user, password }),
    kafkaServers: `127.0.0.1:${kafkaPort}`,
  }
}

async function startOwnRedis(running: Part[], signal: AbortSignal): Promise<{ host: string; port: number }> {
  const program = await redisProgram(await redisPrograms(progress, signal), signal)
  const port = await freePort()
  running.push(await progress.step('Redis: start', () => startRedis({ folder, port, program, signal })))
  return { host: '127.0.0.1', port }
}

/** Kafka Connect, with a sink that keeps stock: see peer/. */
async function startPeer(kafkaServers: string, running: Part[], signal: AbortSignal): Promise<Peer> {
  const jars = await connectJars(progress, signal)
  const start = () => startConnect({ folder, kafkaServers, jars, signal })
  const connect = await progress.step('Kafka Connect: start', start)
  running.push(connect)
  return connectPeer(connect)
}
