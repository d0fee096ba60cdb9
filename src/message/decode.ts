import { isObject, openEnvelope } from './envelope.ts'
import {
  eventType,
  type EventKind,
  type Micros,
  type MovementEvent,
  type MovementId,
  type ProductId,
  type WarehouseId,
} from './event.ts'
import { isMarkedAccepted } from './marks.ts'
import type { Message } from './message.ts'
import { isOpening } from './opening-stock.ts'
import { reject, type Rejection } from './rejection.ts'
import { parseTimestamp } from './timestamp.ts'
import { parseUuid } from './uuid.ts'

const maxTextCharacters = 255
const maxQuantity = 1e12
const allowedClockAheadMicros = 24 * 3600 * 1_000_000
/** A version at the end of a schema's name: `.v1`, `.v1.0`, `/1.0`; a bare number is a registry's id, not a version. */
const schemaVersion = /(?:^|[^0-9A-Za-z])(?:v(\d+)(?:\.\d+)*|(\d+)(?:\.\d+)+)$/i

/** What a message says, or why it says nothing we can book. Told apart by `kind`. */
export type Decoded = MovementEvent | Rejection

/**
 * Reads one message. Never throws, knows no clock: `receivedAt` is the time of receipt, against which a timestamp
 * in the future is measured. Where several things are wrong, the first one in the order of this function is told.
 *
 * A JSON number is read as an IEEE double, as every JSON client does; for whole numbers up to 10^12 that is exact.
 */
export function decode(message: Message, receivedAt: Micros): Decoded {
  const envelope = openEnvelope(message)
  if (envelope.kind === 'rejected') return envelope
  const { attributes, data } = envelope

  const messageId = readText(attributes, 'id')
  if (typeof messageId !== 'string') return messageId
  const source = readText(attributes, 'source')
  if (typeof source !== 'string') return source
  const wrongEnvelope = checkEnvelope(attributes)
  if (wrongEnvelope !== null) return wrongEnvelope

  if (data === undefined || data === null) return reject('field_missing', 'data')
  if (!isObject(data)) return reject('field_invalid', 'data')
  const movementId = readId<MovementId>(data, 'movement_id')
  if (typeof movementId !== 'string') return movementId
  const warehouseId = readId<WarehouseId>(data, 'warehouse_id')
  if (typeof warehouseId !== 'string') return warehouseId
  const productId = readId<ProductId>(data, 'product_id')
  if (typeof productId !== 'string') return productId
  const kind = readKind(data['event'], attributes['subject'])
  if (typeof kind !== 'string') return kind
  // What lay on the shelf at the beginning has come, and has not gone.
  if (kind === 'departure' && isOpening({ source })) return reject('field_invalid', 'source')
  const occurredAt = readOccurredAt(data['timestamp'], receivedAt)
  if (typeof occurredAt !== 'number') return occurredAt
  const quantity = readQuantity(data['quantity'], kind)
  if (typeof quantity !== 'number') return quantity

  const event = { kind, movementId, productId, warehouseId, occurredAt, quantity, source, messageId }
  return message.headers.length > 0 && isMarkedAccepted(message.headers)
    ? { ...event, accepted: true }
    : event
}

function checkEnvelope(attributes: Readonly<Record<string, unknown>>): Rejection | null {
  const { specversion, type, dataschema, time } = attributes
  if (isAbsent(specversion)) return reject('field_missing', 'specversion')
  if (specversion !== '1.0') return reject('specversion_unsupported', 'specversion')
  if (isAbsent(type)) return reject('field_missing', 'type')
  if (type !== eventType) return reject('type_unknown', 'type')
  if (!isAbsent(dataschema)) {
    if (typeof dataschema !== 'string' || !isStorableText(dataschema))
      return reject('field_invalid', 'dataschema')
    const version = schemaVersion.exec(dataschema)
    if (version !== null && Number(version[1] ?? version[2]) !== 1)
      return reject('dataschema_unsupported', 'dataschema')
  }
  return isAbsent(time) || isTime(time) ? null : reject('time_invalid', 'time')
}

/** Epoch milliseconds, as the warehouses send it (in binary mode as digits), or RFC 3339, as CloudEvents has it. */
function isTime(time: unknown): boolean {
  if (typeof time === 'number') return Number.isInteger(time)
  if (typeof time !== 'string') return false
  const parsed = parseTimestamp(time)
  const isTimestamp =
    typeof parsed === 'number' || parsed === 'timestamp_too_fine' || parsed === 'timestamp_out_of_range'
  return isTimestamp || /^\d{1,16}$/.test(time)
}

/** CloudEvents: a null attribute is an absent one. */
function isAbsent(value: unknown): value is null | undefined {
  return value === undefined || value === null
}

function readText(attributes: Readonly<Record<string, unknown>>, name: 'id' | 'source'): string | Rejection {
  const value = attributes[name]
  if (isAbsent(value)) return reject('field_missing', name)
  if (typeof value !== 'string' || value === '' || !isStorableText(value))
    return reject('field_invalid', name)
  return value
}

/** PostgreSQL cannot store U+0000, and half a surrogate pair is no character. Length counts code points. */
function isStorableText(value: string): boolean {
  if (!value.isWellFormed() || value.includes('\0')) return false
  return value.length <= maxTextCharacters || Array.from(value).length <= maxTextCharacters
}

function readId<Id extends MovementId | ProductId | WarehouseId>(
  data: Readonly<Record<string, unknown>>,
  name: 'movement_id' | 'product_id' | 'warehouse_id',
): Id | Rejection {
  const value = data[name]
  if (isAbsent(value)) return reject('field_missing', `data.${name}`)
  return parseUuid<Id>(value) ?? reject('uuid_invalid', `data.${name}`)
}

function readKind(event: unknown, subject: unknown): EventKind | Rejection {
  if (isAbsent(event)) return reject('field_missing', 'data.event')
  if (event !== 'departure' && event !== 'arrival') return reject('event_unknown', 'data.event')
  if (isAbsent(subject)) return event
  if (typeof subject !== 'string') return reject('field_invalid', 'subject')
  const contradiction = event === 'departure' ? ':ARRIVAL' : ':DEPARTURE'
  return subject.endsWith(contradiction) ? reject('subject_contradicts', 'subject') : event
}

function readOccurredAt(timestamp: unknown, receivedAt: Micros): Micros | Rejection {
  if (isAbsent(timestamp)) return reject('field_missing', 'data.timestamp')
  if (typeof timestamp !== 'string') return reject('timestamp_invalid', 'data.timestamp')
  const occurredAt = parseTimestamp(timestamp)
  if (typeof occurredAt !== 'number') return reject(occurredAt, 'data.timestamp')
  return occurredAt > receivedAt + allowedClockAheadMicros
    ? reject('timestamp_in_future', 'data.timestamp')
    : occurredAt
}

function readQuantity(quantity: unknown, kind: EventKind): number | Rejection {
  if (isAbsent(quantity)) return reject('field_missing', 'data.quantity')
  if (typeof quantity !== 'number' || !Number.isInteger(quantity))
    return reject('quantity_invalid', 'data.quantity')
  const smallest = kind === 'departure' ? 1 : 0
  if (quantity < smallest || quantity > maxQuantity) return reject('quantity_out_of_range', 'data.quantity')
  return quantity === 0 ? 0 : quantity // -0 is 0
}
