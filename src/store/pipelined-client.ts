import { Socket } from 'node:net'
import pg from 'pg'
import { CopyRows } from './copy-rows.ts'

/** The client of pg with a hand on its connection: statements are sent without waiting for the answers to those before. */
export class PipelinedClient extends pg.Client {
  /** Of pg; its types leave it out. */
  declare pipeline: boolean
  declare readyForQuery: boolean
  readonly #socket: Socket

  constructor(config: pg.ClientConfig = {}) {
    const socket = new Socket()
    // The pool keeps the password out of what is copied as a whole.
    super({ ...config, password: config.password, stream: () => socket, pipeline: true })
    this.#socket = socket
  }

  /** What is asked until this turn of the event loop ends leaves in one write. */
  gather(): void {
    this.#socket.cork()
    process.nextTick(() => this.#socket.uncork())
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

  /** By itself, `end` waits for the answers to statements that were sent ahead; a server that hangs gives none. */
  cut(): void {
    this.#socket.destroy()
  }
}
