/** Where a command writes: its data to standard output, all that is said beside it to standard error. */
import { once } from 'node:events'
import type { Writable } from 'node:stream'

/** A terminal, or whatever stands in its place. */
export interface OutputStream extends Writable {
  readonly isTTY?: boolean
  readonly columns?: number
}

export interface OutputOptions {
  readonly stdout: OutputStream
  readonly stderr: OutputStream
  /** Milliseconds that only grow. */
  readonly now: () => number
}

/** A bar is drawn so often at most. */
const redrawMs = 100
const barCharacters = 24
/** A terminal that does not say how wide it is. */
const defaultColumns = 80

export class Output {
  readonly #stdout: OutputStream
  readonly #stderr: OutputStream
  readonly #now: () => number
  #drawnAt = -Infinity
  #isDrawn = false
  #isWatched = false
  #isClosed = false
  /** A full disk, say: whoever reads the file later must not take it for whole. */
  #failure: Error | null = null

  constructor({ stdout, stderr, now }: OutputOptions) {
    this.#stdout = stdout
    this.#stderr = stderr
    this.#now = now
  }

  /** Whoever read the data has gone, as `head` does once it has enough. */
  get isClosed(): boolean {
    return this.#isClosed
  }

  /** Text as it is; whether more can be taken at once, as it can be when nobody reads. */
  write(text: string): boolean {
    this.#clear()
    if (!this.#isWatched) {
      this.#isWatched = true
      this.#stdout.on('error', (error: NodeJS.ErrnoException) => {
        if (error.code !== 'EPIPE') this.#failure ??= error
        this.#isClosed = true
      })
    }
    return this.#isClosed || this.#stdout.write(text)
  }

  /** A line of data. Waits while the reader is slow; once it has gone, nothing is written any more. */
  async data(line: string): Promise<void> {
    if (this.write(`${line}\n`)) return
    // A reader that goes gives no more `drain`.
    const gone = new AbortController()
    const ends = once(this.#stdout, 'close', { signal: gone.signal }).catch(() => undefined)
    await Promise.race([once(this.#stdout, 'drain', { signal: gone.signal }), ends]).catch(() => undefined)
    gone.abort()
  }

  /** One JSON value on a line of its own. */
  async json(value: unknown): Promise<void> {
    await this.data(JSON.stringify(value))
  }

  /** A line for the person. */
  say(line: string): void {
    this.#clear()
    this.#stderr.write(`${line}\n`)
  }

  /** How far something is; drawn on a terminal, and nowhere else. `total` 0: nobody knows. */
  progress({
    label,
    done,
    total,
  }: {
    readonly label: string
    readonly done: number
    readonly total: number
  }): void {
    if (this.#stderr.isTTY !== true || this.#now() - this.#drawnAt < redrawMs) return
    this.#drawnAt = this.#now()
    this.#isDrawn = true
    const share = total === 0 ? 0 : Math.min(1, done / total)
    const full = Math.round(share * barCharacters)
    const bar = '█'.repeat(full) + '░'.repeat(barCharacters - full)
    const percent = `${Math.floor(share * 100)}`.padStart(3)
    const text = `${bar} ${percent} %  ${label}  ${countOf(done)}${total === 0 ? '' : ` of ${countOf(total)}`}`
    this.#stderr.write(`\r\u001B[K${text.slice(0, (this.#stderr.columns ?? defaultColumns) - 1)}`)
  }

  #clear(): void {
    if (!this.#isDrawn) return
    this.#isDrawn = false
    this.#drawnAt = -Infinity
    this.#stderr.write('\r\u001B[K')
  }

  /** Takes the bar away. */
  end(): void {
    this.#clear()
  }

  /** Throws the error of the system if not all of the data could be written. */
  async finish(): Promise<void> {
    // A stream tells what became of the last piece in the next turn.
    await new Promise(setImmediate)
    if (this.#failure !== null) throw this.#failure
  }
}

const groups = new Intl.NumberFormat('en-GB')

/** A number for people: `1,234,567`. */
export function countOf(number: number): string {
  return groups.format(number)
}

/** So many of them: `1 card`, `1,234 cards`. */
export function counted(number: number, one: string): string {
  return `${countOf(number)} ${number === 1 ? one : `${one}s`}`
}
