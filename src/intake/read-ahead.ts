import { decode } from '../message/decode.ts'
import type { Micros } from '../message/event.ts'
import type { Message } from '../message/message.ts'
import type { BatchItem, Position } from '../store/batch.ts'

/** A part of a partition's log, as its reader hands it out. */
export interface LogChunk {
  readonly messages: readonly Message[]
  readonly nextOffset: number
  readonly leaderEpoch: number
  readonly endOffset: number
}

export interface LogReader {
  read(from: { offset: number; leaderEpoch: number }, signal: AbortSignal): Promise<LogChunk>
}

export interface ReadAheadOptions {
  readonly reader: LogReader
  readonly from: Position
  /** Messages kept ready at most (one chunk may go beyond). */
  readonly maxEvents: number
  /** Bytes of messages kept ready at most (one chunk may go beyond). */
  readonly maxBytes: number
  readonly clock: () => Micros
  /** Called for each chunk, also an empty one. */
  readonly onChunk: (chunk: LogChunk) => void
}

export interface SliceLimits {
  readonly maxEvents: number
  readonly maxBytes: number
  /** How long the first message may wait for others to join it. */
  readonly maxAgeMs: number
  /** How long to wait for the first one. */
  readonly patienceMs: number
}

/** The next messages of a partition, and where it is once they are booked. */
export interface Slice {
  readonly items: readonly BatchItem[]
  readonly from: Position
  readonly to: Position
}

interface Ready {
  readonly message: Message
  readonly receivedAt: Micros
  readonly bytes: number
  readonly leaderEpoch: number
}

/**
 * Reads a partition from a position on, while what was read before is being booked. What is handed out stays until it is
 * dropped, so that a batch can be tried again, whole or in smaller parts. Messages wait as they came and are decoded when
 * they are handed out: so of all that is ready, no more than a batch takes the memory of its events.
 *
 * Where the log has more, it is read ahead. At its end it is read from when the next batch is asked for until it is cut: so one
 * request brings all that came while the last one was being booked, instead of one request for each message.
 */
export class ReadAhead {
  readonly #options: ReadAheadOptions
  readonly #abort = new AbortController()
  readonly #running: Promise<void>
  #ready: Ready[] = []
  #bytes = 0
  #isAskedFor = false
  #isAtEnd = false
  #from: Position
  /** How far the log was read: behind the last ready message, or further. */
  #end: Position
  #failure: { readonly error: unknown } | null = null
  #changed = Promise.withResolvers<void>()

  constructor(options: ReadAheadOptions) {
    this.#options = options
    this.#from = options.from
    this.#end = options.from
    this.#running = this.#run()
  }

  /**
   * Waits for messages, and then for others to join them; or for records that carry none. False if none came. Throws what
   * the reader threw, once all that was read before is dropped.
   */
  async filled({ maxEvents, maxBytes, maxAgeMs, patienceMs }: SliceLimits): Promise<boolean> {
    this.#isAskedFor = true
    this.#notify()
    const endOfPatience = performance.now() + patienceMs
    while (this.#end.nextOffset === this.#from.nextOffset) {
      if (this.#failure !== null) throw this.#failure.error
      const leftMs = endOfPatience - performance.now()
      if (leftMs <= 0) return false
      await withinMs(this.#changed.promise, leftMs)
    }
    const deadline = performance.now() + maxAgeMs
    while (this.#ready.length < maxEvents && this.#bytes < maxBytes && this.#failure === null) {
      const leftMs = deadline - performance.now()
      if (leftMs <= 0) break
      await withinMs(this.#changed.promise, leftMs)
    }
    return true
  }

  /** What is ready now, as much as fits; `items` is empty for records that carry no messages. */
  slice({ maxEvents, maxBytes }: Pick<SliceLimits, 'maxEvents' | 'maxBytes'>): Slice {
    this.#isAskedFor = false
    let count = 0
    let bytes = 0
    for (const ready of this.#ready) {
      if (count > 0 && (count >= maxEvents || bytes + ready.bytes > maxBytes)) break
      count += 1
      bytes += ready.bytes
    }
    const items = this.#ready
      .slice(0, count)
      .map(({ message, receivedAt }) => ({ message, receivedAt, decoded: decode(message, receivedAt) }))
    const last = this.#ready[count - 1]
    const isAll = count === this.#ready.length || last === undefined
    const to = isAll ? this.#end : { nextOffset: last.message.offset + 1, leaderEpoch: last.leaderEpoch }
    return { items, from: this.#from, to }
  }

  /** The slice is booked: go on behind it. */
  drop({ items, to }: Slice): void {
    for (const { bytes } of this.#ready.splice(0, items.length)) this.#bytes -= bytes
    this.#from = to
    this.#notify()
  }

  /** Ends a running read and waits for its end. */
  async stop(): Promise<void> {
    this.#abort.abort()
    this.#notify()
    await this.#running
  }

  async #run(): Promise<void> {
    const { reader, maxEvents, maxBytes } = this.#options
    try {
      while (!this.#abort.signal.aborted) {
        const isFull = this.#ready.length >= maxEvents || this.#bytes >= maxBytes
        if (isFull || (this.#isAtEnd && !this.#isAskedFor)) {
          await this.#changed.promise
          continue
        }
        const { nextOffset: offset, leaderEpoch } = this.#end
        this.#add(await reader.read({ offset, leaderEpoch }, this.#abort.signal))
      }
    } catch (error) {
      this.#failure = { error }
      this.#notify()
    }
  }

  #add(chunk: LogChunk): void {
    const receivedAt = this.#options.clock()
    // Within a chunk the epoch may rise; where it did not, it is that of each message, else it is not known.
    const leaderEpoch = chunk.leaderEpoch === this.#end.leaderEpoch ? chunk.leaderEpoch : -1
    for (const message of chunk.messages) {
      const bytes = sizeOf(message)
      this.#ready.push({ message, receivedAt, bytes, leaderEpoch })
      this.#bytes += bytes
    }
    this.#end = { nextOffset: chunk.nextOffset, leaderEpoch: chunk.leaderEpoch }
    this.#isAtEnd = chunk.nextOffset >= chunk.endOffset
    this.#options.onChunk(chunk)
    this.#notify()
  }

  #notify(): void {
    this.#changed.resolve()
    this.#changed = Promise.withResolvers<void>()
  }
}

function sizeOf({ key, value, headers }: Message): number {
  const ofHeaders = headers.reduce((sum, header) => sum + header.name.length + (header.value?.length ?? 0), 0)
  return (key?.length ?? 0) + (value?.length ?? 0) + ofHeaders
}

async function withinMs(promise: Promise<void>, ms: number): Promise<void> {
  const timeout = Promise.withResolvers<void>()
  const timer = setTimeout(timeout.resolve, ms)
  try {
    await Promise.race([promise, timeout.promise])
  } finally {
    clearTimeout(timer)
  }
}
