/** The command-line program as people run it: a process with arguments, an exit code, and two streams. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { kafkaAddress, redisAddress, type DatabaseAddress } from './environment.ts'

export interface Ran {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface Bincard {
  (...args: readonly string[]): Promise<Ran>
  /** The same with something on standard input. */
  fed(input: string, ...args: readonly string[]): Promise<Ran>
}

const main = join(import.meta.dirname, '../../src/main.ts')

/** Settings by which commands find the test's parts. */
export function settingsOf({
  database,
  topic,
}: {
  readonly database: DatabaseAddress
  readonly topic: string
}): Record<string, string> {
  const redis = redisAddress()
  return {
    POSTGRES_HOST: database.host,
    POSTGRES_PORT: String(database.port),
    POSTGRES_USER: database.user,
    POSTGRES_PASSWORD: database.password,
    POSTGRES_DB: database.database,
    KAFKA_BOOTSTRAP_SERVERS: kafkaAddress(),
    KAFKA_TOPIC: topic,
    REDIS_HOST: redis.host,
    REDIS_PORT: String(redis.port),
  }
}

/** Runs the program of the repository, or the one of a package, with no settings but these. */
export function bincardWith(
  environment: Readonly<Record<string, string>>,
  { program = main, folder }: { readonly program?: string; readonly folder?: string } = {},
): Bincard {
  const run = async (input: string, args: readonly string[]): Promise<Ran> => {
    const child = spawn(process.execPath, [program, ...args], {
      env: { PATH: process.env['PATH'], ...environment },
      cwd: folder,
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    child.stdin.end(input)
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
    return { code: child.exitCode, stdout, stderr }
  }
  return Object.assign((...args: readonly string[]) => run('', args), {
    fed: (input: string, ...args: readonly string[]) => run(input, args),
  })
}
