/**
 * A line to PostgreSQL that understands what passes: whose connection it is, and when it commits. A COMMIT can be lost
 * before the server has it, its answer can be lost, or come late.
 */
import { connect, createServer, type Socket } from 'node:net'
import type { DatabaseAddress, Owner } from './environment.ts'
import { listen } from './listen.ts'

/**
 * What becomes of a COMMIT: it passes; the connection is reset before the server has it, or once the server has answered;
 * or the answer comes so many milliseconds late.
 */
export type CommitFate = 'pass' | 'reset before' | 'reset after' | { readonly answerLateMs: number }

export interface PostgresProxy {
  /** The database, by way of this proxy. */
  readonly address: DatabaseAddress
  /** Connections that were ever made, by application: what a hot loop would show. */
  readonly made: ReadonlyMap<string, number>
  /** Decides about each COMMIT, named by the application that sends it; null lets them all pass. */
  onCommit(decide: ((application: string) => CommitFate) | null): void
}

export async function postgresProxy(owner: Owner, target: DatabaseAddress): Promise<PostgresProxy> {
  const sockets = new Set<Socket>()
  const made = new Map<string, number>()
  let decide: ((application: string) => CommitFate) | null = null

  const join = (client: Socket): void => {
    const server = connect({ host: target.host, port: target.port })
    let application = ''
    let fate: CommitFate = 'pass'
    const reset = (): void => {
      for (const socket of [client, server]) socket.resetAndDestroy()
    }
    const commits = commitFinder()
    client.on('data', (bytes) => {
      if (application === '') {
        application = applicationIn(bytes)
        made.set(application, (made.get(application) ?? 0) + 1)
      }
      if (commits(bytes)) fate = decide?.(application) ?? 'pass'
      if (fate === 'reset before') return reset()
      server.write(bytes)
    })
    server.on('data', (bytes) => {
      const late = fate
      fate = 'pass'
      if (late === 'reset after') return reset()
      if (typeof late === 'object') setTimeout(() => client.write(bytes), late.answerLateMs)
      else client.write(bytes)
    })
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      sockets.add(one.setNoDelay())
      one.on('error', () => undefined)
      one.once('close', () => {
        sockets.delete(one)
        other.destroy()
      })
    }
  }
  const listener = createServer(join)
  const port = await listen(listener)
  owner.after(async () => {
    for (const socket of sockets) socket.destroy()
    listener.close()
  })
  return {
    address: { ...target, host: '127.0.0.1', port },
    made,
    onCommit: (next) => {
      decide = next
    },
  }
}

const lengthBytes = 4
const startupHeaderBytes = 8

/** Looks for `commit` among the messages of a client, wherever the pieces of the stream begin: type, length, text. */
function commitFinder(): (bytes: Buffer) => boolean {
  let rest = Buffer.alloc(0)
  let isStarted = false
  return (bytes) => {
    rest = Buffer.concat([rest, bytes])
    let found = false
    for (;;) {
      // The first message has no type.
      const typeBytes = isStarted ? 1 : 0
      if (rest.length < typeBytes + lengthBytes) return found
      const end = typeBytes + rest.readUInt32BE(typeBytes)
      if (rest.length < end) return found
      const [type, text] = [rest.toString('latin1', 0, 1), rest.subarray(typeBytes + lengthBytes, end)]
      // A query, or the text of a statement that is parsed without a name.
      if (isStarted && (type === 'Q' || type === 'P') && text.includes('commit\0') && text.length < 20)
        found = true
      isStarted = true
      rest = rest.subarray(end)
    }
  }
}

/** The name by which the client logs in; the first message is made of pairs of texts that end in zero. */
function applicationIn(startup: Buffer): string {
  const parts = startup.toString('utf8', startupHeaderBytes).split('\0')
  const place = parts.indexOf('application_name')
  return place === -1 ? 'unnamed' : (parts[place + 1] ?? 'unnamed')
}
