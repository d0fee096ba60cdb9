import { chmodSync, globSync, mkdirSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { startPart } from './part.ts'
import type { Part } from './part.ts'
import { runTool } from './run-tool.ts'
import { StackError } from './stack-error.ts'
import type { RunFolder } from './state.ts'
import { untilReady } from './until-ready.ts'

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
/** It says so in milliseconds. */
const versionLimitMs = 20_000
const lookAgainMs = 20
const stopLimitMs = 5000

/**
 * The program for this platform, which is known to run here: some of them need libraries that a machine may not have.
 *
 * @throws {StackError} in one line, when there is none or it does not run
 */
export async function redisProgram(programs: string, signal: AbortSignal): Promise<string> {
  const architecture = { x64: 'amd64', arm64: 'arm64' }[process.arch as string]
  const [name] = globSync(`redis-server-*-${process.platform}-${architecture}`, { cwd: programs })
  const help = 'Start one yourself and set REDIS_HOST.'
  if (name === undefined) {
    throw new StackError(
      `There is no Redis for this platform (${process.platform}, ${process.arch}). ${help}`,
    )
  }
  const program = join(programs, name)
  chmodSync(program, 0o755)
  try {
    await runTool({
      command: program,
      argumentList: ['--version'],
      cwd: programs,
      limitMs: versionLimitMs,
      signal,
    })
  } catch (error) {
    signal.throwIfAborted()
    const [reason] = String(error instanceof Error ? error.message : error).split('\n')
    throw new StackError(`The Redis for this platform does not run here (${reason}). ${help}`)
  }
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
  const waiting = { limitMs: readyLimitMs, everyMs: lookAgainMs, signal }
  await untilReady(part, () => answersPing(port), waiting)
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
