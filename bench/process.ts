/** A process under measurement, by the settings of the service. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { root } from '../stack/state.ts'
import type { DatabaseAddress } from './databases.ts'

export interface BenchProcess {
  /** Most memory that the process ever had, in bytes; null where the system does not tell (it does on Linux). */
  peakMemoryBytes(): number | null
  /** Milliseconds of processor time so far; null where the system does not tell. */
  stop(): Promise<void>
}

export interface ProcessOptions {
  /** From the root of the repository. */
  readonly program: string
  readonly database: DatabaseAddress
  readonly kafkaServers: string
  readonly topic: string
  readonly environment?: NodeJS.ProcessEnv
  /** Options of Node, such as those of its profiler. */
  readonly nodeOptions?: readonly string[]
}

const stopLimitMs = 15_000

/** Starts it, and waits for its first line. */
export async function startProcess(options: ProcessOptions): Promise<BenchProcess> {
  const { program, database, kafkaServers, topic, environment = {}, nodeOptions = [] } = options
  const child = spawn(process.execPath, [...nodeOptions, join(root, program)], {
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
      HTTP_RATE_LIMIT: '0',
      ...environment,
    },
  })
  const ended = once(child, 'exit')
  const lines = createInterface(child.stdout)
  // Read to the end: a pipe that is full would stop the process.
  const first = new Promise<void>((resolve) => lines.on('line', () => resolve()))
  await Promise.race([first, ended.then(() => Promise.reject(new Error(`${program} ended at its start`)))])
  return {
    peakMemoryBytes: () => peakMemoryOf(child.pid),
    stop: async () => {
      child.kill('SIGTERM')
      const timer = setTimeout(() => child.kill('SIGKILL'), stopLimitMs)
      await ended
      clearTimeout(timer)
    },
  }
}

function peakMemoryOf(pid: number | undefined): number | null {
  if (process.platform !== 'linux' || pid === undefined) return null
  const kilobytes = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return kilobytes === undefined ? null : Number(kilobytes) * 1024
}
