import { Socket } from 'node:net'
import pg from 'pg'
import { CopyRows } from './copy-rows.ts'

export interface PipelinedClientConfig extends pg.ClientConfig {
  /** From here to `ready`, however far the server let us come; then the connection is dropped, with ETIMEDOUT. */
  readonly readyWithinMs?: number
}

/** The client of pg with a hand on its connection: statements are sent without waiting for the answers to those before. */
export class PipelinedClient extends pg.Client {
  /** Of pg; its types leave it out. */
  declare pipeline: boolean
  declare readyForQuery: boolean
  readonly #patience: NodeJS.Timeout | undefined

  constructor(config: PipelinedClientConfig = {}) {
    const socket = new Socket()
    // The pool keeps the password out of what is copied as a whole.
    super({ ...config, password: config.password, stream: () => socket, pipeline: true })
    // What goes wrong is told to whoever asks; an event that nobody listens for would end the process, and the pool
    // does not listen while it makes a connection ready.
    this.on('error', () => undefined)
    const { readyWithinMs } = config
    if (readyWithinMs === undefined) return
    const tooLate = Object.assign(new Error('the server was too slow'), { code: 'ETIMEDOUT' })
    this.#patience = setTimeout(() => this.#stream.destroy(tooLate), readyWithinMs)
    socket.once('close', () => clearTimeout(this.#patience))
  }

  /** The connection may be used. */
  ready(): void {
    clearTimeout(this.#patience)
  }

  /** What is asked until this turn of the event loop ends leaves in one write. */
  gather(): void {
    const stream = this.#stream
    stream.cork()
    process.nextTick(() => stream.uncork())
  }

  /**
   * A COPY has the connection to itself: it begins when all statements before it are answered, and nothing is sent behind
   * it until it has ended.
   */
  async copy(statement: string, rows: Buffer): Promise<void> {
    if (!this.readyForQuery) throw new Error('a COPY beside statements that are not answered yet')
    this.pipeline = false
    const copy = new CopyRows({
      statement,
      rows,
      onEnd: () => {
        this.pipeline = true
      },
    })
    await this.query(copy).done
  }

  /** Another one once the connection is encrypted. */
  get #stream(): Socket {
    return this.connection.stream as Socket
  }

  /** By itself, `end` waits for the answers to statements that were sent ahead; a server that hangs gives none. */
  cut(): void {
    this.#stream.destroy()
  }
}
