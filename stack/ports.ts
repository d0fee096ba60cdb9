import { createServer } from 'node:net'
import { StackError } from './stack-error.ts'

export interface WantedPort {
  readonly host: string
  readonly port: number
  /** Who will listen there: `Kafka`. */
  readonly what: string
  /** The setting that chooses another: `KAFKA_PORT`. */
  readonly setting: string
}

/**
 * Asks before anything is started, and about all ports at once.
 *
 * @throws {StackError} naming each port in use and the setting that changes it
 */
export async function assertPortsFree(wanted: readonly WantedPort[]): Promise<void> {
  const complaints: string[] = []
  for (const { host, port, what, setting } of wanted) {
    if (await isFree(host, port)) continue
    complaints.push(
      `Port ${port}, wanted by ${what}, is in use. Free it or choose another, for example ${setting}=${port + 1}.`,
    )
  }
  if (complaints.length > 0) throw new StackError(complaints.join('\n'))
}

/** Between being chosen and being listened on, a port is free to the system: it may choose it again. */
const chosen = new Set<number>()

/** A port on loopback that nobody listens on now, chosen by the system; never the same one twice. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = await anyFreePort()
    if (chosen.has(port)) continue
    chosen.add(port)
    return port
  }
}

async function anyFreePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string')
    throw new Error('a TCP server has an address and a port')
  return address.port
}

function isFree(host: string, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(false) : reject(new StackError(`Port ${port}: ${error.message}`)),
    )
    server.listen(port, host, () => server.close(() => resolve(true)))
  })
}
