/** The books as rows for other programs, by the words of the API, in the order of their keys. */
import type { CardKey } from '../message/event.ts'
import { formatTimestamp } from '../message/timestamp.ts'
import type { LineKey, PairKey, StoredLeg, StoredLine } from '../proof/ledger-rows.ts'
import type { Queryable } from '../store/database.ts'
import type { Snapshots } from '../store/page.ts'
import { readLastLinesAfter, readLinesAfter, readPairsAfter } from '../store/walk-ledgers.ts'

/** What can be written out. */
export const exportTables = {
  events: {
    about: 'every accepted report: departures and arrivals, booked and held, movement by movement',
    columns: [
      'movement_id',
      'product_id',
      'event',
      'warehouse_id',
      'quantity',
      'timestamp',
      'state',
      'card_line',
      'source',
      'message_id',
      'partition',
      'offset',
      'recorded_at',
    ],
  },
  cards: {
    about: 'the stock of every card',
    columns: ['warehouse_id', 'product_id', 'quantity', 'last_line', 'updated_at'],
  },
  lines: {
    about: 'every line of every card',
    columns: [
      'warehouse_id',
      'product_id',
      'line',
      'event',
      'change',
      'balance',
      'movement_id',
      'timestamp',
      'recorded_at',
    ],
  },
} as const satisfies Record<string, { readonly about: string; readonly columns: readonly string[] }>

export type ExportName = keyof typeof exportTables
export type ExportRow = Readonly<Record<string, string | number | null>>

export interface ExportOptions {
  readonly database: Snapshots
  readonly rowsAtOnce: number
  readonly signal: AbortSignal
}

/**
 * All rows, in bounded memory. Booking may go on: each stretch of rows is of one moment, and what is booked behind it
 * afterwards is not in it. Throws a Fault if PostgreSQL does not answer.
 */
export async function* exportRows(name: ExportName, options: ExportOptions): AsyncGenerator<ExportRow> {
  if (name === 'events') yield* walk(options, events)
  else if (name === 'cards') yield* walk(options, cards)
  else yield* walk(options, lines)
}

/** How a table is walked: the next items behind a key, the key of an item, and the rows that it is. */
interface Walk<Item, Key> {
  readonly read: (session: Queryable, after: Key | null, limit: number) => Promise<readonly Item[]>
  readonly keyOf: (item: Item) => Key
  readonly rowsOf: (item: Item) => readonly ExportRow[]
}

const events: Walk<readonly StoredLeg[], PairKey> = {
  read: readPairsAfter,
  keyOf: ([first]) => {
    if (first === undefined) throw new RangeError('a pair without legs')
    return first
  },
  rowsOf: (legs) =>
    legs.map((leg) => ({
      movement_id: leg.movementId,
      product_id: leg.productId,
      event: leg.leg === 0 ? 'departure' : 'arrival',
      warehouse_id: leg.warehouseId,
      quantity: leg.quantity,
      timestamp: formatTimestamp(leg.occurredAt),
      state: leg.line === null ? 'held' : 'booked',
      card_line: leg.line,
      source: leg.source,
      message_id: leg.messageId,
      partition: leg.partition,
      offset: leg.offset,
      recorded_at: formatTimestamp(leg.recordedAt),
    })),
}

const cards: Walk<StoredLine, CardKey> = {
  read: readLastLinesAfter,
  keyOf: (card) => card,
  rowsOf: (card) => [
    {
      warehouse_id: card.warehouseId,
      product_id: card.productId,
      quantity: card.balance,
      last_line: card.line,
      updated_at: formatTimestamp(card.recordedAt),
    },
  ],
}

const lines: Walk<StoredLine, LineKey> = {
  read: readLinesAfter,
  keyOf: (line) => line,
  rowsOf: (line) => [
    {
      warehouse_id: line.warehouseId,
      product_id: line.productId,
      line: line.line,
      event: line.leg === 0 ? 'departure' : 'arrival',
      change: line.change,
      balance: line.balance,
      movement_id: line.movementId,
      timestamp: formatTimestamp(line.occurredAt),
      recorded_at: formatTimestamp(line.recordedAt),
    },
  ],
}

async function* walk<Item, Key>(
  { database, rowsAtOnce, signal }: ExportOptions,
  { read, keyOf, rowsOf }: Walk<Item, Key>,
): AsyncGenerator<ExportRow> {
  let after: Key | null = null
  for (;;) {
    signal.throwIfAborted()
    const from: Key | null = after
    const items: readonly Item[] = await database.snapshot((session) => read(session, from, rowsAtOnce))
    for (const item of items) yield* rowsOf(item)
    const last = items.at(-1)
    if (last === undefined) return
    after = keyOf(last)
  }
}

/** A line of CSV (RFC 4180), each value as it is. */
export function csvLine(values: readonly (string | number | null)[]): string {
  return values.map((value) => quoted(String(value ?? ''))).join(',')
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
