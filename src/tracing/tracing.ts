/**
 * What can be followed of a message, and of a request: each part of the service is handed out as it is, or wrapped so that
 * its work is a span. Without tracing nothing is.
 *
 *   produced message ──headers──▶ lane: its batch is a span ─▶ COMMIT, a span
 *                                   └─ each message that came with a context: a span in the trace of its sender
 *   request ─▶ a span ─▶ produce, wait for the booking, read: spans beneath
 *
 * The names and attributes are those of the OpenTelemetry conventions for messaging, HTTP and databases; what is ours begins
 * with `bincard.`.
 */
import type { PageReader } from '../cache/page-reader.ts'
import type { LaneStore } from '../intake/lane.ts'
import type { Producer } from '../kafka/producer.ts'
import type { BookedPositions } from '../store/booked-positions.ts'
import type { ObserveWork } from '../store/database.ts'

export interface Tracing {
  /** Each batch, and each message in it that came with the context of a trace. */
  readonly store: (store: LaneStore) => LaneStore
  /** Each request to Kafka; its messages carry the context on. */
  readonly producer: (producer: Messages, topic: string) => Messages
  readonly pages: (pages: PageReader) => PageReader
  readonly positions: (positions: Positions) => Positions
  /** Pieces of work with PostgreSQL, beneath whatever is being traced. */
  readonly database: { readonly observeWork?: ObserveWork }
  readonly beginRequest?: BeginRequest
  /** Ends what is open, and sends it; does not wait for long. */
  readonly stop: () => Promise<void>
}

export type Messages = Pick<Producer, 'produce'>
export type Positions = Pick<BookedPositions, 'read' | 'wait'>

/** A request as it comes in. */
export interface TracedRequest {
  readonly method: string
  /** The pattern of its route, not its path, which has ids. */
  readonly route: string
  readonly path: string
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
}

/** Begins the span of a request, in the trace of whoever asks, if they have one. */
export type BeginRequest = (request: TracedRequest) => RequestSpan

export interface RequestSpan {
  /** What follows from `next` is beneath the span. */
  readonly enter: (next: () => void) => void
  /** Null: whoever asked has hung up. */
  readonly end: (status: number | null) => void
}

export const noTracing: Tracing = {
  store: (store) => store,
  producer: (producer) => producer,
  pages: (pages) => pages,
  positions: (positions) => positions,
  database: {},
  stop: () => Promise.resolve(),
}
