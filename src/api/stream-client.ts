/**
 * One client of the stream. What it may see of the changes is put together until it is time for the next message and the
 * client has taken the one before; so neither 20,000 events a second nor a slow network make it more than that.
 */
import {
  mergeSeen,
  seeChanges,
  type BatchChanges,
  type ChangeFilter,
  type SeenChanges,
} from '../booking/changes.ts'
import type { ChangeListener } from '../live/change-feed.ts'
import type { BatchNumbers } from '../store/read-booked-batches.ts'
import { EventStream, type EventStreamOptions } from './event-stream.ts'
import { changesBody } from './stream-bodies.ts'
import { encodePlace } from './stream-place.ts'

export interface StreamClientOptions extends Omit<EventStreamOptions, 'onDrained' | 'heartbeatId'> {
  readonly filter: ChangeFilter
  /** The place that the client comes back with; null if it is new. */
  readonly since: BatchNumbers | null
  /** Messages of changes are at least so far apart. */
  readonly messageIntervalMs: number
}

export class StreamClient implements ChangeListener {
  readonly #options: StreamClientOptions
  readonly #stream: EventStream
  /** All that is told is behind this place. */
  #place: BatchNumbers = new Map()
  #seen: SeenChanges | null = null
  #isJoined = false
  #mustReset = false
  #sentAtMs = -Infinity
  #timer: NodeJS.Timeout | null = null

  constructor(options: StreamClientOptions) {
    this.#options = options
    this.#stream = new EventStream({
      ...options,
      heartbeatId: () =>
        this.#isJoined && this.#seen === null && !this.#mustReset ? encodePlace(this.#place) : null,
      onDrained: () => this.#flush(),
      onClosed: () => {
        if (this.#timer !== null) clearTimeout(this.#timer)
        options.onClosed()
      },
    })
  }

  joined(place: BatchNumbers, { isResumed }: { readonly isResumed: boolean }): void {
    this.#place = place
    this.#isJoined = true
    // What came since then is told after this: until it is, the client stands where it was.
    const id = encodePlace(this.#options.since ?? place)
    this.#stream.send({ event: 'ready', id, data: { resumed: isResumed } })
    this.#flushSoon()
  }

  changed(changes: BatchChanges, place: BatchNumbers): void {
    this.#place = place
    const seen = seeChanges(changes, this.#options.filter)
    if (seen === null) return
    this.#seen = mergeSeen(this.#seen, seen)
    this.#flushSoon()
  }

  reset(place: BatchNumbers): void {
    this.#place = place
    this.#isJoined = true
    this.#mustReset = true
    this.#flushSoon()
  }

  end(): void {
    this.#stream.end()
  }

  #flushSoon(): void {
    const waitMs = this.#sentAtMs + this.#options.messageIntervalMs - performance.now()
    // Not at once even if it is time: what is told in one go comes as one message.
    this.#timer ??= setTimeout(() => this.#flush(), Math.max(0, waitMs))
  }

  #flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    if (!this.#isJoined || !this.#stream.isDrained || (this.#seen === null && !this.#mustReset)) return
    const id = encodePlace(this.#place)
    // Whoever loads everything again needs no list of what has changed.
    if (this.#mustReset) this.#stream.send({ event: 'reset', id, data: {} })
    else if (this.#seen !== null) this.#stream.send({ event: 'changes', id, data: changesBody(this.#seen) })
    this.#seen = null
    this.#mustReset = false
    this.#sentAtMs = performance.now()
  }
}
