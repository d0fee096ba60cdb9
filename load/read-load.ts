/**
 * The generator as a reader. undici rather than Node's `http` or `fetch`, with which it shares the parser: a request by
 * `dispatch` makes no promise and no stream, and so takes the least of the two cores that the service needs, too.
 * Connections are opened once and kept, one request at a time on each, as proxies and browsers do.
 */
import { Pool } from 'undici'

/** Many for one process; the 2048 that the service accepts would only queue in it. */
const connections = 64
/** Longer than the 2.5 s after which the service gives an answer up. */
const answerLimitMs = 10_000

/** The status of an answer, read to its end; 0 for none. */
export type OnAnswer = (status: number) => void

export class ReadLoad {
  readonly #pool: Pool
  readonly #headers: Readonly<Record<string, string>>
  #open = 0

  constructor({ url, key }: { readonly url: string; readonly key: string | undefined }) {
    const limits = { headersTimeout: answerLimitMs, bodyTimeout: answerLimitMs }
    this.#pool = new Pool(new URL(url).origin, { connections, pipelining: 1, ...limits })
    this.#headers = key === undefined ? {} : { authorization: `Bearer ${key}` }
  }

  /** Asked and not answered, those included that wait for a connection. */
  get open(): number {
    return this.#open
  }

  get(path: string, onAnswer: OnAnswer): void {
    this.#open += 1
    let status = 0
    const end = (answered: number): void => {
      this.#open -= 1
      onAnswer(answered)
    }
    this.#pool.dispatch(
      { path, method: 'GET', headers: this.#headers },
      {
        onRequestStart() {},
        onResponseStart: (_, code) => {
          status = code
        },
        onResponseData() {},
        onResponseEnd: () => end(status),
        onResponseError: () => end(0),
      },
    )
  }

  async close(): Promise<void> {
    await this.#pool.destroy()
  }
}
