/**
 * Where the lines of the log go: standard output. Whoever reads it may be frozen, or gone, and the service neither waits
 * for it nor ends with it: what it does not take is kept up to a limit, and beyond that dropped and counted.
 */
import type { Writable } from 'node:stream'

export interface LogOutputOptions {
  readonly stream: Writable
  /** It takes lines again, after so many were dropped. */
  readonly onFlowing: (linesDropped: number) => void
  readonly maxWaitingCharacters?: number
}

/** Some 3,000 lines: an outage of all parts fills it in a minute. */
const defaultMaxWaitingCharacters = 1_048_576

/**
 * Writes without waiting. That holds for pipes and sockets, which Node opens so that they never block; a file or a
 * terminal takes its lines at once.
 */
export class LogOutput {
  readonly #stream: Writable
  readonly #onFlowing: (linesDropped: number) => void
  readonly #maxWaitingCharacters: number
  #dropped = 0
  /** Of those, the ones that the log has told of. */
  #told = 0

  constructor({ stream, onFlowing, maxWaitingCharacters = defaultMaxWaitingCharacters }: LogOutputOptions) {
    this.#stream = stream
    this.#onFlowing = onFlowing
    this.#maxWaitingCharacters = maxWaitingCharacters
    // Each line is told of its own error; an emitter that nobody listens to would throw it.
    stream.on('error', () => undefined)
  }

  /** Lines that were dropped so far. */
  get dropped(): number {
    return this.#dropped
  }

  write(line: string): void {
    const isFull = this.#stream.writableLength + line.length > this.#maxWaitingCharacters
    if (isFull) this.#dropped += 1
    else this.#stream.write(line, this.#written)
  }

  /** Resolves when all that waits was taken, or could not be; after `limitMs` in any case. */
  async flush(limitMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, limitMs)
    this.#stream.write('', () => resolve())
    await promise
    clearTimeout(timer)
  }

  readonly #written = (error?: Error | null): void => {
    if (error) this.#dropped += 1
    else if (this.#dropped > this.#told && this.#stream.writableLength === 0) {
      const missing = this.#dropped - this.#told
      this.#told = this.#dropped
      this.#onFlowing(missing)
    }
  }
}
