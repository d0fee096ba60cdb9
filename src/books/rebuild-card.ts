import { cardId } from '../booking/ledger.ts'
import type { CardKey } from '../message/event.ts'
import { legId, type StoredLeg, type StoredLine } from '../proof/ledger-rows.ts'
import { endInOrderOfTime, type CardEnd } from '../proof/order-of-time.ts'
import { rebuildLines } from '../proof/rebuild-lines.ts'
import { leaveCard, readLostLines, readStrayLegs } from '../store/damage.ts'
import type { Session } from '../store/database.ts'
import { readBalances, readCardLines, readHeldLegs, readLegs } from '../store/walk-ledgers.ts'
import { copyLines } from '../store/write-ledgers.ts'

/** What became of one damaged card. */
export interface RebuiltCard {
  readonly card: CardKey
  /** Why its events cannot tell its lines; null if they can. */
  readonly left: string | null
  /** Lines that are new or other than before, and lines that are gone. */
  readonly made: number
  readonly gone: number
  /** The balance before and after. */
  readonly before: number
  readonly after: number
  /** How it would end if all had come in the order in which it happened; null for a card too large to be compared. */
  readonly inOrderOfTime: CardEnd | null
}

/** A card with more events is not compared with the order of time: they are sorted in memory, 1 KB each. */
const mostCompared = 10_000

const defaultRowsAtOnce = 10_000

export interface RebuildCardOptions {
  /** What becomes of a last line whose event is gone: it may be all that is left of a report. With `keep` the card is left. */
  readonly unreported: 'remove' | 'keep'
  readonly rowsAtOnce?: number | undefined
}

/**
 * Makes the lines of a card again, beside the living ones, in stretches. The events of the card are those that its lines
 * name, and those that say that they have a line of it which is not theirs.
 */
export async function rebuildCard(
  session: Session,
  card: CardKey,
  { unreported, rowsAtOnce = defaultRowsAtOnce }: RebuildCardOptions,
): Promise<RebuiltCard> {
  const before = (await readBalances(session, [card])).get(cardId(card)) ?? 0
  const told = { card, left: null, made: 0, gone: 0, before, after: before }
  const known = await readHeldLegs(session, card, mostCompared + 1)
  const compare = (): CardEnd | null => (known.length > mostCompared ? null : endInOrderOfTime(known))
  const leave = async (left: string): Promise<RebuiltCard> => {
    await leaveCard(session, card)
    return { ...told, made: 0, gone: 0, left, inOrderOfTime: null }
  }
  let previous: StoredLine | null = null
  let afterLine = 0
  for (;;) {
    const { living, booked, upTo } = await readStretch(session, card, { afterLine, limit: rowsAtOnce })
    if (known.length <= mostCompared) known.push(...booked)
    const byLine = new Map(living.map((line) => [line.line, line]))
    const rebuilt = rebuildLines(booked, previous, byLine)
    if (rebuilt.kind === 'contradiction') return await leave(rebuilt.detail)
    const { lines } = rebuilt
    const numbers = new Set(lines.map(({ line }) => line))
    const gone = living.map(({ line }) => line).filter((line) => !numbers.has(line))
    const [lost] = unreported === 'keep' ? await readLostLines(session, card, gone) : []
    if (lost !== undefined)
      return await leave(`The event of line ${lost} is gone, and the line may be all that is left of it.`)
    await copyLines(session, 'rebuilt_line', lines, ({ recordedAt }) => recordedAt)
    told.made += lines.filter((line) => !isSame(line, byLine.get(line.line))).length
    told.gone += gone.length
    previous = lines.at(-1) ?? previous
    told.after = previous?.balance ?? 0
    if (upTo === Infinity) return { ...told, inOrderOfTime: compare() }
    afterLine = upTo
  }
}

interface Stretch {
  readonly living: readonly StoredLine[]
  /** The events that have a line of this stretch, in the order of these. */
  readonly booked: readonly StoredLeg[]
  /** Its last line; Infinity if it reaches to the end. */
  readonly upTo: number
}

async function readStretch(
  session: Session,
  card: CardKey,
  place: { readonly afterLine: number; readonly limit: number },
): Promise<Stretch> {
  const lines = await readCardLines(session, card, place)
  const stray = await readStrayLegs(session, card, place)
  const upTo = Math.min(...[lines, stray].map((rows) => endOf(rows, place.limit)))
  const named = [...lines, ...stray.map(({ movementId, leg }) => ({ ...card, movementId, leg }))]
  const byKey = new Map(named.map((leg) => [legId(leg), leg]))
  const legs = [...(await readLegs(session, [...byKey.values()])).values()]
  const isWithin = (line: number | null): boolean => line !== null && line > place.afterLine && line <= upTo
  return {
    living: lines.filter(({ line }) => line <= upTo),
    booked: legs
      .filter(({ warehouseId, line }) => warehouseId === card.warehouseId && isWithin(line))
      .sort((a, b) => (a.line ?? 0) - (b.line ?? 0)),
    upTo,
  }
}

/** The last line up to which all rows have been read; a list that is full may go on behind its last. */
function endOf(rows: readonly { readonly line: number }[], limit: number): number {
  return rows.length < limit ? Infinity : (rows.at(-1)?.line ?? Infinity)
}

function isSame(a: StoredLine, b: StoredLine | undefined): boolean {
  if (b === undefined || a.movementId !== b.movementId || a.leg !== b.leg) return false
  if (a.change !== b.change || a.balance !== b.balance) return false
  return a.occurredAt === b.occurredAt && a.recordedAt === b.recordedAt
}
