/** A Redis of one test alone, so that it can be killed, frozen, filled and brought back. */
import { randomUUID } from 'node:crypto'
import { readFileSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import type { Part } from '../../stack/part.ts'
import { freePort } from '../../stack/ports.ts'
import { startRedis, type RedisOptions } from '../../stack/redis.ts'
import { runFolder } from '../../stack/state.ts'
import { redisProgram, type Owner } from './environment.ts'

export interface OwnRedis {
  readonly port: number
  /** Starts it, or starts it again, empty. */
  start(options?: Pick<RedisOptions, 'maxMemory' | 'memoryPolicy'>): Promise<void>
  kill(): Promise<void>
  signal(name: 'SIGSTOP' | 'SIGCONT'): void
  /** Sends one command as it is typed, `CONFIG SET maxmemory 1`, and answers the first line of what comes back. */
  command(text: string): Promise<string>
}

export async function ownRedis(owner: Owner): Promise<OwnRedis> {
  const folder = runFolder(`test-redis-${randomUUID()}`)
  const port = await freePort()
  let running: Part | undefined
  const pid = (): number =>
    (JSON.parse(readFileSync(join(folder.pids, 'redis.json'), 'utf8')) as { part: number }).part
  owner.after(async () => {
    if (running !== undefined) process.kill(pid(), 'SIGCONT')
    await running?.stop()
    rmSync(folder.path, { recursive: true, force: true })
  })
  return {
    port,
    start: async (options = {}) => {
      const { signal } = new AbortController()
      running = await startRedis({ folder, port, program: redisProgram(), ...options, signal })
    },
    kill: async () => {
      process.kill(pid(), 'SIGKILL')
      await running?.ended
      running = undefined
    },
    signal: (name) => void process.kill(pid(), name),
    command: async (text) => await send(port, text),
  }
}

async function send(port: number, text: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const socket = connect({ host: '127.0.0.1', port }, () => socket.write(`${text}\r\n`))
  socket.once('data', (answer) => resolve(answer.toString().split('\r\n', 1)[0] ?? ''))
  socket.once('error', reject)
  try {
    return await promise
  } finally {
    socket.destroy()
  }
}
