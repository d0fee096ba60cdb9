/** PostgreSQL in memory: transactions, locks, and all that can go wrong on the way to it and back. */
import type { Fault } from '../../src/fault.ts'
import type { Queryable, Session, StatementOptions, Transactions } from '../../src/store/database.ts'
import { postgresFault, type PostgresFaultCode } from '../../src/store/postgres-fault.ts'
import type { Draw } from './draw.ts'
import { always, type Parked, type Runner, type Scheduler } from './scheduler.ts'
import { execute, statementName, type Answer } from './statements.ts'
import { Tables } from './tables.ts'
import { Locks, Transaction } from './transaction.ts'

export interface PostgresParts {
  readonly draw: Draw
  readonly scheduler: Scheduler
  /** Counts what happened. */
  readonly count: (what: string) => void
}

/** How often a late answer is passed over. */
const mostLate = 12

const conflicts: readonly PostgresFaultCode[] = ['serialization_failure', 'deadlock', 'statement_timeout']

type Settle = PromiseWithResolvers<readonly unknown[]>

export class SimulatedPostgres {
  readonly #parts: PostgresParts
  readonly locks = new Locks()
  readonly open = new Set<Transaction>()
  tables = new Tables()
  isAway = false
  /** Statements and COMMITs fail now and then. */
  isTroubled = true
  isMended = false
  #numbers = 0

  constructor(parts: PostgresParts) {
    this.#parts = parts
  }

  /** The database as this runner reaches it. */
  connect(runner: Runner): Transactions {
    return {
      // Nothing here waits by the clock.
      answerLimitMs: 8_500,
      query: async <Row>(text: string, values: readonly unknown[] = [], options: StatementOptions = {}) => {
        const transaction = this.#begin()
        const session = this.#session(runner, transaction)
        try {
          return await session.query<Row>(text, values, options)
        } finally {
          this.end(transaction)
        }
      },
      transaction: async <Result>(work: (session: Session) => Promise<Result>) => {
        const transaction = await this.#opened(runner)
        let result: Result
        try {
          result = await work(this.#session(runner, transaction))
        } catch (error) {
          this.end(transaction)
          throw error
        }
        await this.#commit(runner, transaction)
        return result
      },
    }
  }

  /** A transaction is over; without a COMMIT nothing of it was ever there. */
  end(transaction: Transaction): void {
    transaction.state = 'ended'
    this.locks.release(transaction)
    this.open.delete(transaction)
  }

  commit(transaction: Transaction): void {
    this.tables.commit(transaction)
    this.end(transaction)
  }

  /** All connections break off. */
  endAll(): void {
    for (const transaction of this.open) this.end(transaction)
  }

  restore(backup: Tables): void {
    this.endAll()
    this.tables = backup.copy()
  }

  #begin(): Transaction {
    this.#numbers += 1
    const transaction = new Transaction(this.#numbers)
    this.open.add(transaction)
    return transaction
  }

  async #opened(runner: Runner): Promise<Transaction> {
    const opened = Promise.withResolvers<Transaction>()
    this.#park({ runner, what: 'begin', transaction: null, isReady: always }, () => {
      if (this.isAway) opened.reject(postgresFault('database_unreachable'))
      else opened.resolve(this.#begin())
      return true
    })
    return await opened.promise
  }

  #session(runner: Runner, transaction: Transaction): Session & Queryable {
    let last: Promise<unknown> = Promise.resolve()
    const after = async (what: string, values: readonly unknown[]): Promise<readonly unknown[]> => {
      // One connection: a statement begins when the one before has its answer.
      const before = last
      const mine = Promise.withResolvers<void>()
      last = mine.promise
      await before
      try {
        return await this.#statement(runner, transaction, { name: what, values })
      } finally {
        mine.resolve()
      }
    }
    return {
      query: async <Row>(text: string, values: readonly unknown[] = [], { name }: StatementOptions = {}) =>
        (await after(statementName(text, name), values)) as Row[],
      copy: async (text, rows) => void (await after(statementName(text, undefined), [rows])),
    }
  }

  async #statement(
    runner: Runner,
    transaction: Transaction,
    statement: { readonly name: string; readonly values: readonly unknown[] },
  ): Promise<readonly unknown[]> {
    const { draw, count } = this.#parts
    const settled: Settle = Promise.withResolvers()
    const isReady = (): boolean => transaction.waitsFor === null || transaction.waitsFor.state === 'ended'
    const fail = (fault: Fault): true => {
      this.end(transaction)
      settled.reject(fault)
      return true
    }
    this.#park({ runner, what: statement.name, transaction, isReady }, () => {
      if (this.isAway) return fail(postgresFault('database_unreachable'))
      if (transaction.state === 'ended') return fail(postgresFault('connection_lost'))
      if (this.isTroubled && draw.chance(0.012)) {
        count('conflict')
        return fail(postgresFault(draw.pick(conflicts) ?? 'deadlock'))
      }
      if (this.isTroubled && draw.chance(0.005)) {
        count('connection lost')
        return fail(postgresFault('connection_lost'))
      }
      return this.#answer(transaction, statement, { settled, fail })
    })
    return await settled.promise
  }

  #answer(
    transaction: Transaction,
    statement: { readonly name: string; readonly values: readonly unknown[] },
    { settled, fail }: { settled: Settle; fail: (fault: Fault) => true },
  ): boolean {
    const { count } = this.#parts
    const lock = (keys: readonly string[]): Transaction | null => this.locks.take(transaction, keys)
    let answer: Answer
    try {
      answer = execute({ tables: this.tables, transaction, isMended: this.isMended, lock }, statement)
    } catch (error) {
      if (!isFault(error)) throw error
      count(error.code)
      return fail(error)
    }
    if (answer instanceof Transaction) {
      count('lock wait')
      if (!this.locks.isDeadlock(transaction)) return false
      count('deadlock')
      return fail(postgresFault('deadlock'))
    }
    if (statement.name === 'advance_position' && answer.length === 0) count('fence')
    settled.resolve(answer)
    return true
  }

  async #commit(runner: Runner, transaction: Transaction): Promise<void> {
    const { draw, count } = this.#parts
    const committed = Promise.withResolvers<void>()
    const fail = (code: PostgresFaultCode): true => {
      this.end(transaction)
      committed.reject(postgresFault(code))
      return true
    }
    this.#park({ runner, what: 'commit', transaction, isReady: always }, () => {
      if (this.isAway || transaction.state === 'ended') return fail('commit_unknown')
      if (this.isTroubled && draw.chance(0.05)) {
        count('commit lost, not applied')
        return fail('commit_unknown')
      }
      if (this.isTroubled && draw.chance(0.01)) {
        count('conflict')
        return fail('serialization_failure')
      }
      this.commit(transaction)
      if (this.isTroubled && draw.chance(0.05)) {
        count('commit lost, applied')
        return fail('commit_unknown')
      }
      if (!this.isTroubled || !draw.chance(0.5)) {
        committed.resolve()
        return true
      }
      count('commit answered late')
      // So late that another transaction of the same process may begin, commit and be answered before.
      let lateness = draw.below(mostLate)
      const isReady = (): boolean => !this.isTroubled || (lateness -= 1) < 0
      this.#park({ runner, what: 'answer of commit', transaction, isReady }, () => {
        committed.resolve()
        return true
      })
      return true
    })
    await committed.promise
  }

  #park(parked: Omit<Parked, 'happen'>, happen: () => boolean): void {
    this.#parts.scheduler.park({ ...parked, happen })
  }
}

function isFault(error: unknown): error is Fault {
  return error instanceof Error && error.name === 'Fault'
}
