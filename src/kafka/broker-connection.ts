import { Connection, apiVersionsV3, type API } from '@platformatic/kafka'
import { Waits } from '../waits.ts'
import { kafkaFault, toKafkaFault } from './kafka-fault.ts'
import { connectionSecurity, type Security } from './security.ts'

export interface BrokerAddress {
  readonly host: string
  readonly port: number
}

export interface BrokerConnectionOptions extends Security {
  readonly address: BrokerAddress
  /** Name under which brokers log and limit this client. */
  readonly clientId: string
  readonly connectTimeoutMs: number
  /** A request without an answer for so long is given up and the connection destroyed. */
  readonly requestTimeoutMs: number
  readonly waits?: Waits
}

/** Name and version that brokers list for their clients (KIP-511); only letters, digits, dots and hyphens. */
const SOFTWARE = { name: 'bincard', version: '1' }

/**
 * One TCP connection to one broker, which speaks the newest version of a request that both sides know.
 * Every failure is a Fault of part 'kafka', kind 'outage'. After a failure it is of no more use: close it.
 */
export class BrokerConnection {
  readonly #connection: Connection
  readonly #address: string
  readonly #waits: Waits
  #newestKnown: ReadonlyMap<number, number> = new Map()

  private constructor(options: BrokerConnectionOptions) {
    const { address, clientId, connectTimeoutMs, requestTimeoutMs, waits = new Waits() } = options
    this.#waits = waits
    this.#address = `${address.host}:${address.port}`
    this.#connection = new Connection(clientId, {
      connectTimeout: connectTimeoutMs,
      requestTimeout: requestTimeoutMs,
      ...connectionSecurity(options, [address.host]),
    })
    // An emitter without a listener throws. Whoever waits for an answer is told by the rejected request.
    this.#connection.on('error', () => undefined)
  }

  /** Connects and asks for the versions that the broker knows; an abort rejects with the signal's reason. */
  static async open(options: BrokerConnectionOptions, signal: AbortSignal): Promise<BrokerConnection> {
    const opened = new BrokerConnection(options)
    try {
      await opened.#until(signal, async () => {
        await opened.#connect(options.address)
        const { apiKeys } = await apiVersionsV3.api.async(opened.#connection, SOFTWARE.name, SOFTWARE.version)
        opened.#newestKnown = new Map(apiKeys.map(({ apiKey, maxVersion }) => [apiKey, maxVersion]))
      })
      return opened
    } catch (error) {
      opened.close()
      throw error
    }
  }

  /** False once the broker or the network has ended the connection. */
  get isOpen(): boolean {
    return this.#connection.isConnected()
  }

  /** Sends the first of the versions (newest first) that the broker knows. An abort ends the connection. */
  async request<Request extends unknown[], Response>(
    { versions, signal }: { versions: readonly API<Request, Response>[]; signal: AbortSignal },
    ...request: Request
  ): Promise<Response> {
    const api = versions.find(({ key, version }) => version <= (this.#newestKnown.get(key) ?? -1))
    if (api === undefined) throw kafkaFault('broker_too_old', `Broker: ${this.#address}.`)
    return await this.#until(signal, () => api.async(this.#connection, ...request))
  }

  /** Ends the connection at once; a request under way is rejected. May be called again. */
  close(): void {
    // The client's own close waits until all is written, which a broker that has gone silent can prevent.
    this.#connection.close(() => undefined)
    this.#socket()?.destroy()
  }

  async #connect(address: BrokerAddress): Promise<void> {
    try {
      await this.#connection.connect(address.host, address.port)
    } catch (error) {
      const fault = toKafkaFault(error)
      if (fault.code !== 'request_timed_out') throw error
      throw kafkaFault('broker_unreachable', `Broker: ${this.#address}.`, error)
    }
  }

  async #until<Result>(signal: AbortSignal, work: () => Promise<Result>): Promise<Result> {
    signal.throwIfAborted()
    const abort = (): void => this.close()
    signal.addEventListener('abort', abort, { once: true })
    try {
      return await this.#waits.during(work)
    } catch (error) {
      signal.throwIfAborted()
      throw toKafkaFault(error, `Broker: ${this.#address}.`)
    } finally {
      signal.removeEventListener('abort', abort)
    }
  }

  /** The client's type promises a socket, but before connecting there is none. */
  #socket(): { destroy(): unknown } | undefined {
    return this.#connection.socket
  }
}
