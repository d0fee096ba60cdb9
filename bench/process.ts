/** A process under measurement, by the settings of the service. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { isObject } from '../src/message/envelope.ts'
import { root } from '../stack/state.ts'
import { cpuSecondsOf } from './cpu.ts'
import type { DatabaseAddress } from './databases.ts'

export interface BenchProcess {
  /** Where it listens. */
  readonly origin: string
  /** Most memory that the process ever had, in bytes; null where the system does not tell (it does on Linux). */
  peakMemoryBytes(): number | null
  /** Processor time that it has taken so far; null where the system does not tell. */
  cpuSeconds(): number | null
  stop(): Promise<void>
}

export interface ProcessOptions {
  /** A file, from the root of the repository, and its arguments. Prints a line of JSON with its `port` once it has started; 0 for none. */
  readonly program: string
  readonly database: DatabaseAddress
  readonly kafkaServers: string
  readonly topic: string
  readonly environment?: NodeJS.ProcessEnv
  /** Options of Node, such as those of its profiler. */
  readonly nodeOptions?: readonly string[]
}

const stopLimitMs = 15_000

/** Starts it, and waits until it says so. */
export async function startProcess(options: ProcessOptions): Promise<BenchProcess> {
  const { program, database, kafkaServers, topic, environment = {}, nodeOptions = [] } = options
  const [file = '', ...programArguments] = program.split(' ')
  const child = spawn(process.execPath, [...nodeOptions, join(root, file), ...programArguments], {
    stdio: ['ignore', 'pipe', 'inherit'],
    cwd: root,
    env: {
      PATH: process.env['PATH'],
      PORT: '0',
      METRICS_PORT: '0',
      DEBUG: 'false',
      POSTGRES_HOST: database.host,
      POSTGRES_PORT: String(database.port),
      POSTGRES_USER: database.user,
      POSTGRES_PASSWORD: database.password,
      POSTGRES_DB: database.database,
      KAFKA_BOOTSTRAP_SERVERS: kafkaServers,
      KAFKA_TOPIC: topic,
      KAFKA_GROUP_ID: database.database,
      CACHE_TTL: '0',
      SHUTDOWN_DRAIN_MS: '0',
      HTTP_RATE_LIMIT: '0',
      ...environment,
    },
  })
  const ended = once(child, 'exit')
  const lines = createInterface(child.stdout)
  // Read to the end: a pipe that is full would stop the process.
  const listening = new Promise<number>((resolve) => {
    lines.on('line', (line) => {
      const port = portIn(line)
      if (port !== null) resolve(port)
    })
  })
  const port = await Promise.race([
    listening,
    ended.then(() => Promise.reject(new Error(`${program} ended at its start`))),
  ])
  return {
    origin: `http://127.0.0.1:${port}`,
    peakMemoryBytes: () => peakMemoryOf(child.pid),
    cpuSeconds: () => (child.pid === undefined ? null : cpuSecondsOf(child.pid)),
    stop: async () => {
      child.kill('SIGTERM')
      const timer = setTimeout(() => child.kill('SIGKILL'), stopLimitMs)
      await ended
      clearTimeout(timer)
    },
  }
}

function portIn(line: string): number | null {
  const said: unknown = JSON.parse(line)
  return isObject(said) && typeof said['port'] === 'number' ? said['port'] : null
}

function peakMemoryOf(pid: number | undefined): number | null {
  if (process.platform !== 'linux' || pid === undefined) return null
  const kilobytes = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return kilobytes === undefined ? null : Number(kilobytes) * 1024
}
