/**
 * Everything that the world does at its own time: an answer of the database, a message from the log, the end of a wait.
 * Whoever waits is parked here, and one after the other is drawn and let go on: so a seed is an order of events.
 */
import type { Draw } from './draw.ts'
import type { Transaction } from './transaction.ts'

/** Something that runs, is killed and is frozen. */
export interface Runner {
  readonly name: string
  isAlive: boolean
  isFrozen: boolean
}

export interface Parked {
  readonly runner: Runner
  /** What is waited for; a name from a short list. */
  readonly what: string
  readonly transaction: Transaction | null
  /** Whether it can happen now. */
  readonly isReady: () => boolean
  /** Makes it happen. False: it has to wait for somebody else, and stays. */
  readonly happen: () => boolean
}

export class Scheduler {
  readonly #draw: Draw
  readonly parked: Parked[] = []
  nowMs = 0

  constructor(draw: Draw) {
    this.#draw = draw
  }

  park(parked: Parked): void {
    this.parked.push(parked)
  }

  /** One that can happen now, drawn from all of them; null when nothing can. */
  drawOne(): Parked | null {
    const { length } = this.parked
    const start = this.#draw.below(length)
    for (let n = 0; n < length; n += 1) {
      const one = this.parked[(start + n) % length]
      if (one !== undefined && !one.runner.isFrozen && one.isReady()) return one
    }
    return null
  }

  remove(one: Parked): void {
    const index = this.parked.indexOf(one)
    const last = this.parked.pop()
    if (last !== undefined && last !== one && index !== -1) this.parked[index] = last
    else if (index === -1 && last !== undefined) this.parked.push(last)
  }

  /** Nobody will ever hear of what this runner waits for; answers what that was. */
  forget(runner: Runner): Parked[] {
    const forgotten = this.parked.filter((one) => one.runner === runner)
    for (const one of forgotten) this.remove(one)
    return forgotten
  }
}

export const always = (): boolean => true
