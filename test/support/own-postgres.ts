/** A PostgreSQL of one test alone, so that it can be crashed, frozen and brought back. */
import { randomUUID } from 'node:crypto'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { freePort } from '../../stack/ports.ts'
import { ensureDatabase, startPostgres } from '../../stack/postgres.ts'
import { runFolder } from '../../stack/state.ts'
import type { DatabaseAddress } from './environment.ts'

export interface OwnPostgres {
  readonly address: DatabaseAddress
  /** Starts it, or starts it again on the same data. */
  start(): Promise<void>
  /** Immediate shutdown: what a crash leaves behind. */
  crash(): Promise<void>
  /** SIGSTOP or SIGCONT to the server and all its processes. */
  signal(name: 'SIGSTOP' | 'SIGCONT'): void
}

export async function ownPostgres(t: TestContext): Promise<OwnPostgres> {
  const folder = runFolder(`test-postgres-${randomUUID()}`)
  const login = { user: 'postgres', password: 'secret' }
  const address = { host: '127.0.0.1', port: await freePort(), ...login, database: 'bincard' }
  let running: Awaited<ReturnType<typeof startPostgres>> | undefined
  const serverPid = (): number =>
    Number(readFileSync(join(folder.path, 'postgres/postmaster.pid'), 'utf8').split('\n')[0])
  t.after(async () => {
    await running?.stop()
    rmSync(folder.path, { recursive: true, force: true })
  })
  return {
    address,
    start: async () => {
      const signal = new AbortController().signal
      // Durable: a test of crashes must lose what a crash loses, and nothing else.
      running = await startPostgres({ folder, port: address.port, ...login, durability: 'full', signal })
      await ensureDatabase({ ...address }, address.database)
    },
    crash: async () => {
      process.kill(serverPid(), 'SIGQUIT')
      await running?.ended
      running = undefined
    },
    signal: (name) => {
      for (const pid of [serverPid(), ...childrenOf(serverPid())]) process.kill(pid, name)
    },
  }
}

function childrenOf(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim()
  return text === '' ? [] : text.split(' ').map(Number)
}
