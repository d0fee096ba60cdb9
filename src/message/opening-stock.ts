/**
 * Opening stock: what lay on the shelf before the first report. It comes as an arrival of a source that is ours, so that
 * the topic stays the one log; its movement has no departure, and never gets one.
 */
import { createHash } from 'node:crypto'
import { eventType, type CardKey, type MovementEvent, type MovementId } from './event.ts'
import { formatTimestamp } from './timestamp.ts'

/** CloudEvents `source` of opening stock; no warehouse may have it as its short code. */
export const openingSource = 'bincard:opening-stock'

/** Whether a report, or a leg, is the opening of its card. */
export function isOpening({ source }: { readonly source: string }): boolean {
  return source === openingSource
}

/** Any UUID of our own would do; it must stay what it is. */
const namespace = Buffer.from('6b1fc3d23c1f4c7e9a54d1f0b2a7c9e1', 'hex')

/** The movement by which the card opens: always the same, so that a card can be opened only once (UUID version 5, RFC 9562). */
export function openingMovement({ warehouseId, productId }: CardKey): MovementId {
  const hash = createHash('sha1').update(namespace).update(`${warehouseId}/${productId}`).digest()
  hash[6] = (hash.readUInt8(6) & 0x0f) | 0x50
  hash[8] = (hash.readUInt8(8) & 0x3f) | 0x80
  const hex = hash.toString('hex', 0, 16)
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-') as MovementId
}

/** The message with these data: whether they are right is for decoding to say. */
export function openingMessage(movementId: MovementId, data: OpeningData): Buffer {
  const envelope = { specversion: '1.0', type: eventType, source: openingSource, id: movementId }
  return Buffer.from(
    JSON.stringify({ ...envelope, data: { movement_id: movementId, event: 'arrival', ...data } }),
  )
}

/** As they stand in a file, or as `openingData` writes them. */
export interface OpeningData {
  readonly warehouse_id?: unknown
  readonly product_id?: unknown
  readonly quantity?: unknown
  readonly timestamp?: unknown
}

/** The data of an opening that was decoded, in one form: the same opening gives the same message. */
export function openingData({ warehouseId, productId, quantity, occurredAt }: MovementEvent): OpeningData {
  const timestamp = formatTimestamp(occurredAt)
  return { warehouse_id: warehouseId, product_id: productId, quantity, timestamp }
}
