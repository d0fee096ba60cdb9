/** The service as it is run: a process of its own, spoken to by HTTP and signals. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { kafkaAddress, type DatabaseAddress, type Owner } from './environment.ts'
import { waitFor } from './wait.ts'

export interface ServiceProcess {
  readonly pid: number
  readonly port: number
  readonly metricsPort: number
  /** All that it logged. */
  readonly log: readonly string[]
  /** Whether it has ended, and how; null while it runs. */
  exit(): { readonly code: number | null; readonly signal: NodeJS.Signals | null } | null
  /** What came on its standard error, which is shown, too. */
  readonly errors: readonly string[]
  /** Its exit code once it has ended by itself; null after a kill. */
  readonly ended: Promise<number | null>
  signal(name: NodeJS.Signals): void
  /** Sends the signal and waits for the end; answers the exit code, null after a kill. */
  end(name: NodeJS.Signals): Promise<number | null>
  get(path: string): Promise<{ status: number; body: unknown }>
  /** One sample of a metric, by its name with labels; 0 if it is not there. */
  metric(name: string): Promise<number>
  /** How many partitions it books just now. */
  partitions(): Promise<number>
  ready(): Promise<void>
}

const main = join(import.meta.dirname, '../../src/main.ts')

/** Starts it on free ports and waits until it listens. `environment` goes over the address of the test's parts. */
export async function startService(
  owner: Owner,
  options: {
    database: DatabaseAddress
    topic: string
    environment?: Record<string, string>
    /** Options of Node itself. */
    nodeOptions?: readonly string[]
  },
): Promise<ServiceProcess> {
  const { database, topic, environment = {}, nodeOptions = [] } = options
  const child = spawn(process.execPath, [...nodeOptions, main, 'serve'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      PORT: '0',
      METRICS_PORT: '0',
      POSTGRES_HOST: database.host,
      POSTGRES_PORT: String(database.port),
      POSTGRES_USER: database.user,
      POSTGRES_PASSWORD: database.password,
      POSTGRES_DB: database.database,
      KAFKA_BOOTSTRAP_SERVERS: kafkaAddress(),
      KAFKA_TOPIC: topic,
      KAFKA_GROUP_ID: `group-${topic}`,
      KAFKA_SESSION_TIMEOUT_MS: '6000',
      KAFKA_HEARTBEAT_INTERVAL_MS: '1000',
      CACHE_TTL: '0',
      SHUTDOWN_DRAIN_MS: '0',
      // A machine that others use, too, takes its time: what is tested is what happens, not when.
      SHUTDOWN_TIMEOUT_MS: '60000',
      HTTP_BOOKING_WAIT_MS: '2000',
      ...environment,
    },
  })
  // When it has ended and all that it wrote is read.
  const ended = once(child, 'close')
  owner.after(async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
    await ended
  })
  const { log, errors, ports } = follow(child)
  const { port, metricsPort } = await ports
  const service: ServiceProcess = {
    pid: child.pid ?? 0,
    exit: () =>
      child.exitCode === null && child.signalCode === null
        ? null
        : { code: child.exitCode, signal: child.signalCode },
    port,
    metricsPort,
    log,
    errors,
    ended: ended.then(() => child.exitCode),
    signal: (name) => void child.kill(name),
    end: async (name) => {
      child.kill(name)
      await ended
      return child.exitCode
    },
    get: async (path) => {
      const answer = await fetch(`http://127.0.0.1:${port}${path}`)
      return { status: answer.status, body: await answer.json() }
    },
    metric: async (name) => {
      const line = (await scrape(metricsPort)).find((text) => text.startsWith(`${name} `))
      return line === undefined ? 0 : Number(line.slice(name.length + 1))
    },
    partitions: async () =>
      (await scrape(metricsPort)).filter((text) => text.startsWith('bincard_kafka_lag{')).length,
    ready: async () => {
      await waitFor('readiness', async () => (await service.get('/health/ready')).status === 200, {
        limitMs: 30_000,
      })
    },
  }
  return service
}

async function scrape(metricsPort: number): Promise<string[]> {
  const answer = await fetch(`http://127.0.0.1:${metricsPort}/metrics`)
  return (await answer.text()).split('\n')
}

function follow(child: ChildProcess): {
  log: string[]
  errors: string[]
  ports: Promise<{ port: number; metricsPort: number }>
} {
  const log: string[] = []
  const errors: string[] = []
  const found = Promise.withResolvers<{ port: number; metricsPort: number }>()
  if (child.stdout === null || child.stderr === null) throw new Error('the service has no output')
  createInterface({ input: child.stderr }).on('line', (line) => {
    errors.push(line)
    console.error(line)
  })
  createInterface({ input: child.stdout }).on('line', (line) => {
    log.push(line)
    if (line.includes('"listening"')) found.resolve(JSON.parse(line) as { port: number; metricsPort: number })
  })
  child.once('exit', (code) => found.reject(new Error(`the service ended with ${code}: ${log.join('\n')}`)))
  return { log, errors, ports: found.promise }
}
