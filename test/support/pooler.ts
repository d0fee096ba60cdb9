/**
 * A pooler before PostgreSQL that pools sessions, as PgBouncer does by `pool_mode = session`: a client has a connection to
 * the server for itself, and when it leaves, the connection is emptied and kept for the next one of the same name.
 */
import { connect, createServer, type Socket } from 'node:net'
import type { DatabaseAddress, Owner } from './environment.ts'
import { listen } from './listen.ts'

export interface Pooler {
  /** The database, by way of this pooler. */
  readonly address: DatabaseAddress
  /** How often a client got a connection that another one had before. */
  readonly handedOver: number
}

/** A connection to the server, logged in. */
interface Session {
  readonly socket: Socket
  /** What the server told at the login: its settings, and the key of the session. */
  greeting: Buffer
  /** Questions that are not answered yet. */
  pending: number
  isInTransaction: boolean
  /** The client that has it; null while it is kept. */
  client: Socket | null
}

export async function sessionPooler(owner: Owner, target: DatabaseAddress): Promise<Pooler> {
  const sockets = new Set<Socket>()
  /** By the first message of the client: its user, database and name. */
  const kept = new Map<string, Session[]>()
  let handedOver = 0

  const open = (client: Socket, startup: Buffer): Session => {
    const socket = track(connect({ host: target.host, port: target.port }))
    const session: Session = {
      socket,
      greeting: Buffer.alloc(0),
      pending: 1,
      isInTransaction: false,
      client,
    }
    const name = startup.toString('latin1')
    let isReady = false
    const messages = splitter()
    socket.on('data', (bytes) => {
      session.client?.write(bytes)
      for (const { type, whole } of messages(bytes)) {
        if (!isReady && (type === 'S' || type === 'K'))
          session.greeting = Buffer.concat([session.greeting, whole])
        if (type !== 'Z') continue
        isReady = true
        session.pending -= 1
        session.isInTransaction = whole.toString('latin1').at(-1) !== 'I'
        if (session.client === null) kept.set(name, [...(kept.get(name) ?? []), session])
      }
    })
    socket.on('close', () => {
      session.client?.destroy()
      const others = (kept.get(name) ?? []).filter((other) => other !== session)
      kept.set(name, others)
    })
    socket.write(startup)
    return session
  }

  const serve = (client: Socket): void => {
    track(client)
    let session: Session | null = null
    const messages = splitter({ startsWithoutType: true })
    client.on('data', (bytes) => {
      for (const { type, whole } of messages(bytes)) {
        if (session === null) {
          session = kept.get(whole.toString('latin1'))?.pop() ?? null
          if (session === null) session = open(client, whole)
          else {
            handedOver += 1
            session.client = client
            client.write(Buffer.concat([authenticated, session.greeting, readyForQuery]))
          }
        } else if (type !== 'X') {
          if (type === 'Q' || type === 'S') session.pending += 1
          session.socket.write(whole)
        }
      }
    })
    client.on('close', () => {
      if (session === null) return
      session.client = null
      // Nobody knows what an answer would be to, or what a transaction was to be.
      if (session.pending > 0 || session.isInTransaction) session.socket.destroy()
      else {
        session.pending += 1
        session.socket.write(discardAll)
      }
    })
  }

  function track(socket: Socket): Socket {
    sockets.add(socket.setNoDelay())
    socket.on('error', () => undefined)
    socket.once('close', () => sockets.delete(socket))
    return socket
  }

  const listener = createServer(serve)
  const port = await listen(listener)
  owner.after(async () => {
    for (const socket of sockets) socket.destroy()
    listener.close()
  })
  return {
    address: { ...target, host: '127.0.0.1', port },
    get handedOver() {
      return handedOver
    },
  }
}

const authenticated = Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 0])
const readyForQuery = Buffer.from([0x5a, 0, 0, 0, 5, 0x49])
const discardText = 'discard all\0'
const discardAll = Buffer.concat([
  Buffer.from([0x51, 0, 0, 0, 4 + discardText.length]),
  Buffer.from(discardText),
])

interface WireMessage {
  /** Empty for the first message of a client. */
  readonly type: string
  readonly whole: Buffer
}

/** Cuts a stream into messages: type, length, content; those that are not whole yet wait for the rest. */
function splitter({ startsWithoutType = false } = {}): (bytes: Buffer) => WireMessage[] {
  let rest = Buffer.alloc(0)
  let typeBytes = startsWithoutType ? 0 : 1
  return (bytes) => {
    rest = Buffer.concat([rest, bytes])
    const found: WireMessage[] = []
    while (rest.length >= typeBytes + 4) {
      const end = typeBytes + rest.readUInt32BE(typeBytes)
      if (rest.length < end) break
      found.push({ type: rest.toString('latin1', 0, typeBytes), whole: Buffer.from(rest.subarray(0, end)) })
      rest = rest.subarray(end)
      typeBytes = 1
    }
    return found
  }
}
