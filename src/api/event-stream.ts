/**
 * Server-sent events over one answer: what is written, and what happens when the client does not read.
 *
 * Nothing is queued here. Whoever sends asks `isDrained` first, and is told when it may go on; so a client that reads
 * slowly costs one message of memory, and gets fewer and larger ones. One that takes nothing between two heartbeats is
 * cut.
 */
import type { ServerResponse } from 'node:http'

export interface EventStreamOptions {
  readonly response: ServerResponse
  readonly headers: Readonly<Record<string, string | number | string[] | undefined>>
  /** A comment is sent so often: proxies cut connections on which nothing moves, and a dead one is noticed. */
  readonly heartbeatMs: number
  /** Goes with the comment; null while there is something to tell. So who comes back need not look far behind. */
  readonly heartbeatId: () => string | null
  /** The client should wait so long before it connects again. */
  readonly retryMs: number
  readonly onDrained: () => void
  /** Once, whoever ends it. */
  readonly onClosed: () => void
}

export interface StreamMessage {
  readonly event: string
  /** The client sends it back as `Last-Event-ID`. */
  readonly id: string
  readonly data: unknown
}

export class EventStream {
  readonly #response: ServerResponse
  readonly #heartbeatId: () => string | null
  readonly #heartbeat: NodeJS.Timeout
  #isDrained = true
  /** The heartbeat before found it so, and it has taken nothing since. */
  #isBehind = false

  /** Sends the head of the answer at once. */
  constructor(options: EventStreamOptions) {
    const { response, headers, heartbeatMs, heartbeatId, retryMs, onDrained, onClosed } = options
    this.#response = response
    this.#heartbeatId = heartbeatId
    response.writeHead(200, { ...headers, ...streamHeaders })
    response.on('drain', () => {
      this.#isDrained = true
      this.#isBehind = false
      onDrained()
    })
    response.once('close', () => {
      clearInterval(this.#heartbeat)
      onClosed()
    })
    // A connection that breaks is closed as well, which is told above.
    response.on('error', () => undefined)
    this.#heartbeat = setInterval(() => this.#beat(), heartbeatMs)
    this.#write(`retry: ${retryMs}\n\n`)
  }

  /** The client has taken what was sent. */
  get isDrained(): boolean {
    return this.#isDrained
  }

  send({ event, id, data }: StreamMessage): void {
    this.#write(`event: ${event}\nid: ${id}\ndata: ${JSON.stringify(data)}\n\n`)
  }

  /** Sends what is written, and ends the answer. */
  end(): void {
    this.#response.end()
  }

  #beat(): void {
    const id = this.#heartbeatId()
    // A block without data is no message, but its id counts.
    if (this.#isDrained) this.#write(id === null ? ':\n\n' : `:\nid: ${id}\n\n`)
    else if (this.#isBehind) this.#response.destroy()
    else this.#isBehind = true
  }

  #write(text: string): void {
    if (this.#response.writable) this.#isDrained = this.#response.write(text)
  }
}

export const eventStreamType = 'text/event-stream'

const streamHeaders = {
  'content-type': `${eventStreamType}; charset=utf-8`,
  'cache-control': 'no-cache',
  // Some proxies collect an answer until it ends, unless they are told not to.
  'x-accel-buffering': 'no',
  // Once the stream is ended there is nothing to wait for.
  connection: 'close',
}
