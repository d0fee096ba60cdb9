/** A line to a server that can be made slow, silent, closed or cut. Bytes keep their order. */
import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import type { TestContext } from 'node:test'

export interface SlowProxy {
  readonly port: number
  /** Each byte from now on takes so much longer, in either direction. */
  delay(ms: number): void
  /** Nothing comes through any more, nothing is refused; `false` lets through what waited. */
  silence(isSilent: boolean): void
  /** New connections are refused, those that are there stay; `false` takes them again, on the same port. */
  refuse(isRefusing: boolean): Promise<void>
  /** Closes all connections; new ones are taken. */
  cut(): void
}

export async function slowProxy(t: TestContext, target: { host: string; port: number }): Promise<SlowProxy> {
  let delayMs = 0
  let silent = false
  let speak: (() => void)[] = []
  const sockets = new Set<Socket>()

  const pass = (from: Socket, to: Socket): void => {
    let last: Promise<void> = Promise.resolve()
    const passOn = async (before: Promise<void>, deliver: () => void): Promise<void> => {
      const due = performance.now() + delayMs
      await before
      await sleepUntil(due)
      if (silent) await new Promise<void>((resolve) => speak.push(resolve))
      if (!to.destroyed) deliver()
    }
    from.on('data', (bytes) => {
      last = passOn(last, () => void to.write(bytes))
    })
    // The end waits its turn behind the bytes: a server that answers and closes has answered.
    from.on('end', () => {
      last = passOn(last, () => void to.end())
    })
    from.on('error', () => undefined)
    from.on('close', () => {
      sockets.delete(from)
      if (!from.readableEnded) to.destroy()
    })
  }
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const upstream = connect({ ...target, allowHalfOpen: true })
    for (const socket of [client, upstream]) sockets.add(socket.setNoDelay())
    pass(client, upstream)
    pass(upstream, client)
  })
  const port = await listen(server, 0)
  const cut = (): void => {
    for (const socket of sockets) socket.destroy()
  }
  t.after(() => {
    cut()
    server.close()
  })
  return {
    port,
    delay: (ms) => {
      delayMs = ms
    },
    silence: (isSilent) => {
      silent = isSilent
      if (silent) return
      for (const go of speak) go()
      speak = []
    },
    refuse: async (isRefusing) => {
      if (isRefusing) server.close()
      else await listen(server, port)
    },
    cut,
  }
}

/** The port that it got. */
async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port')
  return address.port
}

async function sleepUntil(due: number): Promise<void> {
  const ms = due - performance.now()
  if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms))
}
