/**
 * Makes the lines of the cards and what is under way again from the events of the movements, where the two disagree.
 *
 *   verify ─▶ which cards and movements are damaged, and which events lack their line (temporary tables)
 *     ▼ one transaction, in which nobody books and everybody reads
 *   legs: doubled ones out (if asked for), arrivals numbered without a gap
 *   cards: made again beside the living ones, event by event in the order of their lines ──✗ contradiction: left alone
 *   swap: what differs is replaced; transit likewise; totals, near states and cached pages follow
 *   prove: what was mended is proven once more ──✗ anything found: all of it is rolled back
 *     ▼ commit
 *
 * What was decided stays decided: numbers of lines, who is booked and who is held. A card without a finding is already what
 * its events make of it, and is not touched.
 */
import { cardId, pairId } from '../booking/ledger.ts'
import type { WarehouseId } from '../message/event.ts'
import type { Finding } from '../proof/finding.ts'
import type { Counts } from '../store/balance-sheet.ts'
import { renewCacheEpoch } from '../store/cache-epoch.ts'
import { createDamage, noteDamage, readDamagedCards, readDamagedPairs } from '../store/damage.ts'
import type { Database, Session } from '../store/database.ts'
import { correctTally, stopBooking } from '../store/position.ts'
import { swapLines } from '../store/swap-books.ts'
import { readWarehouseRows } from '../store/walk-ledgers.ts'
import { takeWarehouses } from '../store/warehouse-lock.ts'
import { rebuildCard, type RebuiltCard } from './rebuild-card.ts'
import { RebuildRefused } from './rebuild-refused.ts'
import { mendMovements, rebuildTransitOf } from './rebuild-movements.ts'
import { proveCard, provePairs, verify, type Verified, type VerifyOptions } from './verify.ts'

export interface RebuildOptions extends Omit<VerifyOptions, 'database'> {
  /** One connection, on which the temporary tables lie; its statements may take long. */
  readonly database: Database
  /** `rehearse`: all of it, and then rolled back. */
  readonly end: 'commit' | 'rehearse'
  /** What becomes of a report that is booked twice. */
  readonly doubled: 'remove' | 'keep'
  /** What becomes of a line at the end of a card whose event is gone; with `keep` its card is left. */
  readonly unreported: 'remove' | 'keep'
  /** A fresh random UUID. */
  readonly newToken: () => string
  /** Told of each damaged card once it is made again; waited for. */
  readonly onCard: (card: RebuiltCard) => void | Promise<void>
}

/** What was done, or would have been. */
export interface Rebuilt {
  readonly verified: Verified
  /** Cards that are now as their events make them. */
  readonly cards: number
  /** Cards that are left as they were. */
  readonly left: number
  readonly linesRemoved: number
  readonly linesAdded: number
  readonly legsRemoved: number
  readonly legsRenumbered: number
  /** Movements of a product of which transit was made again. */
  readonly movements: number
}

/** Cards or movements that are read at once. */
const keysAtOnce = 1000
/** Findings that are kept at once. */
const findingsAtOnce = 1000

/** Throws a Fault if PostgreSQL does not answer, or a row stays locked; then nothing was changed. */
export async function rebuild(options: RebuildOptions): Promise<Rebuilt> {
  const { database, onFinding } = options
  await createDamage(database)
  let noted: Finding[] = []
  const note = async (): Promise<void> => {
    await noteDamage(database, noted)
    noted = []
  }
  const verified = await verify({
    ...options,
    onFinding: async (finding) => {
      await onFinding(finding)
      noted.push(finding)
      if (noted.length >= findingsAtOnce) await note()
    },
  })
  await note()
  if (verified.findings === 0) return { ...nothingDone, verified }
  return await rehearsable(database, options.end, (session) => swap(session, options, verified))
}

const nothingDone = {
  cards: 0,
  left: 0,
  linesRemoved: 0,
  linesAdded: 0,
  legsRemoved: 0,
  legsRenumbered: 0,
  movements: 0,
}

/** A transaction whose answer is of interest even if it is not to last. */
async function rehearsable<Result>(
  database: Database,
  end: RebuildOptions['end'],
  work: (session: Session) => Promise<Result>,
): Promise<Result> {
  const rehearsed: { result?: Result } = {}
  const rolledBack = new Error('rehearsed')
  try {
    return await database.transaction(async (session) => {
      const result = await work(session)
      if (end === 'commit') return result
      rehearsed.result = result
      throw rolledBack
    })
  } catch (error) {
    if (error !== rolledBack || rehearsed.result === undefined) throw error
    return rehearsed.result
  }
}

async function swap(session: Session, options: RebuildOptions, verified: Verified): Promise<Rebuilt> {
  await stopBooking(session)
  /** Cards from which a doubled report was taken. */
  const robbed = new Set<string>()
  const done = { ...nothingDone, verified, movementsArrived: 0, movementsInTransit: 0 }
  await eachPart(readDamagedPairs, { session, signal: options.signal }, async (pairs) => {
    const mended = await mendMovements(session, pairs, options)
    done.legsRemoved += mended.removed
    done.legsRenumbered += mended.renumbered
    done.movementsArrived += mended.firstArrivals
    for (const card of mended.cards) robbed.add(card)
  })
  await eachPart(readDamagedCards, { session, signal: options.signal }, async (cards) => {
    for (const card of cards) {
      options.signal.throwIfAborted()
      const rebuilt = await rebuildCard(session, card, options)
      if (rebuilt.left === null) done.cards += 1
      else if (robbed.has(cardId(card))) throw unmendable(rebuilt)
      else done.left += 1
      await options.onCard(rebuilt)
    }
  })
  const lines = await swapLines(session)
  await eachPart(readDamagedPairs, { session, signal: options.signal }, async (pairs) => {
    done.movementsInTransit += await rebuildTransitOf(session, pairs)
    done.movements += pairs.length
  })
  const warehouses = await takeDamagedWarehouses(session, options)
  await correctTotals(session, verified, {
    warehouses,
    cards: lines.cards,
    lines: lines.added - lines.removed,
    movementsArrived: done.movementsArrived,
    movementsInTransit: done.movementsInTransit,
  })
  await renewCacheEpoch(session)
  await proveMended(session, options)
  const { movementsArrived: _, movementsInTransit: __, ...told } = done
  return { ...told, linesRemoved: lines.removed, linesAdded: lines.added }
}

/** Without its doubled report the card would be worse than with it. */
function unmendable({ card, left }: RebuiltCard): Error {
  const name = `${card.warehouseId}/${card.productId}`
  return new RebuildRefused(
    `Card ${name} has a report that is booked twice, and cannot be made again without it: ${left ?? ''} Nothing was changed.`,
  )
}

/** Calls `work` with one part of the damage after the other. */
async function eachPart<Key>(
  read: (session: Session, after: Key | null, limit: number) => Promise<readonly Key[]>,
  { session, signal }: { readonly session: Session; readonly signal: AbortSignal },
  work: (part: readonly Key[]) => void | Promise<void>,
): Promise<void> {
  let after: Key | null = null
  for (;;) {
    signal.throwIfAborted()
    const part: readonly Key[] = await read(session, after, keysAtOnce)
    if (part.length === 0) return
    await work(part)
    after = part.at(-1) ?? null
  }
}

/** What processes remember of their cards is no longer proven, and a row that was missing is there. Answers how many were. */
async function takeDamagedWarehouses(
  session: Session,
  { newToken, signal }: RebuildOptions,
): Promise<number> {
  const warehouses = new Set<WarehouseId>()
  await eachPart(readDamagedCards, { session, signal }, (cards) => {
    for (const { warehouseId } of cards) warehouses.add(warehouseId)
  })
  const there = await readWarehouseRows(session, [...warehouses])
  const sorted = [...warehouses].sort()
  for (let from = 0; from < sorted.length; from += keysAtOnce) {
    const part = sorted.slice(from, from + keysAtOnce).map((id) => [id, null] as const)
    await takeWarehouses(session, new Map(part), newToken())
  }
  return warehouses.size - there.size
}

/** What was wrong before, which booking does not change, and what the swap has changed: nothing is counted again. */
async function correctTotals(
  session: Session,
  { counts, kept }: Verified,
  changed: Partial<Counts>,
): Promise<void> {
  const names = Object.keys(counts) as (keyof Counts)[]
  const corrections = names.map((name) => [name, counts[name] - kept[name] + (changed[name] ?? 0)])
  await correctTally(session, Object.fromEntries(corrections) as Partial<Counts>)
}

/** An error here is one of ours, and nothing is committed. */
async function proveMended(session: Session, { signal, rowsAtOnce }: RebuildOptions): Promise<void> {
  const refuse = (findings: readonly Finding[]): void => {
    const [first] = findings
    if (first === undefined) return
    throw new Error(
      `The books that were made again are wrong (${first.code}): ${first.detail} Nothing was changed.`,
    )
  }
  await eachPart(readDamagedCards, { session, signal }, async (cards) => {
    for (const card of cards) refuse(await proveCard(session, card, rowsAtOnce))
  })
  await eachPart(readDamagedPairs, { session, signal }, async (pairs) => {
    const findings = await provePairs(session, pairs)
    const doubled = new Set(
      findings.flatMap(({ code, movement }) => (code === 'booked_twice' && movement ? pairId(movement) : [])),
    )
    const isMended = ({ movement }: Finding): boolean =>
      movement !== undefined && !doubled.has(pairId(movement))
    refuse(
      findings.filter(
        (finding) =>
          (finding.code === 'transit_wrong' || finding.code === 'legs_missing') && isMended(finding),
      ),
    )
  })
}
