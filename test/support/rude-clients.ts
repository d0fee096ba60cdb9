/** HTTP clients that take what they can get: connections, memory and time. */
import { connect, type Socket } from 'node:net'
import { request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Owner } from './environment.ts'

/** The status line's number that a client got, 0 if the connection ended without one. */
export type Status = number

/** Each writes a request a byte at a time, and never ends it; resolves when all of them have been ended. */
export async function writeSlowly(
  owner: Owner,
  port: number,
  { clients, everyMs }: { clients: number; everyMs: number },
): Promise<Status[]> {
  const half = Math.ceil(clients / 2)
  // Half of them never come to the end of the head, the others to the end of the body.
  const heads = Array.from({ length: clients }, (_, n) =>
    n < half
      ? 'GET /health/live HTTP/1.1\r\nhost: a\r\nx-slow: '
      : 'POST /api/events HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 60000\r\n\r\n ',
  )
  return await Promise.all(
    heads.map((head, n) => writeOneSlowly(owner, port, { head, everyMs, afterMs: (n / clients) * everyMs })),
  )
}

async function writeOneSlowly(
  owner: Owner,
  port: number,
  { head, everyMs, afterMs }: { head: string; everyMs: number; afterMs: number },
): Promise<Status> {
  // One after the other, not all in one moment.
  await sleep(afterMs)
  const socket = open(owner, port)
  let answer = ''
  socket.on('data', (bytes) => {
    answer += bytes.toString()
  })
  const ended = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  socket.write(head)
  const writing = setInterval(() => socket.write('x'), everyMs)
  await ended
  clearInterval(writing)
  return statusOf(answer)
}

/** Sends a body of so many bytes, with or without telling its length, and answers the status. */
export async function sendBody(
  port: number,
  { path, bytes, tellsLength }: { path: string; bytes: number; tellsLength: boolean },
): Promise<Status> {
  const { promise, resolve } = Promise.withResolvers<Status>()
  const sending = request({
    host: '127.0.0.1',
    port,
    path,
    method: 'POST',
    agent: false,
    headers: {
      'content-type': 'application/json',
      ...(tellsLength ? { 'content-length': bytes } : {}),
    },
  })
  const answered = new AbortController()
  sending.once('response', (response) => {
    answered.abort()
    response.resume()
    response.once('close', () => resolve(response.statusCode ?? 0))
  })
  // The server may have closed while we were still writing, with or without an answer that we could read.
  sending.on('error', () => {
    answered.abort()
    resolve(0)
  })
  const piece = Buffer.alloc(65_536, ' ')
  for (let sent = 0; sent < bytes && !answered.signal.aborted; sent += piece.length) {
    const isTaken = sending.write(piece.subarray(0, Math.min(piece.length, bytes - sent)))
    if (!isTaken) await Promise.race([new Promise((drained) => sending.once('drain', drained)), promise])
  }
  sending.end()
  const status = await promise
  sending.destroy()
  return status
}

export interface IdleStreams {
  /** What each was answered; the streams of those that got 200 stay open. */
  readonly statuses: readonly Status[]
  close(): void
}

/** Opens so many streams that never read more than the head of the answer. */
export async function openIdleStreams(owner: Owner, port: number, clients: number): Promise<IdleStreams> {
  const sockets = Array.from({ length: clients }, () => open(owner, port))
  const statuses = await Promise.all(
    sockets.map(async (socket) => {
      const { promise, resolve } = Promise.withResolvers<Status>()
      socket.once('data', (bytes) => {
        socket.pause()
        resolve(statusOf(bytes.toString()))
      })
      socket.once('close', () => resolve(0))
      socket.write('GET /api/stream HTTP/1.1\r\nhost: a\r\n\r\n')
      return await promise
    }),
  )
  const close = (): void => {
    for (const socket of sockets) socket.destroy()
  }
  return { statuses, close }
}

function open(owner: Owner, port: number): Socket {
  const socket = connect({ port, host: '127.0.0.1' })
  socket.on('error', () => undefined)
  owner.after(async () => void socket.destroy())
  return socket
}

function statusOf(answer: string): Status {
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0)
}
