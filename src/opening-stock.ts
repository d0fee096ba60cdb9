/**
 * Opening stock: a file of what lies on the shelves of a company that begins. Without it, its departures would be held.
 *
 *   read the whole file ──✗ any row is wrong: all of them are told, nothing is produced
 *     ▼
 *   produce a part ─▶ wait until it is booked ─▶ count its outcomes ─▶ the next part …
 *
 * Each row becomes one message (`message/opening-stock.ts`) on the topic, so that a database can be brought up again from
 * it. A card opens once: the same file sent again, also after a fault in its middle, or two of them at once, give
 * duplicates. Only one part is under way at a time, so a large file does not crowd out what the warehouses report.
 */
import { awaitOutcomes, type OutcomeParts, type ProducedOutcome } from './booked-outcomes.ts'
import type { Producer, NewMessage } from './kafka/producer.ts'
import type { Micros } from './message/event.ts'
import { openingData, openingMessage } from './message/opening-stock.ts'
import { readOpeningFile, type OpeningFile, type OpeningRow, type ReadOpeningFile } from './opening-file.ts'
import { rehearse } from './store/rehearse.ts'

export interface OpeningStock {
  /**
   * Throws a Fault if Kafka takes no more, and the signal's reason once nobody waits for the answer: send the file again
   * then.
   */
  takeIn(file: OpeningFile, signal: AbortSignal): Promise<OpeningAnswer>
  /** Decides on what is booked now; produces and writes nothing. Throws a Fault if PostgreSQL does not answer. */
  rehearse(file: OpeningFile): Promise<OpeningAnswer>
}

export type OpeningAnswer = Exclude<ReadOpeningFile, { kind: 'rows' }> | OpeningReport

export interface OpeningReport {
  readonly kind: 'taken'
  readonly rows: number
  /** How many rows had each outcome. */
  readonly counts: Readonly<Record<OpeningOutcome, number>>
  /** The first of those that are quarantined. */
  readonly conflicts: readonly OpeningConflict[]
  /** The last place in each partition: what is `accepted` is booked when these are. */
  readonly places: readonly { readonly partition: number; readonly offset: number }[]
}

export const openingOutcomes = ['booked', 'duplicate', 'quarantined', 'accepted'] as const
export type OpeningOutcome = (typeof openingOutcomes)[number]

export interface OpeningConflict extends OpeningRow {
  readonly code: string
  readonly detail: string
}

export interface OpeningStockParts extends Omit<OutcomeParts, 'bookingWaitMs'> {
  readonly producer: Pick<Producer, 'produce'>
  readonly clock: () => Micros
  /** Longest wait for the booking, of all parts together; what is not booked by then is `accepted`. */
  readonly openingWaitMs: number
}

/** As many as a batch of `POST /api/events`: some 50 ms of booking. */
const partRows = 1000
/** So many conflicts are told; the others are counted. */
const maxConflicts = 1000

export function createOpeningStock(parts: OpeningStockParts): OpeningStock {
  const read = async (file: OpeningFile, take: (rows: readonly OpeningRow[]) => Promise<OpeningReport>) => {
    const content = await readOpeningFile(file, parts.clock())
    return content.kind === 'rows' ? await take(content.rows) : content
  }
  return {
    takeIn: async (file, signal) => {
      // Reading a large file takes a part of the time.
      const deadlineMs = performance.now() + parts.openingWaitMs
      return await read(file, (rows) => takeIn(parts, rows, { deadlineMs, signal }))
    },
    rehearse: async (file) => await read(file, (rows) => rehearseRows(parts, rows)),
  }
}

async function takeIn(
  parts: OpeningStockParts,
  rows: readonly OpeningRow[],
  { deadlineMs, signal }: { readonly deadlineMs: number; readonly signal: AbortSignal },
): Promise<OpeningReport> {
  const report = new Report(rows.length)
  for (const part of partsOf(rows)) {
    signal.throwIfAborted()
    const places = await parts.producer.produce(part.map(messageOf), 'opening-stock')
    const produced = part.map(({ event }, index) => {
      const place = places[index]
      if (place === undefined) throw new RangeError('a message was left without its place')
      return { event, place }
    })
    const bookingWaitMs = Math.max(0, deadlineMs - performance.now())
    const outcomes = await awaitOutcomes({ ...parts, bookingWaitMs }, produced)
    for (const [index, outcome] of outcomes.entries()) {
      report.count(part[index], outcome.outcome, 'code' in outcome ? outcome : null)
      report.reach(outcome)
    }
  }
  return report.end()
}

/** Each card is in the file once, so no part depends on another. */
async function rehearseRows(
  { database }: OpeningStockParts,
  rows: readonly OpeningRow[],
): Promise<OpeningReport> {
  const report = new Report(rows.length)
  for (const part of partsOf(rows)) {
    const events = part.map(({ event }) => event)
    for (const [index, outcome] of (await rehearse(database, events)).entries()) {
      const rejection = typeof outcome === 'string' ? null : outcome
      report.count(part[index], typeof outcome === 'string' ? outcome : 'quarantined', rejection)
    }
  }
  return report.end()
}

function* partsOf(rows: readonly OpeningRow[]): Generator<readonly OpeningRow[]> {
  for (let start = 0; start < rows.length; start += partRows) yield rows.slice(start, start + partRows)
}

function messageOf({ event }: OpeningRow): NewMessage {
  return {
    key: Buffer.from(event.warehouseId),
    value: openingMessage(event.movementId, openingData(event)),
    headers: structured,
  }
}

const structured = [{ name: Buffer.from('content-type'), value: Buffer.from('application/cloudevents+json') }]

/** The report while it grows. */
class Report {
  readonly #rows: number
  readonly #counts = { booked: 0, duplicate: 0, quarantined: 0, accepted: 0 }
  readonly #conflicts: OpeningConflict[] = []
  readonly #reached = new Map<number, number>()

  constructor(rows: number) {
    this.#rows = rows
  }

  count(
    row: OpeningRow | undefined,
    outcome: OpeningOutcome | 'held',
    reason: { readonly code: string; readonly detail: string } | null,
  ): void {
    if (row === undefined || outcome === 'held') throw new RangeError('an arrival has no such outcome')
    this.#counts[outcome] += 1
    if (reason === null || this.#conflicts.length >= maxConflicts) return
    this.#conflicts.push({ ...row, code: reason.code, detail: reason.detail })
  }

  reach({ place: { partition, offset } }: ProducedOutcome): void {
    this.#reached.set(partition, Math.max(offset, this.#reached.get(partition) ?? 0))
  }

  end(): OpeningReport {
    const places = [...this.#reached].map(([partition, offset]) => ({ partition, offset }))
    return { kind: 'taken', rows: this.#rows, counts: this.#counts, conflicts: this.#conflicts, places }
  }
}
