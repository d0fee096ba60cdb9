/** A PostgreSQL of one test alone, so that it can be crashed, frozen and brought back. */
import { randomUUID } from 'node:crypto'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { freePort } from '../../stack/ports.ts'
import { ensureDatabase, startPostgres } from '../../stack/postgres.ts'
import { runFolder } from '../../stack/state.ts'
import type { DatabaseAddress, Owner } from './environment.ts'

export interface OwnPostgres {
  readonly address: DatabaseAddress
  /** The data folder. */
  readonly data: string
  /** Starts it, or starts it again on the same data; further settings of the server hold until its end. */
  start(settings?: Readonly<Record<string, string>>): Promise<void>
  /** Ends it in good order. */
  stop(): Promise<void>
  /** Immediate shutdown: what a crash leaves behind. */
  crash(): Promise<void>
  /** SIGSTOP or SIGCONT to the server and all its processes. */
  signal(name: 'SIGSTOP' | 'SIGCONT'): void
}

/** `durability` as in the stack: a test that ends it in good order alone may do without. */
export async function ownPostgres(
  owner: Owner,
  { durability = 'full' }: { durability?: 'full' | 'none' } = {},
): Promise<OwnPostgres> {
  const folder = runFolder(`test-postgres-${randomUUID()}`)
  const login = { user: 'postgres', password: 'secret' }
  const address = { host: '127.0.0.1', port: await freePort(), ...login, database: 'bincard' }
  let running: Awaited<ReturnType<typeof startPostgres>> | undefined
  const serverPid = (): number =>
    Number(readFileSync(join(folder.path, 'postgres/postmaster.pid'), 'utf8').split('\n')[0])
  const signalAll = (name: 'SIGSTOP' | 'SIGCONT'): void => {
    process.kill(serverPid(), name)
    for (const pid of childrenOf(serverPid())) signalIfThere(pid, name)
  }
  owner.after(async () => {
    if (running !== undefined) signalAll('SIGCONT')
    await running?.stop()
    rmSync(folder.path, { recursive: true, force: true })
  })
  return {
    address,
    data: join(folder.path, 'postgres'),
    start: async (settings = {}) => {
      const signal = new AbortController().signal
      // Durable: a test of crashes must lose what a crash loses, and nothing else.
      running = await startPostgres({ folder, port: address.port, ...login, durability, settings, signal })
      await ensureDatabase({ ...address }, address.database)
    },
    stop: async () => {
      await running?.stop()
      running = undefined
    },
    crash: async () => {
      process.kill(serverPid(), 'SIGQUIT')
      await running?.ended
      running = undefined
    },
    signal: signalAll,
  }
}

function childrenOf(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim()
  return text === '' ? [] : text.split(' ').map(Number)
}

/** A process of the server may end by itself at any time. */
function signalIfThere(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}
