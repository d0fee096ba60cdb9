/** A line of a card as a CloudEvent, for whoever keeps stock of their own. Pure. */
import { formatTimestamp } from '../message/timestamp.ts'
import type { StoredLine } from '../proof/ledger-rows.ts'

/** CloudEvents `type` and `source`; with the id they name a line for ever. */
export const lineEventType = 'ru.retail.warehouses.card_line'
export const lineEventSource = 'bincard'
/** Digits of a sequence, so that its texts have the order of the numbers. */
const sequenceDigits = 16

/** The message: `id` is card and line, so that one that comes again is known by it; `sequence` is the line. */
export function lineMessage(line: StoredLine): { readonly key: Buffer; readonly value: Buffer } {
  const { warehouseId, productId, movementId } = line
  const card = `${warehouseId}/${productId}`
  const recordedAt = formatTimestamp(line.recordedAt)
  const event = {
    specversion: '1.0',
    type: lineEventType,
    source: lineEventSource,
    id: `${card}/${line.line}`,
    subject: card,
    time: recordedAt,
    datacontenttype: 'application/json',
    dataschema: `${lineEventType}.v1.0`,
    sequence: String(line.line).padStart(sequenceDigits, '0'),
    data: {
      warehouse_id: warehouseId,
      product_id: productId,
      line: line.line,
      event: line.leg === 0 ? 'departure' : 'arrival',
      change: line.change,
      balance: line.balance,
      movement_id: movementId,
      timestamp: formatTimestamp(line.occurredAt),
      recorded_at: recordedAt,
    },
  }
  return { key: Buffer.from(card), value: Buffer.from(JSON.stringify(event)) }
}
