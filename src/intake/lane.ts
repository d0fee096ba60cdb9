/**
 * A lane books one partition: read ahead → batch → one transaction, in the order of the log, again and again.
 *
 * The position in PostgreSQL decides, nothing else: a lane starts there, advances it by compare-and-set in each
 * transaction, and comes back to it after every doubt. Two owners of one partition (a frozen replica that wakes up,
 * a rebalance half done) therefore cost time, never truth.
 *
 *   what went wrong               what the lane does
 *   conflict (another writer)     forget, try the batch again with jitter; halve it after every five times
 *   refused (a value, a check)    halve the batch until one event is left alone; quarantine that one.
 *                                 Three in a row: stop, for that is our error and not theirs
 *   fenced (position moved)       read the position, go on from there; with nothing to book, a look now and then tells
 *   outage (machinery away)       drop what was read ahead, wait, read the position, for ever
 *   halt (log lost its place)     stop this partition and say so; the others go on
 */
import type { Fault } from '../fault.ts'
import { reject, type Rejection } from '../message/rejection.ts'
import type { Micros } from '../message/event.ts'
import type { Batch, Partition, Position, WrittenBatch } from '../store/batch.ts'
import { BackOff } from './back-off.ts'
import { toIntakeFault, intakeFault } from './intake-fault.ts'
import { locate, type LogBounds } from './locate.ts'
import type { IntakeObserver } from './observer.ts'
import type { RefusalStreak } from './refusal-streak.ts'
import { ReadAhead, type LogReader, type Slice } from './read-ahead.ts'
import type { Time } from './time.ts'
import type { Turns } from './turns.ts'

export interface LaneLimits {
  readonly batchMaxEvents: number
  readonly batchMaxBytes: number
  readonly batchMaxAgeMs: number
  readonly bufferMaxEvents: number
  readonly retryMinMs: number
  readonly retryMaxMs: number
  /**
   * A lane that has nothing to book looks so often whether its position is still what it was: a database that is restored
   * from a backup goes back behind it, and nothing else would tell.
   */
  readonly positionCheckMs: number
}

/** Where the lane's batches go and positions come from: the store. */
export interface LaneStore {
  write(batch: Batch): Promise<WrittenBatch | 'fenced'>
  readPosition(partition: Partition): Promise<(Position & { topicId: string }) | null>
  /** Changes nothing where the partition has a position, or others have one in another topic of this name. */
  startPosition(partition: Partition, start: Position): Promise<void>
}

export interface LaneLog extends LogReader {
  bounds(signal: AbortSignal): Promise<LogBounds>
  close(): void
}

export interface LaneParts {
  readonly partition: Partition
  readonly log: LaneLog
  readonly store: LaneStore
  readonly observer: IntakeObserver
  /** Shared by the lanes that write to one database. */
  readonly turns: Turns
  /** Of the partition, whichever lane books it. */
  readonly refusals: RefusalStreak
  readonly limits: LaneLimits
  readonly clock: () => Micros
  readonly time: Time
  readonly random: () => number
}

export type LaneState =
  | { readonly name: 'starting' | 'running' | 'stopped' }
  | { readonly name: 'failing' | 'halted'; readonly fault: Fault }

const conflictsBeforeHalving = 5
const refusalsBeforeHalt = 3

export class Lane {
  readonly #parts: LaneParts
  readonly #abort = new AbortController()
  readonly #backOff: BackOff
  #running: Promise<void> = Promise.resolve()
  #state: LaneState = { name: 'starting' }
  #position: Position | null = null
  #endOffset = 0
  #activeAtMs: number
  /** Events of the next batch at most: shrinks after trouble, grows back with every success. */
  #window: number
  #conflicts = 0
  #fences = 0

  constructor(parts: LaneParts) {
    const { limits, random, time } = parts
    this.#parts = parts
    this.#activeAtMs = time.now()
    this.#window = limits.batchMaxEvents
    this.#backOff = new BackOff({ minMs: limits.retryMinMs, maxMs: limits.retryMaxMs, random, time })
  }

  get partition(): Partition {
    return this.#parts.partition
  }

  get state(): LaneState {
    return this.#state
  }

  /** How far the partition is booked; null before the lane knows. */
  get position(): Position | null {
    return this.#position
  }

  /** Messages that wait in the log, as far as the last read could tell. */
  get lag(): number {
    return this.#position === null ? 0 : Math.max(0, this.#endOffset - this.#position.nextOffset)
  }

  /** Milliseconds since the lane last read, tried to book or failed: one that does none of these is stuck. */
  get idleMs(): number {
    return this.#parts.time.now() - this.#activeAtMs
  }

  start(): void {
    this.#running = this.#run()
  }

  /** Lets a batch under way end, then stops. */
  async stop(): Promise<void> {
    this.#abort.abort()
    await this.#running
    this.#parts.log.close()
  }

  /** Cuts off a lane that is stuck, without waiting: should it wake up, the position fences it. */
  abandon(): void {
    this.#abort.abort()
    this.#parts.log.close()
  }

  async #run(): Promise<void> {
    while (!this.#abort.signal.aborted) {
      try {
        await this.#bookFrom(await this.#locate())
        // Fenced again and again, nothing booked between: somebody else is at it, and quicker.
        this.#fences += 1
        if (this.#fences > 1) await this.#backOff.wait(this.#abort.signal)
      } catch (error) {
        if (this.#abort.signal.aborted) break
        const fault = toIntakeFault(error)
        this.#parts.observer.failed(this.#parts.partition, fault)
        this.#activeAtMs = this.#parts.time.now()
        this.#state = { name: fault.kind === 'halt' ? 'halted' : 'failing', fault }
        if (fault.kind === 'halt') return
        await this.#backOff.wait(this.#abort.signal)
      }
    }
    this.#state = { name: 'stopped' }
  }

  async #locate(): Promise<Position> {
    const { partition, log, store } = this.#parts
    this.#position = await locate({ partition, store, bounds: await log.bounds(this.#abort.signal) })
    this.#parts.refusals.goOnFrom(this.#position.nextOffset)
    return this.#position
  }

  /** Books from a position on until it is fenced, finds the database elsewhere, or is stopped; throws a Fault. */
  async #bookFrom(from: Position): Promise<void> {
    const { log, limits, clock, time, turns } = this.#parts
    const { batchMaxAgeMs: maxAgeMs, positionCheckMs: maxIdleMs } = limits
    const ahead = new ReadAhead({
      reader: log,
      from,
      maxEvents: limits.bufferMaxEvents,
      maxBytes: limits.batchMaxBytes * 2,
      clock,
      time,
      onChunk: ({ endOffset }) => this.#sawLog(endOffset),
    })
    const stopWaiting = (): void => void ahead.stop()
    this.#abort.signal.addEventListener('abort', stopWaiting, { once: true })
    try {
      while (!this.#abort.signal.aborted) {
        const most = { maxEvents: this.#window, maxBytes: limits.batchMaxBytes }
        if (!(await ahead.filled({ ...most, maxAgeMs, maxIdleMs }))) {
          if (await this.#isMoved(ahead.from)) return
          continue
        }
        const [slice, done] = await turns.take(async () => {
          const next = ahead.slice(most)
          return [next, await this.#book(next)] as const
        })
        if (done === 'fenced') return
        if (done === 'conflict') await this.#backOff.wait(this.#abort.signal)
        if (done !== 'booked') continue
        ahead.drop(slice)
        this.#position = slice.to
      }
    } finally {
      this.#abort.signal.removeEventListener('abort', stopWaiting)
      await ahead.stop()
    }
  }

  /** Whether the database is no longer where this lane left it. */
  async #isMoved({ nextOffset }: Position): Promise<boolean> {
    const { store, partition } = this.#parts
    const stored = await store.readPosition(partition)
    return stored?.nextOffset !== nextOffset || stored.topicId !== partition.topicId
  }

  /** One attempt at one batch. */
  async #book(slice: Slice): Promise<'booked' | 'conflict' | 'again' | 'fenced'> {
    const { store, partition, observer, limits, refusals, time } = this.#parts
    const startedMs = time.now()
    try {
      const written = await store.write({ ...slice, partition })
      if (written === 'fenced') {
        observer.fenced(partition)
        return 'fenced'
      }
      this.#conflicts = 0
      this.#fences = 0
      if (written.outcomes.some((outcome) => typeof outcome === 'string')) refusals.reset()
      else refusals.passed(slice.to.nextOffset)
      this.#window = Math.min(this.#window * 2, limits.batchMaxEvents)
      this.#backOff.reset()
      this.#state = { name: 'running' }
      const lag = Math.max(0, this.#endOffset - slice.to.nextOffset)
      observer.booked({ partition, slice, written, lag, seconds: (time.now() - startedMs) / 1000 })
      return 'booked'
    } catch (error) {
      const fault = toIntakeFault(error)
      if (fault.kind === 'conflict') return this.#yieldTo(fault, slice)
      if (fault.kind === 'refused') return await this.#isolate(fault, slice)
      throw fault
    } finally {
      this.#activeAtMs = this.#parts.time.now()
    }
  }

  #yieldTo(fault: Fault, { items }: Slice): 'conflict' {
    this.#parts.observer.failed(this.#parts.partition, fault)
    this.#conflicts += 1
    if (this.#conflicts % conflictsBeforeHalving === 0) {
      this.#window = half(items.length)
      this.#state = { name: 'failing', fault }
    }
    return 'conflict'
  }

  /** Finds the one event that the database refuses, and books it into quarantine. */
  async #isolate(fault: Fault, slice: Slice): Promise<'booked' | 'conflict' | 'again' | 'fenced'> {
    const [item, ...others] = slice.items
    this.#parts.observer.failed(this.#parts.partition, fault)
    if (item === undefined) throw fault
    if (others.length > 0) {
      this.#window = half(slice.items.length)
      return 'again'
    }
    if (item.decoded.kind === 'rejected') throw intakeFault('quarantine_refused', fault)
    if (this.#parts.refusals.count(item.message.offset) >= refusalsBeforeHalt)
      throw intakeFault('events_refused', fault)
    const decoded: Rejection = reject(
      'refused_by_database',
      null,
      `The database refuses this event. ${fault.message}`,
    )
    return await this.#book({ ...slice, items: [{ ...item, decoded }] })
  }

  #sawLog(endOffset: number): void {
    this.#endOffset = endOffset
    this.#activeAtMs = this.#parts.time.now()
    const wasAway = this.#state.name === 'failing' && this.#state.fault.part === 'kafka'
    // A database that refused a batch is trusted again with the next booking, or when there is nothing to book.
    const isIdle = this.#state.name === 'failing' && this.lag === 0
    if (this.#state.name === 'starting' || wasAway || isIdle) this.#state = { name: 'running' }
    this.#parts.observer.sawLag(this.#parts.partition, this.lag)
  }
}

function half(count: number): number {
  return Math.max(1, Math.ceil(count / 2))
}
