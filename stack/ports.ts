import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { tryLock } from './lock.mjs'
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

/**
 * Above what programs take by habit, and below what systems give to whoever asks for any port: from 32768 on Linux, from
 * 49152 elsewhere. So no connection, and no listener on port 0, gets a port that is reserved here.
 */
const reservable = { from: 20_000, to: 32_767 }
/** What gives back the ports of this process, at its end. */
const releases: (() => void)[] = []

/**
 * A port on loopback that nobody listens on now, for this process and its children: as long as it runs nobody else who
 * asks here gets it, and it gets no port twice.
 *
 * @throws {StackError} when there is none left
 */
export async function freePort(): Promise<number> {
  const count = reservable.to - reservable.from + 1
  const first = randomInt(count)
  for (let n = 0; n < count; n += 1) {
    const port = reservable.from + ((first + n) % count)
    const lock = tryLock(reservationFile(port))
    if (!lock.taken) continue
    releaseAtExit(lock.release)
    if (await isFree('127.0.0.1', port)) return port
  }
  throw new StackError(`No port from ${reservable.from} to ${reservable.to} is free.`)
}

/** A file with the process that reserved the port: a child of it may take its time to listen there. */
function reservationFile(port: number): string {
  return join(tmpdir(), `bincard-ports-${process.getuid?.() ?? 'user'}`, String(port))
}

function releaseAtExit(release: () => void): void {
  if (releases.length === 0)
    process.once('exit', () => {
      for (const one of releases) one()
    })
  releases.push(release)
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
