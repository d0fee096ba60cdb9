/**
 * Tells other topics what was booked and what was quarantined. Of all processes on one database, one tells at a time:
 *
 *   lock ──✗ another has it: look again later
 *     ▼
 *   read the next rows, in their order ─▶ produce, and wait for all replicas ─▶ remove the rows ─▶ COMMIT
 *                                            ──✗ fault: roll back, wait, the same rows again
 *
 * So nothing is left out, and after a fault some of it comes twice. The lines of a card have one key, and so one partition,
 * in their order and without a gap; one that comes again has a number that was there before.
 */
import type { Fault } from '../fault.ts'
import { BackOff } from '../intake/back-off.ts'
import { realTime } from '../intake/time.ts'
import { toIntakeFault } from '../intake/intake-fault.ts'
import type { NewMessage, Producer } from '../kafka/producer.ts'
import type { Database } from '../store/database.ts'
import { lockOutbox, readOutbox, removeFromOutbox, type OutboxPart } from '../store/read-outbox.ts'
import { deadLetterMarks } from './dead-letter.ts'
import { lineMessage } from './line-event.ts'

export interface RelayOptions {
  /** A connection of its own. */
  readonly database: Database
  /** Where lines and dead letters go; null where they are not told. */
  readonly changes: Pick<Producer, 'produce'> | null
  readonly deadLetters: Pick<Producer, 'produce'> | null
  readonly retry: { readonly minMs: number; readonly maxMs: number }
  readonly onTold: (told: { readonly lines: number; readonly deadLetters: number }) => void
  readonly onFailed: (fault: Fault) => void
}

/** Rows, each of one batch, and lines that are told in one transaction: some 5 MB of messages. */
const rowsAtOnce = 200
const linesAtOnce = 10_000
/** Another process may have booked, and the one that told may have ended. */
const lookAgainMs = 500

export class Relay {
  readonly #options: RelayOptions
  readonly #stopping = new AbortController()
  #running: Promise<void> = Promise.resolve()
  #wake: PromiseWithResolvers<void> = Promise.withResolvers<void>()

  constructor(options: RelayOptions) {
    this.#options = options
  }

  start(): void {
    this.#running = this.#run()
  }

  /** Something was booked here. */
  wake(): void {
    this.#wake.resolve()
  }

  /** Once what is being told has been told. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    this.wake()
    await this.#running
  }

  async #run(): Promise<void> {
    const { retry, onFailed } = this.#options
    const { signal } = this.#stopping
    const backOff = new BackOff({ ...retry, random: () => Math.random(), time: realTime })
    while (!signal.aborted) {
      this.#wake = Promise.withResolvers<void>()
      try {
        const isMore = await this.#tellSome()
        backOff.reset()
        if (!isMore) await this.#rest()
      } catch (error) {
        onFailed(toIntakeFault(error))
        await backOff.wait(signal)
      }
    }
  }

  async #rest(): Promise<void> {
    const timer = setTimeout(() => this.wake(), lookAgainMs)
    await this.#wake.promise
    clearTimeout(timer)
  }

  /** Whether there may be more to tell at once. */
  async #tellSome(): Promise<boolean> {
    const { database, onTold } = this.#options
    const part = await database.transaction(async (session) => {
      if (!(await lockOutbox(session))) return null
      const found = await readOutbox(session, { limit: rowsAtOnce, linesAtMost: linesAtOnce })
      if (found.ids.length === 0) return null
      await this.#produce(found)
      await removeFromOutbox(session, found.ids)
      return found
    })
    if (part === null) return false
    onTold({ lines: part.lines.length, deadLetters: part.deadLetters.length })
    return true
  }

  async #produce({ lines, deadLetters }: OutboxPart): Promise<void> {
    const { changes, deadLetters: letters } = this.#options
    if (changes !== null && lines.length > 0) {
      await changes.produce(
        lines.map((line): NewMessage => ({ ...lineMessage(line), headers: structured })),
        null,
      )
    }
    if (letters !== null && deadLetters.length > 0) {
      await letters.produce(
        deadLetters.map((letter): NewMessage => ({ ...letter, marks: deadLetterMarks(letter) })),
        null,
      )
    }
  }
}

const structured = [
  { name: Buffer.from('content-type'), value: Buffer.from('application/cloudevents+json; charset=UTF-8') },
]
