/**
 * Proves the books: both ledgers are walked from one end to the other, each held against the other, and then everything is
 * summed up.
 *
 *   cards ──────▶ each line has its leg, numbers without a gap, balances that add up
 *   movements ──▶ each leg has its line or is held with reason, nothing twice, transit as the legs say
 *   sums ───────▶ Σ cards + Σ transit = Σ held + Σ opened, and the totals beside the positions
 *
 * Booking may go on meanwhile: a stretch is a snapshot of a moment, and what is appended later is proven where it comes to
 * lie. Memory is that of one stretch, however large the ledgers are.
 */
import type { CardKey } from '../message/event.ts'
import type { Finding } from '../proof/finding.ts'
import type { PairKey, StoredLeg, StoredLine, StoredTransit } from '../proof/ledger-rows.ts'
import { proveLines } from '../proof/prove-lines.ts'
import { proveMovements, type KnownToMovements } from '../proof/prove-movements.ts'
import { proveSums } from '../proof/prove-sums.ts'
import { pairId, cardId } from '../booking/ledger.ts'
import { readBalanceSheet, type Counts } from '../store/balance-sheet.ts'
import type { Queryable } from '../store/database.ts'
import type { Snapshots } from '../store/page.ts'
import {
  readBalances,
  readCardLines,
  readLegs,
  readLines,
  readLinesAfter,
  readPairs,
  readPairsAfter,
  readTransitOf,
  readTransitWithin,
  readWarehouseRows,
} from '../store/walk-ledgers.ts'

export interface VerifyOptions {
  readonly database: Snapshots
  /** Told of each finding, in the order in which they are found; waited for. */
  readonly onFinding: (finding: Finding) => void | Promise<void>
  /** Told after each stretch. */
  readonly onProgress: (progress: VerifyProgress) => void
  readonly signal: AbortSignal
  /** Rows of one stretch, about 1 KB each in memory. */
  readonly rowsAtOnce?: number
}

export interface VerifyProgress {
  readonly step: 'cards' | 'movements' | 'sums'
  /** Rows of the ledger that this step walks. */
  readonly rows: number
}

/** What was proven. */
export interface Verified {
  readonly lines: number
  readonly cards: number
  readonly legs: number
  readonly findings: number
  /** Everything that could be counted, of one moment at the end. */
  readonly counts: Counts
  /** What the totals beside the positions said at that moment. */
  readonly kept: Counts
}

const defaultRowsAtOnce = 10_000

/** Throws a Fault if PostgreSQL does not answer, and the signal's reason once it is aborted. */
export async function verify(options: VerifyOptions): Promise<Verified> {
  const { onFinding, database } = options
  let findings = 0
  const tell = async (found: readonly Finding[]): Promise<void> => {
    for (const finding of found) {
      findings += 1
      await onFinding(finding)
    }
  }
  const { lines, cards } = await verifyCards(options, tell)
  const { legs } = await verifyMovements(options, tell)
  const sheet = await database.snapshot((session) => readBalanceSheet(session))
  await tell(proveSums(sheet))
  options.onProgress({ step: 'sums', rows: lines + legs })
  return { lines, cards, legs, findings, counts: sheet.counted, kept: sheet.kept }
}

type Tell = (findings: readonly Finding[]) => Promise<void>

async function verifyCards(
  { database, onProgress, signal, rowsAtOnce = defaultRowsAtOnce }: VerifyOptions,
  tell: Tell,
): Promise<{ lines: number; cards: number }> {
  const walked = { lines: 0, cards: 0 }
  let previous: StoredLine | null = null
  for (;;) {
    signal.throwIfAborted()
    const after = previous
    const { lines, known } = await database.snapshot(async (session) => {
      const stretch = await readLinesAfter(session, after, rowsAtOnce)
      return { lines: stretch, known: await readKnownToLines(session, stretch) }
    })
    await tell(proveLines(lines, after, known))
    for (const line of lines) {
      if (previous === null || cardId(previous) !== cardId(line)) walked.cards += 1
      previous = line
    }
    walked.lines += lines.length
    onProgress({ step: 'cards', rows: walked.lines })
    if (lines.length < rowsAtOnce) return walked
  }
}

async function readKnownToLines(session: Queryable, lines: readonly StoredLine[]) {
  const warehouses = [...new Set(lines.map(({ warehouseId }) => warehouseId))]
  const [legs, rows] = await Promise.all([readLegs(session, lines), readWarehouseRows(session, warehouses)])
  return { legs, warehouses: rows }
}

async function verifyMovements(
  { database, onProgress, signal, rowsAtOnce = defaultRowsAtOnce }: VerifyOptions,
  tell: Tell,
): Promise<{ legs: number }> {
  let legs = 0
  let after: PairKey | null = null
  for (;;) {
    signal.throwIfAborted()
    const stretch = await database.snapshot((session) => readMovements(session, after, rowsAtOnce))
    await tell(proveMovements(stretch.pairs, stretch.known))
    legs += stretch.legs
    onProgress({ step: 'movements', rows: legs })
    if (stretch.last === null) return { legs }
    after = stretch.last
  }
}

/** `last`: where the next stretch begins; null if this was the last one, which reaches to the end of transit. */
async function readMovements(session: Queryable, after: PairKey | null, rowsAtOnce: number) {
  const pairs = await readPairsAfter(session, after, rowsAtOnce)
  const legs = pairs.flat()
  const last = legs.length < rowsAtOnce ? null : (legs.at(-1) ?? null)
  const transit = await readTransitWithin(session, { after, upTo: last })
  return { pairs, legs: legs.length, last, known: await readKnownToLegs(session, legs, transit) }
}

async function readKnownToLegs(
  session: Queryable,
  legs: readonly StoredLeg[],
  transit: readonly StoredTransit[],
): Promise<KnownToMovements> {
  const booked = legs.flatMap((leg) => (leg.line === null ? [] : [{ ...leg, line: leg.line }]))
  const held = legs.filter(({ line }) => line === null)
  const [lines, balances] = await Promise.all([readLines(session, booked), readBalances(session, held)])
  return { lines, balances, transit: new Map(transit.map((row) => [pairId(row), row])) }
}

/** Proves one card alone. */
export async function proveCard(
  db: Queryable,
  card: CardKey,
  rowsAtOnce = defaultRowsAtOnce,
): Promise<Finding[]> {
  const findings: Finding[] = []
  let previous: StoredLine | null = null
  for (;;) {
    const afterLine: number = previous?.line ?? 0
    const lines = await readCardLines(db, card, { afterLine, limit: rowsAtOnce })
    findings.push(...proveLines(lines, previous, await readKnownToLines(db, lines)))
    previous = lines.at(-1) ?? previous
    if (lines.length < rowsAtOnce) return findings
  }
}

/** Proves some pairs of movement and product alone. */
export async function provePairs(db: Queryable, keys: readonly PairKey[]): Promise<Finding[]> {
  const pairs = await readPairs(db, keys)
  return proveMovements(pairs, await readKnownToLegs(db, pairs.flat(), await readTransitOf(db, keys)))
}
