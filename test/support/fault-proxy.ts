/**
 * A line to a server that can be made slow, narrow, silent, closed, cut, reset or closed on one side. Bytes keep their
 * order, and what was held back comes through afterwards, as TCP would send it again.
 */
import { connect, createServer, type Socket } from 'node:net'
import type { Owner } from './environment.ts'
import { listen } from './listen.ts'
import { seededRandom } from './workload.ts'

/** Which way the bytes go; faults concern both unless one is named. */
export type Direction = 'toServer' | 'toClient'

const directions: readonly Direction[] = ['toServer', 'toClient']

export interface FaultProxy {
  readonly port: number
  /** Connections that are open. */
  readonly connections: number
  /** Each byte from now on takes so much longer, and up to `jitterMs` more by chance (of the seed). */
  delay(ms: number, options?: { direction?: Direction; jitterMs?: number }): void
  /** So many bytes in a second come through each connection; Infinity ends it. */
  limit(bytesPerSecond: number, direction?: Direction): void
  /** Nothing comes through any more, nothing is refused; `false` lets through what waited. */
  silence(isSilent: boolean, direction?: Direction): void
  /** New connections are refused, those that are there stay; `false` takes them again, on the same port. */
  refuse(isRefusing: boolean): Promise<void>
  /** Closes all connections; new ones are taken. */
  cut(): void
  /** Resets all connections (RST), so that whoever is at them sees ECONNRESET. */
  reset(): void
  /** Ends one direction of all connections; the other goes on. */
  halfClose(direction: Direction): void
  /** Is shown all bytes before they go on, and may have that connection reset instead; null ends it. */
  watch(look: ((bytes: Buffer, direction: Direction) => 'pass' | 'reset') | null): void
}

/** What happens to bytes of one direction. */
interface Way {
  delayMs: number
  jitterMs: number
  bytesPerSecond: number
  isSilent: boolean
  /** Those that wait for the silence to end. */
  readonly waiting: (() => void)[]
}

const freeWay = (): Way => ({
  delayMs: 0,
  jitterMs: 0,
  bytesPerSecond: Infinity,
  isSilent: false,
  waiting: [],
})

export async function faultProxy(
  owner: Owner,
  target: { host: string; port: number },
  { seed = 1 }: { seed?: number } = {},
): Promise<FaultProxy> {
  const random = seededRandom(seed)
  const ways: Record<Direction, Way> = { toServer: freeWay(), toClient: freeWay() }
  const pairs = new Set<{ client: Socket; upstream: Socket }>()
  let look: Parameters<FaultProxy['watch']>[0] = null

  const pass = (from: Socket, to: Socket, direction: Direction): void => {
    const way = ways[direction]
    let last: Promise<void> = Promise.resolve()
    let freeAtMs = 0
    const passOn = async (before: Promise<void>, bytes: number, deliver: () => void): Promise<void> => {
      const startMs = Math.max(performance.now(), freeAtMs)
      freeAtMs = startMs + (bytes / way.bytesPerSecond) * 1000
      const due = freeAtMs + way.delayMs + random() * way.jitterMs
      await before
      await sleepUntil(due)
      if (way.isSilent) await new Promise<void>((resolve) => way.waiting.push(resolve))
      if (!to.destroyed) deliver()
    }
    from.on('data', (bytes) => {
      if (look?.(bytes, direction) === 'reset') {
        for (const socket of [from, to]) socket.resetAndDestroy()
        return
      }
      last = passOn(last, bytes.length, () => void to.write(bytes))
    })
    // The end waits its turn behind the bytes: a server that answers and closes has answered.
    from.on('end', () => {
      last = passOn(last, 0, () => void to.end())
    })
    from.on('error', () => undefined)
    from.on('close', () => {
      if (!from.readableEnded) to.destroy()
    })
  }
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const upstream = connect({ ...target, allowHalfOpen: true })
    const pair = { client: client.setNoDelay(), upstream: upstream.setNoDelay() }
    pairs.add(pair)
    for (const socket of [client, upstream]) socket.once('close', () => pairs.delete(pair))
    pass(client, upstream, 'toServer')
    pass(upstream, client, 'toClient')
  })
  const port = await listen(server)
  const eachSocket = (act: (socket: Socket) => unknown): void => {
    for (const { client, upstream } of pairs) for (const socket of [client, upstream]) act(socket)
  }
  const waysOf = (direction?: Direction): Way[] =>
    (direction === undefined ? directions : [direction]).map((name) => ways[name])
  const cut = (): void => eachSocket((socket) => socket.destroy())
  owner.after(async () => {
    cut()
    server.close()
  })
  return {
    port,
    get connections() {
      return pairs.size
    },
    delay: (delayMs, { direction, jitterMs = 0 } = {}) => {
      for (const way of waysOf(direction)) Object.assign(way, { delayMs, jitterMs })
    },
    limit: (bytesPerSecond, direction) => {
      for (const way of waysOf(direction)) way.bytesPerSecond = bytesPerSecond
    },
    silence: (isSilent, direction) => {
      for (const way of waysOf(direction)) {
        way.isSilent = isSilent
        if (!isSilent) for (const go of way.waiting.splice(0)) go()
      }
    },
    refuse: async (isRefusing) => {
      if (isRefusing) server.close()
      else await listen(server, port)
    },
    cut,
    reset: () => eachSocket((socket) => socket.resetAndDestroy()),
    halfClose: (direction) => {
      for (const { client, upstream } of pairs) (direction === 'toServer' ? upstream : client).end()
    },
    watch: (next) => {
      look = next
    },
  }
}

async function sleepUntil(due: number): Promise<void> {
  const ms = due - performance.now()
  if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms))
}
