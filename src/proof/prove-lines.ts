/**
 * The cards, proven against the movements: the lines of each are gapless, each balance is the one before plus the change,
 * and each line is what the event that it names made of the card.
 *
 * Lines are only ever appended, so a card may be proven in stretches of different moments, each from where the one before
 * it ended.
 */
import { cardId } from '../booking/ledger.ts'
import type { CardKey, WarehouseId } from '../message/event.ts'
import { formatTimestamp } from '../message/timestamp.ts'
import type { Finding } from './finding.ts'
import { changeOf, legId, type StoredLeg, type StoredLine } from './ledger-rows.ts'

/** What a stretch of lines is held against; all of it of the stretch's own moment. */
export interface KnownToLines {
  /** The legs that the lines name, by `legId`. */
  readonly legs: ReadonlyMap<string, StoredLeg>
  readonly warehouses: ReadonlySet<WarehouseId>
}

/**
 * Proves lines that follow each other in the order of their key. `previous` is the last one of the stretch before, null at
 * the beginning.
 */
export function proveLines(
  lines: readonly StoredLine[],
  previous: StoredLine | null,
  { legs, warehouses }: KnownToLines,
): Finding[] {
  const findings: Finding[] = []
  let before = previous
  for (const line of lines) {
    const first = before === null || cardId(before) !== cardId(line)
    if (first && !warehouses.has(line.warehouseId)) findings.push(warehouseMissing(line))
    findings.push(...proveLine(line, first ? null : before), ...proveItsLeg(line, legs.get(legId(line))))
    before = line
  }
  return findings
}

function proveLine(line: StoredLine, before: StoredLine | null): Finding[] {
  const findings: Finding[] = []
  const at = placeOf(line)
  const expected = (before?.line ?? 0) + 1
  if (line.line !== expected) {
    const missing =
      line.line === expected + 1 ? `Line ${expected} is` : `Lines ${expected} to ${line.line - 1} are`
    findings.push({ ...at, code: 'lines_missing', detail: `${missing} missing.` })
  } else if (line.balance !== (before?.balance ?? 0) + line.change) {
    const from = before === null ? 'the card begins at 0' : `line ${before.line} has ${before.balance}`
    const right = (before?.balance ?? 0) + line.change
    const detail = `The balance is ${line.balance}; ${from} and the change is ${line.change}, which makes ${right}.`
    findings.push({ ...at, code: 'balance_wrong', detail })
  }
  if (line.balance < 0) {
    findings.push({ ...at, code: 'balance_negative', detail: `The balance is ${line.balance}.` })
  }
  if (before !== null && line.recordedAt < before.recordedAt) {
    const detail = `It is recorded at ${formatTimestamp(line.recordedAt)}, line ${before.line} at ${formatTimestamp(before.recordedAt)}.`
    findings.push({ ...at, code: 'recorded_backwards', detail })
  }
  return findings
}

function proveItsLeg(line: StoredLine, leg: StoredLeg | undefined): Finding[] {
  const at = placeOf(line)
  if (leg === undefined) {
    return [
      { ...at, code: 'line_without_leg', detail: `The movement has no leg ${line.leg} of this product.` },
    ]
  }
  const differences = differencesOf(line, leg)
  if (differences.length === 0) return []
  return [{ ...at, code: 'line_disagrees', detail: differences.join(' ') }]
}

function differencesOf(line: StoredLine, leg: StoredLeg): string[] {
  const differences: string[] = []
  if (line.warehouseId !== leg.warehouseId) differences.push(`The event was in warehouse ${leg.warehouseId}.`)
  if (line.line !== leg.line) {
    differences.push(leg.line === null ? 'The event is held.' : `The event has line ${leg.line}.`)
  }
  if (line.change !== changeOf(leg)) {
    differences.push(`The change is ${line.change}, and the event's is ${changeOf(leg)}.`)
  }
  if (line.occurredAt !== leg.occurredAt) {
    const [here, there] = [formatTimestamp(line.occurredAt), formatTimestamp(leg.occurredAt)]
    differences.push(`Its time is ${here}, and the event's is ${there}.`)
  }
  if (line.recordedAt < leg.recordedAt) {
    const [here, there] = [formatTimestamp(line.recordedAt), formatTimestamp(leg.recordedAt)]
    differences.push(`It is recorded at ${here}, before its event, at ${there}.`)
  }
  return differences
}

function warehouseMissing(line: StoredLine): Finding {
  const detail = `Warehouse ${line.warehouseId} has cards and no row.`
  return { code: 'warehouse_missing', detail, card: cardOf(line) }
}

function placeOf(line: StoredLine): Pick<Finding, 'card' | 'line' | 'movement'> {
  const { movementId, productId, leg } = line
  return { card: cardOf(line), line: line.line, movement: { movementId, productId, leg } }
}

function cardOf({ warehouseId, productId }: CardKey): CardKey {
  return { warehouseId, productId }
}
