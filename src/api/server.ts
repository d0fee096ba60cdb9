import { buildApp, type Api } from './app.ts'
import type { ApiDependencies } from './dependencies.ts'

/** The HTTP server. Started once, stopped once. */
export interface ApiServer {
  /** Listens; fails if the address is taken. `port` is the one really in use. */
  start(): Promise<{ readonly port: number }>
  /** Takes no new connections, finishes what runs, and cuts what is not done in `stopTimeoutMs`. */
  stop(): Promise<void>
}

export function createServer(deps: ApiDependencies): ApiServer {
  return new FastifyServer(deps)
}

class FastifyServer implements ApiServer {
  readonly #deps: ApiDependencies
  #app: Api | null = null

  constructor(deps: ApiDependencies) {
    this.#deps = deps
  }

  async start(): Promise<{ readonly port: number }> {
    const { host, port, limits } = this.#deps
    const app = await buildApp(this.#deps)
    this.#app = app
    app.server.maxConnections = limits.maxConnections
    await app.listen({ host, port })
    const [address] = app.addresses()
    return { port: typeof address === 'object' ? address.port : port }
  }

  async stop(): Promise<void> {
    const app = this.#app
    if (app === null) return
    const cut = setTimeout(() => app.server.closeAllConnections(), this.#deps.limits.stopTimeoutMs)
    try {
      await app.close()
    } finally {
      clearTimeout(cut)
    }
  }
}
