/**
 * What this page has heard from the stream: whether it is heard, the latest bookings, the events by second. One for
 * the whole page. Hidden, it hangs up: a browser has six connections for all its tabs.
 */
import type { BookedLine, Changes, Throughput as KnownThroughput } from '../../../src/client/client.ts'
import { followStream, type StreamMessage } from './follow-stream.ts'
import { ThroughputWindow, type Throughput } from './throughput.ts'

export type LiveState = 'connecting' | 'live' | 'lost' | 'paused'

/** What is shown besides figures changes at once with each message, so it is one value. */
export interface LiveView {
  readonly state: LiveState
  /** The newest first. */
  readonly latest: readonly BookedLine[]
  /** When the page knew all, in milliseconds since 1970. */
  readonly heardAtMs: number
}

export interface FeedOptions {
  readonly apiKey: string | undefined
  /** Something has changed. */
  readonly onChanges: (changes: Changes) => void
  /** Anything may have changed. */
  readonly onReset: () => void
}

const latestRows = 50

export class LiveFeed {
  readonly #options: FeedOptions
  readonly #listeners = new Set<() => void>()
  readonly #throughput = new ThroughputWindow(Date.now())
  #view: LiveView = { state: 'connecting', latest: [], heardAtMs: Date.now() }
  #lastId = ''
  #connection = new AbortController()

  constructor(options: FeedOptions) {
    this.#options = options
  }

  start(): void {
    document.addEventListener('visibilitychange', this.#onVisibility)
    this.#onVisibility()
  }

  stop(): void {
    document.removeEventListener('visibilitychange', this.#onVisibility)
    this.#connection.abort()
  }

  readonly subscribe = (onChange: () => void): (() => void) => {
    this.#listeners.add(onChange)
    return () => this.#listeners.delete(onChange)
  }

  readonly read = (): LiveView => this.#view

  /** What was booked before this page was there. */
  addKnown(known: KnownThroughput): void {
    this.#throughput.addKnown(known)
  }

  readThroughput(): Throughput {
    return this.#throughput.read(Date.now())
  }

  readonly #onVisibility = (): void => {
    this.#connection.abort()
    if (document.hidden) return this.#show({ state: 'paused' })
    this.#connection = new AbortController()
    if (this.#view.state === 'paused') this.#show({ state: 'connecting' })
    void followStream({
      apiKey: this.#options.apiKey,
      signal: this.#connection.signal,
      lastId: this.#lastId,
      onMessage: (message, id) => {
        this.#lastId = id
        this.#hear(message)
      },
      onLost: () => this.#show({ state: 'lost' }),
    })
  }

  #hear(message: StreamMessage): void {
    if (message.kind === 'changes') {
      const { changes } = message
      this.#throughput.add(changes.counts, Date.now())
      const latest = [...changes.bookings, ...this.#view.latest].slice(0, latestRows)
      this.#show({ state: 'live', latest, heardAtMs: Date.now() })
      this.#options.onChanges(changes)
      return
    }
    const wasConnected = this.#view.state === 'live'
    this.#show({ state: 'live', heardAtMs: Date.now() })
    // What the page has loaded is from before it listened, unless all since then is told.
    if (message.kind === 'reset' || !message.resumed || !wasConnected) this.#options.onReset()
  }

  #show(change: Partial<LiveView>): void {
    this.#view = { ...this.#view, ...change }
    for (const onChange of this.#listeners) onChange()
  }
}
