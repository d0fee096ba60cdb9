import { postgresFault } from './postgres-fault.ts'

/** More who wait could not all be served in time: better to be told at once. */
const longestQueue = 1000

/** So many at a time; who comes later waits in a queue, the first to come is the first to go on. */
export class Slots {
  #free: number
  readonly #queue: (() => void)[] = []

  constructor(count: number) {
    this.#free = count
  }

  /** Waits for a free slot. Fault `connections_busy` after the time, which may be Infinity, or if too many wait. */
  async take(timeoutMs: number): Promise<void> {
    if (this.#free > 0) {
      this.#free -= 1
      return
    }
    if (this.#queue.length >= longestQueue) throw postgresFault('connections_busy')
    const turn = Promise.withResolvers<void>()
    const go = (): void => turn.resolve()
    this.#queue.push(go)
    const timer = Number.isFinite(timeoutMs)
      ? setTimeout(() => this.#giveUp(go, turn.reject), timeoutMs)
      : undefined
    try {
      await turn.promise
    } finally {
      clearTimeout(timer)
    }
  }

  give(): void {
    const next = this.#queue.shift()
    if (next === undefined) this.#free += 1
    else next()
  }

  #giveUp(go: () => void, reject: (fault: Error) => void): void {
    const place = this.#queue.indexOf(go)
    if (place === -1) return
    this.#queue.splice(place, 1)
    reject(postgresFault('connections_busy'))
  }
}
