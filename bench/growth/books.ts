import type { Database } from '../../src/store/database.ts'
import { migrate } from '../../src/store/migrate.ts'
import { openDatabase, using, type DatabaseAddress, type Databases } from '../databases.ts'
import { batchWriter } from '../write/book.ts'
import { batchesAtOnce, Lanes, type Source } from './lanes.ts'
import { partitionLedgers } from './partition-ledgers.ts'
import { underWay, type Trade } from './trade.ts'

export interface BooksShape {
  readonly databases: Databases
  readonly newTrade: () => Trade
  /** Of the ledgers, by hash; none for ordinary tables. */
  readonly tablePartitions: number | null
}

/** A database with the opening stock of a trade in it, and whatever was booked since. */
export interface Books {
  readonly address: DatabaseAddress
  readonly database: Database
  readonly trade: Trade
  readonly lanes: Lanes
}

/** What a stretch of messages took. */
export interface Stretch {
  readonly messagesPerSecond: number
  readonly walBytesPerMessage: number
}

export const topic = 'growth'
const emptyTemplate = 'template0'
/** Of a whole table. */
const statementTimeoutMs = 600_000

/**
 * Gives `work` new books, with the opening stock and the first movements in them: as long as nothing arrives, the messages
 * are others than later, and large books would not be compared with empty ones alone. All is booked by the very lanes
 * that go on: they remember the cards, as those of a service do that has run for a while.
 */
export async function withBooks<Result>(
  { databases, newTrade, tablePartitions }: BooksShape,
  work: (books: Books) => Promise<Result>,
): Promise<Result> {
  return await databases.copyOf(emptyTemplate, async (address) =>
    using(openDatabase(address, { poolSize: batchesAtOnce, statementTimeoutMs }), async (database) => {
      await migrate(database)
      if (tablePartitions !== null) await partitionLedgers(database, tablePartitions)
      const trade = newTrade()
      const lanes = new Lanes(batchWriter(database), topic)
      const stock = trade.openingStock()
      await lanes.book(() => stock.next().value ?? null)
      await lanes.book(() => (trade.departed < underWay ? trade.next() : null))
      await database.query('vacuum analyze')
      return await work({ address, database, trade, lanes })
    }),
  )
}

/**
 * Books so many messages of the trade, which were made beforehand: only booking is timed. Checkpoints come when they come:
 * after each one a page that is touched for the first time is logged whole, and large books have more such pages.
 */
export async function bookStretch({ database, trade, lanes }: Books, messages: number): Promise<Stretch> {
  const reports = Array.from({ length: messages }, () => trade.next())
  const walBefore = await walBytes(database)
  const startedAt = performance.now()
  let next = 0
  await lanes.book(() => reports[next++] ?? null)
  const seconds = (performance.now() - startedAt) / 1000
  return {
    messagesPerSecond: messages / seconds,
    walBytesPerMessage: ((await walBytes(database)) - walBefore) / messages,
  }
}

/** Messages of the trade until so many movements have begun. */
export function untilDeparted({ trade }: Books, movements: number, signal: AbortSignal): Source {
  return () => {
    signal.throwIfAborted()
    return trade.departed < movements ? trade.next() : null
  }
}

/** All that was ever written to the log of the whole server. */
async function walBytes(database: Database): Promise<number> {
  const [row] = await database.query<{ bytes: number }>(
    `select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint as bytes`,
  )
  return row?.bytes ?? 0
}
