/**
 * PostgreSQL for the rest of the store: a bounded pool, transactions, and a limit on every wait.
 *
 * Everything that goes wrong leaves here as a Fault. A connection on which something unforeseen happened is never
 * used again.
 */
import pg from 'pg'
import type { Micros } from '../message/event.ts'
import { parseTimestamp } from '../message/timestamp.ts'
import { Fault } from '../fault.ts'
import { PipelinedClient } from './pipelined-client.ts'
import { securityOf, type DatabaseSecurity } from './database-security.ts'
import { readSnapshot, type PipelinedSession } from './pipelined-snapshot.ts'
import { Waits } from '../waits.ts'
import { Slots } from './slots.ts'
import { postgresFault, toPostgresFault } from './postgres-fault.ts'

/** Rows come as objects by column name: int8 as number, timestamptz as Micros, uuid as lower-case text. */
export interface Queryable {
  query<Row>(text: string, values?: readonly unknown[], options?: StatementOptions): Promise<Row[]>
}

export interface StatementOptions {
  /**
   * Each connection keeps the statement prepared under this name, and soon has a plan that fits all values. For small
   * reads that are asked again and again, which take longer to plan than to run. A name means one text.
   */
  readonly name?: string
  /** Nothing else is asked of the snapshot: its end may go along with the question. */
  readonly isLast?: boolean
}

/** One transaction. */
export interface Session extends Queryable {
  /** Sends rows by `copy … from stdin`; `rows` is all that the statement's format wants. */
  copy(statement: string, rows: Buffer): Promise<void>
}

/** Where transactions are made. */
export interface Transactions extends Queryable {
  /** No wait for the server's answer is longer; then we hang up. */
  readonly answerLimitMs: number
  transaction<Result>(work: (session: Session) => Promise<Result>): Promise<Result>
}

/** Told of a piece of work with the server, which it must do: a statement by its name, a snapshot, a transaction, a COMMIT. */
export type ObserveWork = <Result>(what: string, work: () => Promise<Result>) => Promise<Result>

export interface DatabaseOptions extends DatabaseSecurity {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  readonly database: string
  /** Connections at most. */
  readonly poolSize: number
  /** Until a new connection is of use: reached, logged in and told its settings. */
  readonly connectTimeoutMs: number
  /** No statement, and no wait for its answer, is longer. */
  readonly statementTimeoutMs: number
  /** No wait for a row's lock is longer; at most the statement's limit. */
  readonly lockTimeoutMs: number
  /**
   * How long to wait for one of our own connections to be free; Infinity for a writer that has nothing better to do,
   * and for which a busy moment is no fault.
   */
  readonly queueTimeoutMs: number
  /** Shown in `pg_stat_activity`. */
  readonly applicationName: string
  /** Further settings of the server for these connections. */
  readonly serverSettings?: Readonly<Record<string, string>>
  /** Each statement that waits for its answer is one of these. */
  readonly waits?: Waits
  readonly observeWork?: ObserveWork
}

/** The server tells that a statement ran out of time; only when it says nothing at all do we hang up. */
const answerGraceMs = 500

/** Opens no connection yet: the first use does, and says if it cannot. */
export class Database implements Transactions {
  readonly #pool: pg.Pool
  readonly #options: DatabaseOptions
  readonly #slots: Slots
  readonly #observeWork: ObserveWork

  constructor(options: DatabaseOptions) {
    this.#options = options
    const { host, port, user, password, database, poolSize, connectTimeoutMs, applicationName } = options
    this.#pool = new pg.Pool({
      host,
      port,
      user,
      password,
      database,
      ssl: securityOf(options),
      max: poolSize,
      application_name: applicationName,
      keepAlive: true,
      Client: class extends PipelinedClient {
        constructor(config: pg.ClientConfig = {}) {
          // Not a limit of the pool: that ends with the login, and its error can only be told by its text.
          super({ ...config, password: config.password, readyWithinMs: connectTimeoutMs })
        }
      },
      types: { getTypeParser: chooseTypeParser },
      verify: (client, done) => {
        client.query(settingsOf(options), (error: Error | null) => {
          if (client instanceof PipelinedClient) client.ready()
          done(error ?? undefined)
        })
      },
    })
    this.#slots = new Slots(poolSize)
    this.#observeWork = options.observeWork ?? ((_what, work) => work())
    // An idle connection that breaks leaves the pool by itself; whoever asks next gets a new one, or the fault.
    this.#pool.on('error', () => {})
  }

  get answerLimitMs(): number {
    return this.#options.statementTimeoutMs + answerGraceMs
  }

  /** One statement, in a transaction of its own. */
  async query<Row>(text: string, values?: readonly unknown[], options?: StatementOptions): Promise<Row[]> {
    return await this.#withSession(options?.name ?? 'query', (session) =>
      session.query<Row>(text, values, options),
    )
  }

  /** Several reads of one moment: all of them see the same snapshot. */
  async snapshot<Result>(work: (session: Queryable) => Promise<Result>): Promise<Result> {
    return await this.#withSession('snapshot', (session) =>
      readSnapshot(session, 'begin isolation level repeatable read, read only', work),
    )
  }

  /**
   * Reads and writes, all or nothing. The isolation is said explicitly: a server's default may differ. Whether it may
   * write is the server's to say: an operator's `default_transaction_read_only` holds.
   */
  async transaction<Result>(work: (session: Session) => Promise<Result>): Promise<Result> {
    return await this.#withSession('transaction', async (session) => {
      // Waited for: what is written behind a `begin` that failed would be on its own.
      await session.query('begin isolation level read committed')
      let result: Result
      try {
        result = await work(session)
      } catch (error) {
        // Should the rollback fail, too, the connection is dropped; what went wrong first is what counts.
        if (!session.broken) await session.query('rollback').catch(() => undefined)
        throw error
      }
      await this.#observeWork('commit', () => session.commit())
      return result
    })
  }

  /** Waits for the connections in use. */
  async close(): Promise<void> {
    await this.#pool.end()
  }

  async #withSession<Result>(
    what: string,
    work: (session: PooledSession) => Promise<Result>,
  ): Promise<Result> {
    return await this.#observeWork(what, async () => {
      await this.#slots.take(this.#options.queueTimeoutMs)
      try {
        return await this.#withClient(await this.#connect(), work)
      } finally {
        this.#slots.give()
      }
    })
  }

  async #withClient<Result>(
    client: Client,
    work: (session: PooledSession) => Promise<Result>,
  ): Promise<Result> {
    const { waits = new Waits() } = this.#options
    const session = new PooledSession(client, { answerTimeoutMs: this.answerLimitMs, waits })
    const onError = (): void => {
      session.broken = true
    }
    client.on('error', onError)
    try {
      const result = await work(session)
      client.release()
      return result
    } catch (error) {
      // After a conflict or a refusal the session is known to be sound: it answered, and it rolled back.
      const sound =
        error instanceof Fault && (error.kind === 'conflict' || error.kind === 'refused') && !session.broken
      client.release(!sound)
      throw error
    } finally {
      client.off('error', onError)
    }
  }

  async #connect(): Promise<Client> {
    try {
      return (await this.#pool.connect()) as Client
    } catch (error) {
      throw toPostgresFault(error)
    }
  }
}

/** What a connection is told when it is made; a session pooler between us and the server keeps it. */
function settingsOf({ statementTimeoutMs, lockTimeoutMs, serverSettings }: DatabaseOptions): string {
  const settings = {
    // Timestamps come as text, in the style and zone of the session.
    timezone: 'UTC',
    datestyle: 'ISO',
    statement_timeout: String(statementTimeoutMs),
    lock_timeout: String(lockTimeoutMs),
    // Frees the locks of a process that was frozen, or vanished, between two statements.
    idle_in_transaction_session_timeout: String(statementTimeoutMs),
    ...serverSettings,
  }
  return Object.entries(settings)
    .map(([name, value]) => `set ${name} = '${value}'`)
    .join('; ')
}

/** What our pool hands out: it makes its clients by that class. */
type Client = PipelinedClient & pg.PoolClient

class PooledSession implements Session, PipelinedSession {
  readonly #client: Client
  readonly #answerTimeoutMs: number
  readonly #waits: Waits
  /** The connection can no longer be trusted. */
  broken = false
  /** It was hung up on, since an answer did not come in time: so nor did those to whatever was asked behind it. */
  #timedOut = false

  constructor(client: Client, { answerTimeoutMs, waits }: { answerTimeoutMs: number; waits: Waits }) {
    this.#client = client
    this.#waits = waits
    this.#answerTimeoutMs = answerTimeoutMs
  }

  async query<Row>(
    text: string,
    values: readonly unknown[] = [],
    { name }: StatementOptions = {},
  ): Promise<Row[]> {
    this.#client.gather()
    const result = await this.#bounded(this.#client.query({ text, values: [...values], name }))
    return result.rows as Row[]
  }

  async copy(statement: string, rows: Buffer): Promise<void> {
    this.#client.gather()
    await this.#bounded(this.#client.copy(statement, rows))
  }

  async commit(): Promise<void> {
    try {
      await this.query('commit')
    } catch (error) {
      throw error instanceof Fault && error.kind === 'outage' ? postgresFault('commit_unknown', error) : error
    }
  }

  async #bounded<Result>(answer: Promise<Result>): Promise<Result> {
    const timer = setTimeout(() => {
      this.#timedOut = true
      // What is under way is rejected.
      void this.#client.end()
      this.#client.cut()
    }, this.#answerTimeoutMs)
    try {
      return await this.#waits.during(() => answer)
    } catch (error) {
      const fault = this.#timedOut ? postgresFault('database_timed_out', error) : toPostgresFault(error)
      if (fault.kind === 'outage') this.broken = true
      throw fault
    } finally {
      clearTimeout(timer)
    }
  }
}

const { INT8, TIMESTAMPTZ } = pg.types.builtins

function chooseTypeParser(oid: number, format?: 'text' | 'binary'): (value: string) => unknown {
  if (oid === INT8) return Number // all our whole numbers are at most 2^53
  if (oid === TIMESTAMPTZ) return parseServerTimestamp
  return pg.types.getTypeParser(oid, format) as (value: string) => unknown
}

/** `2025-02-18 12:12:56.5+00`: ISO style, the offset in hours where minutes are zero. */
function parseServerTimestamp(text: string): Micros {
  const micros = parseTimestamp(/[+-]\d\d$/.test(text) ? `${text}:00` : text)
  if (typeof micros !== 'number')
    throw new RangeError('PostgreSQL answered a timestamp out of range or style')
  return micros
}
