import type { CardKey, Micros, MovementId, ProductId, WarehouseId } from '../message/event.ts'
import { parseUuid } from '../message/uuid.ts'
import type { QuarantineFilter } from '../store/read-quarantine.ts'
import type { LegKey } from '../store/read-movements.ts'
import type { HeldKey } from '../store/read-held.ts'
import type { TransitKey } from '../store/read-transit.ts'

/** One kind of list and the keys of its places. No part may hold a colon. */
export interface CursorKind<Key> {
  /** The kind with its version, so that a later form can be told from this one; then what the list belongs to. */
  readonly list: readonly string[]
  readonly write: (key: Key) => readonly (string | number)[]
  /** Null where a text is no key; how it is spelt is compared afterwards. */
  readonly read: (texts: readonly string[]) => Key | null
}

/**
 * Where the next page of a list starts, as opaque text for URLs. It names the list and a key that never changes: so
 * it stays true while new rows come, and it does not expire.
 */
export function encodeCursor<Key>(kind: CursorKind<Key>, key: Key): string {
  return Buffer.from([...kind.list, ...kind.write(key)].join(':')).toString('base64url')
}

/** The key; null for a text that is no cursor of this list. */
export function decodeCursor<Key>(kind: CursorKind<Key>, cursor: string): Key | null {
  const key = kind.read(Buffer.from(cursor, 'base64url').toString().split(':').slice(kind.list.length))
  // Written anew it must be the same text: that covers the list and every sloppy spelling at once.
  return key !== null && encodeCursor(kind, key) === cursor ? key : null
}

/** The lines of a card: the number that the next page's lines are below. */
export function cardCursor({ warehouseId, productId }: CardKey): CursorKind<number> {
  return { list: ['card1', warehouseId, productId], write: (before) => [before], read: readNumber }
}

/** The movements on a card, by the lines that they have there. */
export function cardMovementsCursor({ warehouseId, productId }: CardKey): CursorKind<number> {
  return { ...cardCursor({ warehouseId, productId }), list: ['card-movements1', warehouseId, productId] }
}

export const warehousesCursor: CursorKind<WarehouseId> = {
  list: ['warehouses1'],
  write: (id) => [id],
  read: ([id]) => parseUuid<WarehouseId>(id),
}

/** The products of a warehouse. */
export function productsCursor(warehouseId: WarehouseId): CursorKind<ProductId> {
  return {
    list: ['products1', warehouseId],
    write: (id) => [id],
    read: ([id]) => parseUuid<ProductId>(id),
  }
}

/** The warehouses of a product. */
export function placesCursor(productId: ProductId): CursorKind<WarehouseId> {
  return { ...warehousesCursor, list: ['places1', productId] }
}

/** What is under way; `differences` walks the same order. */
export const transitCursor: CursorKind<TransitKey> = {
  list: ['transit1'],
  write: ({ since, movementId, productId }) => [since, movementId, productId],
  read: ([time, ...ids]) => {
    const [since, pair] = [readMicros(time), readPair(ids)]
    return since === null || pair === null ? null : { since, ...pair }
  },
}

export const heldCursor: CursorKind<HeldKey> = {
  list: ['held1'],
  write: (key) => [key.warehouseId, key.productId, key.occurredAt, key.movementId],
  read: ([warehouse, product, time, movement]) => {
    const warehouseId = parseUuid<WarehouseId>(warehouse)
    const pair = readPair([movement, product])
    const occurredAt = readMicros(time)
    if (warehouseId === null || pair === null || occurredAt === null) return null
    return { warehouseId, ...pair, occurredAt }
  },
}

export const movementsCursor: CursorKind<LegKey> = {
  list: ['movements1'],
  write: ({ recordedAt, movementId, productId, leg }) => [recordedAt, movementId, productId, leg],
  read: ([time, movement, product, leg]) => {
    const [recordedAt, pair] = [readMicros(time), readPair([movement, product])]
    if (recordedAt === null || pair === null || (leg !== '0' && leg !== '1')) return null
    return { recordedAt, ...pair, leg: Number(leg) }
  },
}

/** Messages in quarantine, of one status and perhaps one code. */
export function quarantineCursor({ status, code }: QuarantineFilter): CursorKind<number> {
  return { list: ['quarantine1', status, code ?? 'any'], write: (id) => [id], read: readNumber }
}

const wholeNumber = /^[1-9][0-9]{0,15}$/

function readNumber([text = '']: readonly string[]): number | null {
  return wholeNumber.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : null
}

/** Of a time that PostgreSQL answered, so within the range of `Micros`. */
function readMicros(text = ''): Micros | null {
  return /^-?[0-9]{1,16}$/.test(text) && Number.isSafeInteger(Number(text)) ? (Number(text) as Micros) : null
}

function readPair([movement, product]: readonly (string | undefined)[]): {
  movementId: MovementId
  productId: ProductId
} | null {
  const movementId = parseUuid<MovementId>(movement)
  const productId = parseUuid<ProductId>(product)
  return movementId === null || productId === null ? null : { movementId, productId }
}
