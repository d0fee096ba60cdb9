/** What one client may take from the server. Each has a default with its reason. */
export interface ApiLimits {
  /** A whole request, head and body, must be here after this time. */
  readonly requestTimeoutMs: number
  /** A connection on which nothing moves is closed after this time. */
  readonly connectionTimeoutMs: number
  /** A connection between two requests is closed after this time. */
  readonly keepAliveTimeoutMs: number
  /** An answer that is not ready by then is given up. */
  readonly answerTimeoutMs: number
  /** Open connections at most; more are closed at once. */
  readonly maxConnections: number
  /** The head of a request: line and headers. */
  readonly maxHeaderBytes: number
  readonly maxBodyBytes: number
  /** The body of a batch of events. */
  readonly maxBatchBytes: number
  /** A file of opening stock. */
  readonly maxOpeningBytes: number
  /** A file of opening stock is waited for at most so long until it is booked. */
  readonly openingWaitMs: number
  /** A request waits at most so long for messages to be booked. */
  readonly bookingWaitMs: number
  /** Clients that follow the stream at once; 0 for none. */
  readonly maxStreamClients: number
  /** A comment is sent to each of them so often. */
  readonly streamHeartbeatMs: number
  /** Two messages of changes to one client are at least so far apart. */
  readonly streamMessageIntervalMs: number
  /** Running requests are waited for so long when the server stops; then their connections are cut. */
  readonly stopTimeoutMs: number
}

export const defaultLimits: ApiLimits = {
  // Requests are small, a batch of events is a megabyte: whoever needs longer holds a connection on purpose.
  requestTimeoutMs: 10_000,
  // Longer than any answer may take, so that it cuts only what is dead.
  connectionTimeoutMs: 30_000,
  // Longer than the 60 s that common proxies keep a connection: the side that uses it should close it first.
  keepAliveTimeoutMs: 72_000,
  // Whatever is wrong, a client knows within three seconds. The limits of the database should be shorter, for they
  // tell more precisely what it is.
  answerTimeoutMs: 2500,
  // Each costs a few dozen KiB; a flood then stays far below 100 MB.
  maxConnections: 2048,
  // Our longest URL has below 400 bytes; the rest is for headers that proxies add.
  maxHeaderBytes: 16_384,
  // The longest message has 64 KiB.
  maxBodyBytes: 65_536,
  // 1,000 messages of the usual 540 bytes are half of it.
  maxBatchBytes: 1_048_576,
  // Some 150,000 rows of the usual 100 bytes.
  maxOpeningBytes: 16_777_216,
  // 100,000 rows are booked in it. Less than connectionTimeoutMs: nothing moves on the connection meanwhile.
  openingWaitMs: 20_000,
  // Booking takes some 10 ms; what takes longer is behind other messages, or its partition changes hands. Leaves a
  // read that waits for it a second of `answerTimeoutMs`.
  bookingWaitMs: 1500,
  // At most 30 KB each twice a second: 12 MB/s if all of them are told of everything while much happens.
  maxStreamClients: 200,
  // Less than connectionTimeoutMs, and than the 60 s of silence after which common proxies cut.
  streamHeartbeatMs: 10_000,
  // Soon enough for a person, and little work for a page.
  streamMessageIntervalMs: 500,
  // Less than the 10 s after which orchestrators commonly kill.
  stopTimeoutMs: 5000,
}
