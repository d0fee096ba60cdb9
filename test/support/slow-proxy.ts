/** A line to a server that can be made slow, silent or cut. Bytes keep their order. */
import { createServer, connect, type Socket } from 'node:net'
import type { TestContext } from 'node:test'

export interface SlowProxy {
  readonly port: number
  /** Each byte from now on takes so much longer, in either direction. */
  delay(ms: number): void
  /** Nothing comes through any more, nothing is refused; `false` lets through what waited. */
  silence(isSilent: boolean): void
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
    const passOn = async (before: Promise<void>, bytes: Buffer): Promise<void> => {
      const due = performance.now() + delayMs
      await before
      await sleepUntil(due)
      if (silent) await new Promise<void>((resolve) => speak.push(resolve))
      if (!to.destroyed) to.write(bytes)
    }
    from.on('data', (bytes) => {
      last = passOn(last, bytes)
    })
    from.on('error', () => undefined)
    from.on('close', () => {
      sockets.delete(from)
      to.destroy()
    })
  }
  const server = createServer((client) => {
    const upstream = connect(target)
    for (const socket of [client, upstream]) sockets.add(socket.setNoDelay())
    pass(client, upstream)
    pass(upstream, client)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const cut = (): void => {
    for (const socket of sockets) socket.destroy()
  }
  t.after(() => {
    cut()
    server.close()
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port')
  return {
    port: address.port,
    delay: (ms) => {
      delayMs = ms
    },
    silence: (isSilent) => {
      silent = isSilent
      if (silent) return
      for (const go of speak) go()
      speak = []
    },
    cut,
  }
}

async function sleepUntil(due: number): Promise<void> {
  const ms = due - performance.now()
  if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms))
}
