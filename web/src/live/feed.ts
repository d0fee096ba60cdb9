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
  /** When something changed last, in milliseconds since 1970. */
  readonly changedAtMs: number
  /** Until when the page knew all; while it is live it knows all. */
  readonly knownUntilMs: number
}

export interface FeedOptions {
  readonly apiKey: string | undefined
  /** Something has changed. */
  readonly onChanges: (changes: Changes) => void
  /** Anything may have changed. */
  readonly onReset: () => void
  /** How fast it went before, as the service knows it. */
  readonly askForPast: () => Promise<KnownThroughput>
}

const latestRows = 50
/** The service counts by stretches of five seconds; the one in which the page came is told after its end. */
const pastAgainMs = 6_000

export class LiveFeed {
  readonly #options: FeedOptions
  readonly #listeners = new Set<() => void>()
  #throughput = new ThroughputWindow(Date.now())
  #view: LiveView = { state: 'connecting', latest: [], changedAtMs: Date.now(), knownUntilMs: Date.now() }
  #aliveAtMs = Date.now()
  /** The first message of a connection that goes on tells all that was missed, as if it came now. */
  #isCatchingUp = false
  #pastTimer: ReturnType<typeof setTimeout> | undefined
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
    clearTimeout(this.#pastTimer)
  }

  readonly subscribe = (onChange: () => void): (() => void) => {
    this.#listeners.add(onChange)
    return () => this.#listeners.delete(onChange)
  }

  readonly read = (): LiveView => this.#view

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
      onMessage: (message) => this.#hear(message),
      onAlive: (id) => {
        this.#lastId = id
        this.#aliveAtMs = Date.now()
      },
      onLost: () => this.#show({ state: 'lost', knownUntilMs: this.#aliveAtMs }),
    })
  }

  #hear(message: StreamMessage): void {
    if (message.kind === 'changes') {
      const { changes } = message
      if (this.#isCatchingUp) this.#isCatchingUp = false
      else this.#throughput.add(changes.counts, Date.now())
      const latest = [...changes.bookings, ...this.#view.latest].slice(0, latestRows)
      this.#show({ state: 'live', latest, changedAtMs: Date.now() })
      this.#options.onChanges(changes)
      return
    }
    const isWhole = message.kind === 'ready' && message.resumed
    this.#isCatchingUp = isWhole
    this.#show({ state: 'live', changedAtMs: Date.now(), ...(isWhole ? {} : { latest: [] }) })
    this.#beginThroughput()
    // What the page has loaded is from before it listened, unless all since then is told.
    if (!isWhole) this.#options.onReset()
  }

  /** From here on the stream tells; what was before, and while it was away, is asked for. */
  #beginThroughput(): void {
    const window = new ThroughputWindow(Date.now())
    this.#throughput = window
    // A chart that begins later says less, and nothing wrong: a failure is of no consequence.
    const ask = (): void =>
      void this.#options.askForPast().then(
        (known) => window.addKnown(known),
        () => undefined,
      )
    ask()
    clearTimeout(this.#pastTimer)
    this.#pastTimer = setTimeout(ask, pastAgainMs)
  }

  #show(change: Partial<LiveView>): void {
    this.#view = { ...this.#view, ...change }
    for (const onChange of this.#listeners) onChange()
  }
}
