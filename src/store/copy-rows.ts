import type pg from 'pg'

/**
 * `copy … from stdin` with its rows right behind it, in one write. The protocol has the client wait until the server says
 * that it takes rows, but lets it send them before: should the statement fail, the server passes over them
 * (https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-COPY). To wait would cost a round trip. And while
 * a server waits for rows no time-out of its own ends the transaction: a process that is frozen there keeps its locks.
 */
export class CopyRows implements pg.Submittable {
  readonly done: Promise<void>
  readonly #statement: string
  readonly #rows: Buffer
  readonly #ended: PromiseWithResolvers<void>
  readonly #onEnd: () => void

  /** `onEnd`: the connection is free for others. */
  constructor({ statement, rows, onEnd }: { statement: string; rows: Buffer; onEnd: () => void }) {
    this.#statement = statement
    this.#rows = rows
    this.#onEnd = onEnd
    this.#ended = Promise.withResolvers()
    this.done = this.#ended.promise
  }

  submit(connection: pg.Connection): void {
    connection.query(this.#statement)
    const header = Buffer.alloc(headerBytes)
    header.write(messageKinds.data)
    header.writeUInt32BE(lengthBytes + this.#rows.length, 1)
    connection.stream.write(header)
    connection.stream.write(this.#rows)
    connection.stream.write(copyDone)
  }

  /** From here on as `pg` calls what it has submitted. */
  handleCopyInResponse(): void {}

  handleCommandComplete(): void {}

  handleReadyForQuery(): void {
    this.#onEnd()
    this.#ended.resolve()
  }

  handleError(error: Error): void {
    this.#onEnd()
    this.#ended.reject(error)
  }
}

const messageKinds = { data: 'd', done: 'c' } as const
const lengthBytes = 4
const headerBytes = 1 + lengthBytes
const copyDone = Buffer.from([messageKinds.done.charCodeAt(0), 0, 0, 0, lengthBytes])
