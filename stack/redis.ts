import { chmodSync, globSync, mkdirSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { startPart } from './part.ts'
import type { Part } from './part.ts'
import { StackError } from './stack-error.ts'
import type { RunFolder } from './state.ts'
import { waitUntil } from './wait.ts'

export interface RedisOptions {
  readonly folder: RunFolder
  readonly port: number
  /** The path of `redis-server`. */
  readonly program: string
  /** Pages that are asked for least leave first. 64 MB hold some thousands. */
  readonly maxMemory?: string
  readonly memoryPolicy?: 'allkeys-lru' | 'noeviction'
  readonly signal: AbortSignal
}

const readyLimitMs = 20_000
const lookAgainMs = 20
const stopLimitMs = 5000

/**
 * The program for this platform.
 *
 * @throws {StackError} when there is none
 */
export function redisProgram(programs: string): string {
  const architecture = { x64: 'amd64', arm64: 'arm64' }[process.arch as string]
  const [name] = globSync(`redis-server-*-${process.platform}-${architecture}`, { cwd: programs })
  if (name === undefined) {
    const help = 'Start one yourself and set REDIS_HOST.'
    throw new StackError(
      `There is no Redis for this platform (${process.platform}, ${process.arch}). ${help}`,
    )
  }
  const program = join(programs, name)
  chmodSync(program, 0o755)
  return program
}

/**
 * Starts a Redis of our own on loopback, which keeps everything in memory. Resolves when it answers.
 *
 * @throws {StackError} when it does not come up
 */
export async function startRedis(options: RedisOptions): Promise<Part> {
  const { folder, port, program, maxMemory = '64mb', memoryPolicy = 'allkeys-lru', signal } = options
  mkdirSync(folder.path, { recursive: true })
  const part = startPart({
    name: 'Redis',
    address: `127.0.0.1:${port}`,
    command: program,
    argumentList: [
      ['--bind', '127.0.0.1', '--port', String(port), '--dir', folder.path],
      ['--save', '', '--appendonly', 'no'],
      ['--maxmemory', maxMemory, '--maxmemory-policy', memoryPolicy],
    ].flat(),
    mark: `127.0.0.1:${port}`,
    cwd: folder.path,
    stopSignal: 'SIGTERM',
    stopLimitMs,
    folder,
  })
  const isReady = async (): Promise<boolean> => {
    const hasEnded = await Promise.race([part.ended.then(() => true), Promise.resolve(false)])
    if (hasEnded) throw new StackError(`Redis did not start:\n${part.lastWords()}`)
    return await answersPing(port)
  }
  const waiting = { limitMs: readyLimitMs, everyMs: lookAgainMs, signal, what: 'The start of Redis' }
  await waitUntil(isReady, waiting).catch(async (error: unknown) => {
    await part.stop()
    throw error
  })
  return part
}

async function answersPing(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const socket = connect({ host: '127.0.0.1', port }, () => socket.write('PING\r\n'))
  socket.setTimeout(1000, () => resolve(false))
  socket.once('data', (answer) => resolve(answer.toString().startsWith('+PONG')))
  socket.once('error', () => resolve(false))
  socket.once('close', () => resolve(false))
  try {
    return await promise
  } finally {
    socket.destroy()
  }
}
