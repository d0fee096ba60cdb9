import { Socket } from 'node:net'
import pg from 'pg'

/** The client of pg with a hand on its connection. */
export class PipelinedClient extends pg.Client {
  readonly #socket: Socket

  constructor(config: pg.ClientConfig = {}) {
    const socket = new Socket()
    // The pool keeps the password out of what is copied as a whole.
    super({ ...config, password: config.password, stream: () => socket })
    this.#socket = socket
  }

  /** What is asked until this turn of the event loop ends leaves in one write. */
  gather(): void {
    this.#socket.cork()
    process.nextTick(() => this.#socket.uncork())
  }

  /** By itself, `end` waits for the answers to statements that were sent ahead; a server that hangs gives none. */
  cut(): void {
    this.#socket.destroy()
  }
}
