/**
 * Tells all who listen in this process what is booked, by whichever process.
 *
 * The truth is in PostgreSQL: each transaction of the intake numbers its batch within the partition and keeps an account
 * of what it changed (`booked_batch`). A place in what happens is therefore a number for each partition, which any
 * process understands. One reader follows those numbers for all listeners, and only while there are any: at once when
 * this process has booked, otherwise by a poll of a row a partition.
 *
 *   join ── new ────────────────────────────▶ hears what comes from now on
 *        └─ back, with a place ─ still kept ─▶ hears what came since, then what comes
 *                              └ gone ───────▶ reset: whatever it shows must be loaded again
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { BatchChanges } from '../booking/changes.ts'
import type { Queryable } from '../store/database.ts'
import { readBatchNumbers, readBookedBatches, type BatchNumbers } from '../store/read-booked-batches.ts'

/** One who listens. Each call says up to which place it has heard; none of them may throw. */
export interface ChangeListener {
  /** It hears what comes after this place; `isResumed`: it has heard all since the place that it came back with. */
  joined(place: BatchNumbers, how: { readonly isResumed: boolean }): void
  changed(changes: BatchChanges, place: BatchNumbers): void
  /** Some of it is not known any more. */
  reset(place: BatchNumbers): void
}

export interface ChangeFeedParts {
  readonly database: Queryable
  readonly topic: string
  /** Told once, when the reading begins to fail. */
  readonly onFailed: (error: unknown) => void
}

/** A booking of another process is heard of so much later. */
const pollMs = 300
/** Own bookings wake the reader up to 100 times a second for each lane; it reads ten times at most. */
const shortestPauseMs = 100
/** After a failure. */
const failurePauseMs = 1000
/** Accounts that are in memory at once: 2 MB if all of them are full. */
const batchesAtOnce = 100
/** Who comes back hears of so many batches; this is read between two polls. */
const mostBatchesToResume = 2000
/** Others are waiting meanwhile. */
const resumedAtOnce = 4

export class ChangeFeed {
  readonly #parts: ChangeFeedParts
  /** With the place that they come back with. */
  readonly #joining = new Map<ChangeListener, Place | null>()
  readonly #live = new Set<ChangeListener>()
  #wake = Promise.withResolvers<void>()
  #running: Promise<void> | null = null
  /** Up to here the live ones have heard. */
  #place: Place = new Map()
  #hasFailed = false
  #isStopped = false

  constructor(parts: ChangeFeedParts) {
    this.#parts = parts
  }

  /** `since`: the place to go on from; null for what comes from now on. */
  join(listener: ChangeListener, since: BatchNumbers | null): void {
    if (this.#isStopped) return
    this.#joining.set(listener, since === null ? null : new Map(since))
    this.wake()
    this.#running ??= this.#run()
  }

  leave(listener: ChangeListener): void {
    this.#joining.delete(listener)
    this.#live.delete(listener)
    this.wake()
  }

  /** This process has booked: there is something to read. */
  wake(): void {
    this.#wake.resolve()
  }

  /** Nobody is told anything any more; resolves once the reader has ended. */
  async stop(): Promise<void> {
    this.#isStopped = true
    this.#joining.clear()
    this.#live.clear()
    this.wake()
    await this.#running
  }

  get #isWanted(): boolean {
    return this.#joining.size + this.#live.size > 0
  }

  async #run(): Promise<void> {
    while (this.#isWanted) {
      this.#wake = Promise.withResolvers()
      try {
        await this.#read()
        this.#hasFailed = false
        await this.#pause(shortestPauseMs, pollMs)
      } catch (error) {
        if (!this.#hasFailed) this.#parts.onFailed(error)
        this.#hasFailed = true
        await this.#pause(failurePauseMs, failurePauseMs)
      }
    }
    this.#running = null
  }

  /** Until the next wake-up, within these bounds; nobody is waited for who has left. */
  async #pause(shortestMs: number, longestMs: number): Promise<void> {
    const timer = new AbortController()
    const over = sleep(longestMs, undefined, { signal: timer.signal }).catch(() => undefined)
    const begun = performance.now()
    await Promise.race([over, this.#wake.promise])
    timer.abort()
    const rest = shortestMs - (performance.now() - begun)
    if (rest > 0 && this.#isWanted) await sleep(rest)
  }

  async #read(): Promise<void> {
    const { database, topic } = this.#parts
    const now = await readBatchNumbers(database, topic)
    const isHeard = this.#live.size === 0 || (await this.#tell([...this.#live], this.#place, now))
    this.#place = new Map(now)
    if (!isHeard) for (const listener of this.#live) listener.reset(now)
    for (const [listener, since] of [...this.#joining].slice(0, resumedAtOnce)) {
      await this.#welcome(listener, { since, now })
    }
    if (this.#joining.size > 0) this.wake()
  }

  async #welcome(
    listener: ChangeListener,
    { since, now }: { readonly since: Place | null; readonly now: BatchNumbers },
  ): Promise<void> {
    const isHeard =
      since === null ||
      (distance(since, now) <= mostBatchesToResume && (await this.#tell([listener], since, now)))
    // It may have left meanwhile.
    if (!this.#joining.delete(listener)) return
    this.#live.add(listener)
    if (isHeard) listener.joined(now, { isResumed: since !== null })
    else listener.reset(now)
  }

  /**
   * Tells of all batches up to `now`, a bounded number at a time, and moves the place along: should a read fail, what was
   * told is not told again. False if some of them are gone.
   */
  async #tell(listeners: readonly ChangeListener[], place: Place, now: BatchNumbers): Promise<boolean> {
    const { database, topic } = this.#parts
    for (;;) {
      const batches = await readBookedBatches(database, topic, {
        after: place,
        upTo: now,
        limit: batchesAtOnce,
      })
      if (batches === 'gone') return false
      if (batches.length === 0) return true
      for (const { partition, batch, changes } of batches) {
        place.set(partition, batch)
        const heard = new Map(place)
        for (const listener of listeners) listener.changed(changes, heard)
      }
    }
  }
}

/** A place that moves. */
type Place = Map<number, number>

function distance(from: BatchNumbers, to: BatchNumbers): number {
  return [...to].reduce((sum, [partition, last]) => sum + Math.max(0, last - (from.get(partition) ?? 0)), 0)
}
