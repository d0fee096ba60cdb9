import type { Databases } from '../databases.ts'
import { seededRandom, type Random } from '../random.ts'
import { bookStretch, untilDeparted, withBooks, type Books, type BooksShape, type Stretch } from './books.ts'
import { readRelations, type Relation } from './disk.ts'
import type { Options } from './options.ts'
import { sayEvery } from './pace.ts'
import { timeReads, type ReadTiming } from './reads.ts'
import { Trade } from './trade.ts'

export interface GrowthOptions extends Options {
  /** Two servers alike: to make or drop a database is a checkpoint, which the large books are not to be given. */
  readonly servers: { readonly grown: Databases; readonly empty: Databases }
  readonly signal: AbortSignal
  readonly say: (line: string) => void
}

/** What was measured at a mark. */
export interface Mark {
  /** Stored at its beginning, beside the opening stock: what is booked at the mark before counts, too. */
  readonly movements: number
  /** In the ledgers, the opening stock included. */
  readonly messages: number
  /** From the mark before to this one, all in all; null at the beginning. */
  readonly filledPerSecond: number | null
  readonly relations: readonly Relation[]
  readonly reads: readonly ReadTiming[]
  /** One after the other, each beside the one of its number in empty books. */
  readonly grown: readonly Stretch[]
  readonly empty: readonly Stretch[]
  /** Batches that were tried again since the mark before. */
  readonly conflicts: number
}

/** Fills books up to each mark, by the booking itself, and measures there. */
export async function measureGrowth(options: GrowthOptions): Promise<Mark[]> {
  const { servers, tablePartitions, warehouses, products, seed, say } = options
  const newTrade = (): Trade => new Trade({ random: seededRandom(seed), warehouses, products })
  // Empty books are in ordinary tables: beside them stand large books, or partitioned ones, or both.
  const shape = { databases: servers.empty, newTrade, tablePartitions: null }
  say(`opening stock: ${warehouses * products} cards`)
  return await withBooks({ databases: servers.grown, newTrade, tablePartitions }, async (books) => {
    const random = seededRandom(seed + 1)
    const marks: Mark[] = []
    for (const movements of options.marks) {
      const { conflicts } = books.lanes
      const filledPerSecond = await fill(books, movements, options)
      const measured = await measureAt(books, { ...options, shape, random })
      marks.push({ ...measured, filledPerSecond, conflicts: books.lanes.conflicts - conflicts })
    }
    return marks
  })
}

async function fill(books: Books, movements: number, { signal, say }: GrowthOptions): Promise<number | null> {
  const missing = movements - books.trade.departed
  if (missing <= 0) return null
  const pace = sayEvery({ to: movements, total: missing, now: () => performance.now(), say })
  const startedAt = performance.now()
  const messages = await books.lanes.book(untilDeparted(books, movements, signal), (booked) =>
    pace(booked, movements - books.trade.departed),
  )
  return (messages * 1000) / (performance.now() - startedAt)
}

async function measureAt(
  books: Books,
  { shape, random, stretches, messages, signal, say }: GrowthOptions & { shape: BooksShape; random: Random },
): Promise<Omit<Mark, 'filledPerSecond' | 'conflicts'>> {
  const { departed } = books.trade
  const [stored] = await books.database.query<{ messages: number }>(
    'select sum(messages_settled)::bigint as messages from kafka_position',
  )
  const relations = await readRelations(books.database)
  say(`${departed} movements: reads`)
  const reads = await timeReads(books, random)
  const [grown, empty]: [Stretch[], Stretch[]] = [[], []]
  const ways = [
    { into: grown, name: 'these books', run: () => bookStretch(books, messages) },
    {
      into: empty,
      name: 'empty books',
      run: () => withBooks(shape, (other) => bookStretch(other, messages)),
    },
  ]
  for (let stretch = 1; stretch <= stretches; stretch += 1) {
    // Whoever comes second may find the disk busier or the processor warmer: by turns.
    for (const { into, name, run } of stretch % 2 === 1 ? ways : ways.toReversed()) {
      signal.throwIfAborted()
      const done = await run()
      into.push(done)
      const rate = Math.round(done.messagesPerSecond)
      say(`${departed} movements, stretch ${stretch} of ${stretches}: ${name}: ${rate} messages/s`)
    }
  }
  return { movements: departed, messages: stored?.messages ?? 0, relations, reads, grown, empty }
}
