import type { FastifyBaseLogger } from 'fastify'
import type { LogFn } from 'pino'

/**
 * The log of one request, with its id. Nearly no request writes to it, so it is made when one does: pino's child of
 * each request cost more than finding a page that is at hand.
 */
export class RequestLogger implements FastifyBaseLogger {
  readonly #parent: FastifyBaseLogger
  readonly #bindings: Record<string, unknown>
  #made: FastifyBaseLogger | null = null

  constructor(parent: FastifyBaseLogger, bindings: Record<string, unknown>) {
    this.#parent = parent
    this.#bindings = bindings
  }

  get #log(): FastifyBaseLogger {
    return (this.#made ??= this.#parent.child(this.#bindings))
  }

  get level(): string {
    return this.#parent.level
  }

  fatal(...line: Parameters<LogFn>): void {
    this.#log.fatal(...line)
  }

  error(...line: Parameters<LogFn>): void {
    this.#log.error(...line)
  }

  warn(...line: Parameters<LogFn>): void {
    this.#log.warn(...line)
  }

  info(...line: Parameters<LogFn>): void {
    this.#log.info(...line)
  }

  debug(...line: Parameters<LogFn>): void {
    this.#log.debug(...line)
  }

  trace(...line: Parameters<LogFn>): void {
    this.#log.trace(...line)
  }

  silent(): void {}

  child(...child: Parameters<FastifyBaseLogger['child']>): FastifyBaseLogger {
    return this.#log.child(...child)
  }
}
