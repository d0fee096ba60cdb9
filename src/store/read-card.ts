import { kindOf, statusOf, type MovementStatus } from '../booking/movement-view.ts'
import type { CardKey, EventKind, Micros, MovementId, WarehouseId } from '../message/event.ts'
import type { Queryable } from './database.ts'
import { cutPage, rowsToRead, type Page, type Snapshots } from './page.ts'
import { linesRecorded, type LineRange, type RecordedWithin } from './read-line-range.ts'
import { readSidesOfProduct, type SummedMovement } from './read-movement-sides.ts'

/** A card and some of its lines, all of one moment. */
export interface CardPage {
  readonly quantity: number
  /** The sum of the card's held departures. It may exceed 2^53. */
  readonly heldQuantity: bigint
  /** 0 for a card that has only held departures; `updatedAt` is null then. */
  readonly lastLine: number
  readonly updatedAt: Micros | null
  /** The newest first. */
  readonly history: readonly HistoryLine[]
  /** The next page starts with the line before this one; null if there is none. */
  readonly nextBefore: number | null
}

export interface HistoryLine {
  readonly line: number
  readonly kind: EventKind
  readonly change: number
  readonly balance: number
  readonly movementId: MovementId
  /** Where the goods came from or went to; null while that is not known. */
  readonly counterpartyId: WarehouseId | null
  /** Of the movement, as far as it concerns the product. */
  readonly status: MovementStatus
  readonly occurredAt: Micros
  readonly recordedAt: Micros
}

export interface PageRequest {
  /** Only lines with a smaller number; null for the newest. */
  readonly before: number | null
  /** Lines at most. */
  readonly limit: number
  /** Left out: all lines. */
  readonly filter?: HistoryFilter
}

/** Which lines of a card are shown. */
export interface HistoryFilter extends RecordedWithin {
  /** Null for both. */
  readonly event: EventKind | null
}

const allLines: HistoryFilter = { from: null, to: null, event: null }

function isWhole({ from, to, event }: HistoryFilter): boolean {
  return from === null && to === null && event === null
}

/** A page of a card, in one snapshot; null if the card has neither a line nor a held departure. */
export async function readCard(
  database: Snapshots,
  card: CardKey,
  { before, limit, filter = allLines }: PageRequest,
): Promise<CardPage | null> {
  return await database.snapshot(async (db) => {
    const isNewest = before === null && isWhole(filter)
    const range = await linesRecorded(db, card, filter)
    // Asked for at once: neither waits for the answer to the other.
    const [held, { items: lines, next }, lastOfAll] = await Promise.all([
      readHeld(db, card),
      readLines(db, card, { range, before, limit, event: filter.event }),
      isNewest ? null : readLastLine(db, card),
    ])
    const last = isNewest ? (lines[0] ?? null) : lastOfAll
    if (last === null && held.departures === 0) return null

    const sides = await readSidesOfProduct(
      db,
      card.productId,
      lines.map(({ movementId }) => movementId),
    )
    const byMovement = new Map(sides.map((side) => [side.movementId, side]))
    return {
      quantity: last?.balance ?? 0,
      heldQuantity: BigInt(held.quantity),
      lastLine: last?.line ?? 0,
      updatedAt: last?.recordedAt ?? null,
      history: lines.map((line) => historyLine(line, byMovement.get(line.movementId))),
      nextBefore: next?.line ?? null,
    }
  })
}

const lastLineOfCard = `
select line, balance, recorded_at as "recordedAt" from card_line
where warehouse_id = $1 and product_id = $2 order by line desc limit 1`

type LastLine = Pick<BookedLine, 'line' | 'balance' | 'recordedAt'>

async function readLastLine(db: Queryable, { warehouseId, productId }: CardKey): Promise<LastLine | null> {
  const [last] = await db.query<LastLine>(lastLineOfCard, [warehouseId, productId])
  return last ?? null
}

const heldOfCard = `
select count(*) as departures, coalesce(sum(quantity), 0)::text as quantity from movement_leg
where warehouse_id = $1 and product_id = $2 and line is null`

/** The quantity as decimal digits. */
async function readHeld(
  db: Queryable,
  { warehouseId, productId }: CardKey,
): Promise<{ departures: number; quantity: string }> {
  const values = [warehouseId, productId]
  const [held] = await db.query<{ departures: number; quantity: string }>(heldOfCard, values, {
    name: 'held_of_card',
  })
  return held ?? { departures: 0, quantity: '0' }
}

interface BookedLine {
  readonly line: number
  readonly leg: number
  readonly change: number
  readonly balance: number
  readonly movementId: MovementId
  readonly occurredAt: Micros
  readonly recordedAt: Micros
}

const linesOfCard = `
select line, leg, change, balance, movement_id as "movementId", occurred_at as "occurredAt", recorded_at as "recordedAt"
from card_line where warehouse_id = $1 and product_id = $2 and line >= $3 and line < $4 order by line desc limit $5`

/** Whether a line is a departure is tested on each: on any card one line in two or so is. */
async function readLines(
  db: Queryable,
  card: CardKey,
  {
    range,
    before,
    limit,
    event,
  }: Omit<PageRequest, 'filter'> & { range: LineRange; event: EventKind | null },
): Promise<Page<BookedLine, BookedLine>> {
  const below = Math.min(range.below, before ?? range.below)
  const walked = rowsToRead({ limit, filtered: event !== null })
  const values = [card.warehouseId, card.productId, range.from, below, walked]
  const rows = await db.query<BookedLine>(linesOfCard, values, { name: 'lines_of_card' })
  const matches = (line: BookedLine): boolean => event === null || kindOf(line) === event
  return cutPage(rows, { limit, walked, matches })
}

function historyLine({ leg, ...line }: BookedLine, movement: SummedMovement | undefined): HistoryLine {
  if (movement === undefined)
    throw new Error(`line ${line.line} of a card has no leg in the ledger of movements`)
  const kind = kindOf({ leg })
  const counterpartyId = kind === 'arrival' ? movement.senderId : movement.receiverId
  return { ...line, kind, counterpartyId, status: statusOf(movement) }
}
