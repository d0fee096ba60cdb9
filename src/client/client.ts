/**
 * A client of the HTTP API, for browsers and for Node: one function for each operation of the description, by its
 * `operationId`, with its arguments and answers as types.
 *
 *   createClient ─▶ call ─▶ fetch ─▶ the answer's body, or a BincardProblem
 *
 * It repeats nothing and keeps nothing. Imports nothing but its neighbours here, and so can be published by itself.
 */
import { call, type Arguments, type CallOptions, type Connection, type Fetch } from './call.ts'
import { operations, type Operation, type Operations } from './description.ts'

export type { CallOptions, Fetch } from './call.ts'
export type * from './description.ts'
export { items, pages } from './pages.ts'
export { BincardProblem, UnexpectedAnswer } from './problem.ts'

export interface ClientOptions {
  /** Of the service or of a gateway before it, with the path under which it lies; empty for a page's own origin. */
  readonly baseUrl: string
  /** An API key, as `bincard key` makes it. A service without keys asks for none. */
  readonly apiKey?: string | undefined
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** Instead of the global `fetch`: with another agent, with retries, with a look at every answer. */
  readonly fetch?: Fetch | undefined
}

/** Its functions stand for themselves: `const { getCard } = createClient(…)` works. */
export type Client = Operations

/** Asks for nothing yet; each call of an operation is one request. */
export function createClient({ baseUrl, apiKey, headers, fetch }: ClientOptions): Client {
  const connection: Connection = {
    baseUrl: baseUrl.replace(/\/+$/, ''),
    headers: { ...headers, ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }) },
    // Looked up at each call, and called without an owner, as browsers demand of their own.
    fetch: fetch ?? ((url, init) => globalThis.fetch(url, init)),
  }
  const bind = (operation: Operation) => (args: Arguments, options: CallOptions) =>
    call(connection, operation, args ?? {}, options)
  const entries = Object.entries(operations).map(([name, operation]) => [name, bind(operation)] as const)
  return Object.fromEntries(entries) as unknown as Client
}
