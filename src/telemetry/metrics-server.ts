import { once } from 'node:events'
import { type Server, type ServerResponse, createServer } from 'node:http'
import type { Metrics } from './metrics.ts'

export interface MetricsServerOptions {
  readonly host: string
  /** 0 takes any free port. */
  readonly port: number
  readonly render: Metrics['render']
  /** A scrape could not be answered; the client has got a 500. */
  readonly onError: (error: unknown) => void
}

/** A scraper sends a short request at once; a slow one must not hold a connection. */
const requestTimeoutMs = 5000
/** Longer than the usual scrape interval of 15 s, so that connections are kept. */
const keepAliveTimeoutMs = 65_000
/** Scrapers are few; more connections are refused. */
const maxConnections = 64
/** Time for running scrapes to end at `stop()`; then their connections are cut. */
const stopTimeoutMs = 1000

/** How often Node looks for requests that exceed their time; its own 30 s would make 5 s mean 35 s. */
const connectionsCheckMs = 1000

/** Answers `GET /metrics` for Prometheus on a port of its own, and 404 to everything else. */
export class MetricsServer {
  readonly #options: MetricsServerOptions
  readonly #server: Server

  constructor(options: MetricsServerOptions) {
    this.#options = options
    this.#server = createServer({ connectionsCheckingInterval: connectionsCheckMs }, (request, response) => {
      const path = request.url?.split('?')[0]
      if (request.method === 'GET' && path === '/metrics') void this.#answer(response)
      else answerText(response, 404, 'Metrics are at GET /metrics.\n')
    })
    this.#server.requestTimeout = requestTimeoutMs
    this.#server.headersTimeout = requestTimeoutMs
    this.#server.keepAliveTimeout = keepAliveTimeoutMs
    this.#server.maxConnections = maxConnections
  }

  /** Listens. Fails with the error of the socket (`EADDRINUSE`, `EACCES`). Gives the port that it got. */
  async start(): Promise<{ readonly port: number }> {
    const { host, port } = this.#options
    this.#server.listen({ host, port })
    // Waits for `listening` and fails with the error if that comes first.
    await once(this.#server, 'listening')
    this.#server.on('error', this.#options.onError)
    const address = this.#server.address()
    return { port: typeof address === 'object' && address !== null ? address.port : port }
  }

  /** Accepts nothing more, lets running scrapes end, and cuts them after a second. May be called twice. */
  async stop(): Promise<void> {
    if (!this.#server.listening) return
    const closed = once(this.#server, 'close')
    this.#server.close()
    const timer = setTimeout(() => this.#server.closeAllConnections(), stopTimeoutMs)
    try {
      await closed
    } finally {
      clearTimeout(timer)
    }
  }

  async #answer(response: ServerResponse): Promise<void> {
    try {
      const { contentType, body } = await this.#options.render()
      response.writeHead(200, { 'content-type': contentType, 'content-length': Buffer.byteLength(body) })
      response.end(body)
    } catch (error) {
      this.#options.onError(error)
      answerText(response, 500, 'The metrics could not be made; the log says why.\n')
    }
  }
}

function answerText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(text)
}
