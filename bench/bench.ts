/**
 * npm run bench -- [--quick] [--json] [--peer connect] [--messages N] [--rounds N] [--seed N] [--streams NAME,NAME]
 *
 * How fast the service is beside what bounds it, on real parts of its own. What is compared is measured in the same
 * run, in rounds, each round in another order; the figures are medians with their spread. The tables, or the JSON, go to
 * the standard output, everything else to the other one.
 */
import { rmSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { kafkaJars } from '../stack/maven-parts.ts'
import { startKafka } from '../stack/kafka.ts'
import { removeLeftovers } from '../stack/leftovers.ts'
import type { Part } from '../stack/part.ts'
import { freePort } from '../stack/ports.ts'
import { startPostgres } from '../stack/postgres.ts'
import { createProgress } from '../stack/progress.ts'
import { exitCodes, StackError } from '../stack/stack-error.ts'
import { runFolder } from '../stack/state.ts'
import { stopSignal } from '../stack/stop-signal.ts'
import { Databases } from './databases.ts'
import { Figures } from './figures.ts'
import { reportOf } from './report.ts'
import { connectPeer } from './peer/connect-peer.ts'
import { connectJars, startConnect } from './peer/connect.ts'
import { measureWriting, ratiosOfWriting, type Peer } from './write/measure.ts'
import { streamNames, type StreamName } from './write/stream.ts'

const login = { host: '127.0.0.1', user: 'postgres', password: 'postgres', database: 'bench' }
const kafkaHeapMegabytes = 512

const folder = runFolder(`bench-${process.pid}`)
const progress = createProgress(console.error, Date.now)

process.exitCode = await main(process.argv.slice(2))

async function main(args: readonly string[]): Promise<number> {
  const signal = stopSignal()
  const running: Part[] = []
  try {
    const options = readOptions(args)
    await removeLeftovers('bench', signal)
    const parts = await startParts(running, signal)
    const peer = options.peer === null ? null : await startPeer(parts.kafkaServers, running, signal)
    const figures = new Figures()
    await measureWriting({ ...options, ...parts, peer, signal, say: (line) => progress.say(line) }, figures)
    const result = { figures: figures.all, ratios: ratiosOfWriting(figures) }
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

/** Kafka Connect, with a sink that keeps stock: see peer/. */
async function startPeer(kafkaServers: string, running: Part[], signal: AbortSignal): Promise<Peer> {
  const jars = await connectJars(progress, signal)
  const start = () => startConnect({ folder, kafkaServers, jars, signal })
  const connect = await progress.step('Kafka Connect: start', start)
  running.push(connect)
  return connectPeer(connect)
}

interface Options {
  readonly messages: number
  readonly rounds: number
  readonly seed: number
  readonly json: boolean
  readonly peer: 'connect' | null
  readonly streams: readonly StreamName[]
}

function readOptions(args: readonly string[]): Options {
  const { values } = parse(args)
  const quick = values.quick === true
  const number = (name: 'messages' | 'rounds' | 'seed', otherwise: number, least: number): number => {
    const given = Number(values[name] ?? otherwise)
    if (!Number.isSafeInteger(given) || given < least)
      throw new StackError(`--${name} is a whole number of ${least} or more.`, exitCodes.wrongUse)
    return given
  }
  const known = Object.keys(streamNames) as StreamName[]
  const streams = values.streams?.split(',').map((name) => {
    const found = known.find((one) => one === name)
    if (found === undefined) throw new StackError(`--streams knows ${known.join(', ')}.`, exitCodes.wrongUse)
    return found
  })
  const peer = values.peer === 'connect' ? values.peer : null
  if (values.peer !== undefined && peer === null)
    throw new StackError('--peer knows connect.', exitCodes.wrongUse)
  return {
    messages: number('messages', quick ? 100_000 : 400_000, 20_000),
    rounds: number('rounds', quick ? 3 : 5, 1),
    seed: number('seed', 1, 0),
    json: values.json === true,
    peer,
    streams: streams ?? known,
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        quick: { type: 'boolean' },
        json: { type: 'boolean' },
        messages: { type: 'string' },
        rounds: { type: 'string' },
        seed: { type: 'string' },
        peer: { type: 'string' },
        streams: { type: 'string' },
      },
    })
  } catch (error) {
    throw new StackError(error instanceof Error ? error.message : String(error), exitCodes.wrongUse)
  }
}
