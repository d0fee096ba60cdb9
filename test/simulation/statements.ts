/**
 * The statements of the store, as PostgreSQL would answer them at the level `read committed`: reads see what is committed,
 * writes wait for the locks of their rows and keys, and then meet the newest row. The texts are not read, only their
 * names; `test/store/simulated-postgres.test.ts` holds this file against the real PostgreSQL.
 */
import { byAge, cardId, pairId } from '../../src/booking/ledger.ts'
import type { MovementId, ProductId, WarehouseId } from '../../src/message/event.ts'
import { parseTimestamp } from '../../src/message/timestamp.ts'
import { postgresFault } from '../../src/store/postgres-fault.ts'
import { BinaryReader, int8s, uuids } from './bytes.ts'
import { hopelessQuantity, receivedAt } from './stream.ts'
import { Violation, type LegRow, type LineRow, type Tables, type TransitRow } from './tables.ts'
import type { Transaction } from './transaction.ts'

export interface Context {
  readonly tables: Tables
  readonly transaction: Transaction
  /** The database takes what it refused before: somebody has mended it. */
  readonly isMended: boolean
  /** Whom the statement waits for, if it cannot have all these locks now. */
  readonly lock: (keys: readonly string[]) => Transaction | null
}

export interface Statement {
  readonly name: string
  readonly values: readonly unknown[]
}

/** Its rows, or whom it waits for. */
export type Answer = readonly unknown[] | Transaction

type Run = (context: Context, values: readonly unknown[]) => Answer

/** A short name of the statement, for stories and for counting; unnamed ones are known by how they begin. */
export function statementName(text: string, name: string | undefined): string {
  if (name !== undefined) return /^lock_\d+_warehouses$/.test(name) ? 'lock_warehouses' : name
  const found = unnamed.find(([beginning]) => text.trimStart().startsWith(beginning))
  if (found === undefined)
    throw new Violation(`a statement that the simulation does not know: ${text.slice(0, 80)}`)
  return found[1]
}

const unnamed = [
  ['select topic_id as "topicId"', 'read_position'],
  ['insert into kafka_position', 'start_position'],
  ['insert into warehouse as w', 'lock_warehouses'],
  ['select movement_id as "movementId", quantity', 'more_held'],
  ['insert into quarantine', 'write_quarantine'],
  ['with silent', 'end_silent_owners'],
  ['copy movement_leg', 'copy_legs'],
  ['copy card_line', 'copy_lines'],
] as const

export function execute(context: Context, { name, values }: Statement): Answer {
  const run = statements[name]
  if (run === undefined) throw new Violation(`a statement that the simulation does not know: ${name}`)
  return run(context, values)
}

const statements: Readonly<Record<string, Run>> = {
  read_position: ({ tables }, [, partition]) => {
    const row = tables.positions[Number(partition)]
    return row === null || row === undefined ? [] : [{ ...row }]
  },
  start_position: ({ tables, lock }, [, partition, topicId, leaderEpoch, nextOffset]) => {
    const place = Number(partition)
    const owner = lock([`p${place}`])
    if (owner !== null) return owner
    const row = { topicId: String(topicId), leaderEpoch: Number(leaderEpoch), nextOffset: Number(nextOffset) }
    tables.positions[place] ??= row
    return []
  },
  // Here, who keeps rows too long is ended by the chaos.
  end_silent_owners: () => [],
  advance_position: ({ tables, transaction, lock }, [, partition, topicId, from, to, leaderEpoch]) => {
    const place = Number(partition)
    const owner = lock([`p${place}`])
    if (owner !== null) return owner
    const row = tables.positions[place]
    if (row === null || row === undefined || row.topicId !== topicId || row.nextOffset !== from) return []
    const next = { topicId: row.topicId, leaderEpoch: Number(leaderEpoch), nextOffset: Number(to) }
    transaction.position = { partition: place, from: row.nextOffset, row: next }
    return [{ next_offset: to }]
  },
  lock_warehouses: ({ tables, transaction, lock }, [token, ...pairs]) => {
    const ids = pairs.filter((_, index) => index % 2 === 0) as WarehouseId[]
    if (ids.some((id, index) => index > 0 && (ids[index - 1] ?? '') >= id))
      throw new Violation('warehouses are locked out of order: locks may form a cycle')
    const owner = lock(ids.map((id) => `w${id}`))
    if (owner !== null) return owner
    return ids.map((id) => {
      const prevToken = tables.warehouses.get(id)?.token ?? null
      transaction.warehouses.set(id, { token: String(token), prevToken })
      return { warehouse_id: id, prev_token: prevToken, last_recorded_at: receivedAt }
    })
  },
  legs_of_batch: ({ tables }, [movements, products]) => {
    const wanted = new Set(uuids(products))
    return uuids(movements).flatMap((id) =>
      (tables.legs.get(id as MovementId) ?? [])
        .filter(({ leg, productId }) => leg <= 1 || wanted.has(productId))
        .map((row) => ({ ...row })),
    )
  },
  last_lines_of_batch: ({ tables }, [warehouses, products]) =>
    cardIds(warehouses, products).flatMap((id) => tables.lastLine(id) ?? []),
  held_floors_of_batch: ({ tables }, [warehouses, products, above]) => {
    const limits = int8s(above)
    return cardIds(warehouses, products).flatMap((id, index) => {
      const larger = tables.heldOf(id).filter(({ quantity }) => quantity > (limits[index] ?? 0))
      const [first] = larger
      if (first === undefined) return []
      const { warehouseId, productId } = first
      return [{ warehouseId, productId, quantity: Math.min(...larger.map(({ quantity }) => quantity)) }]
    })
  },
  held_of_batch: ({ tables }, [warehouses, products, reach]) => {
    const limits = int8s(reach)
    return cardIds(warehouses, products).flatMap((id, index) =>
      tables
        .heldOf(id)
        .filter(({ quantity }) => quantity <= (limits[index] ?? 0))
        .toSorted(byAge)
        .slice(0, 101),
    )
  },
  more_held: ({ tables }, [warehouse, product, atMost, occurredAt, movement]) => {
    const held = tables.heldOf(`${String(warehouse)}${String(product)}`)
    const after = typeof occurredAt === 'string' ? parseTimestamp(occurredAt) : null
    const rest = held.filter((row) => {
      if (row.quantity > Number(atMost)) return false
      if (after === null || row.occurredAt > Number(after)) return true
      return row.occurredAt === after && row.movementId > String(movement)
    })
    return rest.toSorted(byAge).slice(0, 1001)
  },
  copy_legs: ({ tables, transaction, lock }, [bytes]) => {
    const rows = legsFrom(bytes)
    const owner = lock(rows.map((row) => `l${pairId(row)}${row.leg}`))
    if (owner !== null) return owner
    for (const row of rows) {
      if (tables.leg(row) !== undefined) throw postgresFault('key_collision')
      if (row.quantity < (row.leg === 0 ? 1 : 0) || row.leg < 0) throw postgresFault('check_violated')
      if (row.line === null && row.leg !== 0) throw postgresFault('check_violated')
      transaction.legs.push(row)
    }
    return []
  },
  copy_lines: ({ tables, transaction, isMended }, [bytes]) => {
    for (const row of linesFrom(bytes)) {
      if (row.change === hopelessQuantity && !isMended) throw postgresFault('data_refused')
      if (row.line <= (tables.lastLine(cardId(row))?.line ?? 0)) throw postgresFault('key_collision')
      if (row.line < 1 || row.balance < 0) throw postgresFault('check_violated')
      if (row.leg === 0 ? row.change >= 0 : row.change < 0) throw postgresFault('check_violated')
      transaction.lines.push(row)
    }
    return []
  },
  release_departures: ({ tables, transaction, lock }, [movements, products, lines]) => {
    const pairs = pairsOf(movements, products)
    const owner = lock(pairs.map(({ key }) => `l${key}0`))
    if (owner !== null) return owner
    const numbers = int8s(lines)
    const released = pairs.flatMap(({ movementId, productId, key }, index) => {
      const row = tables.leg({ movementId, productId, leg: 0 })
      return row === undefined || row.line !== null ? [] : [{ key, line: numbers[index] ?? 0 }]
    })
    transaction.releases.push(...released)
    return released
  },
  settle_transit: (context, [movements, products, quantities]) => {
    const pairs = pairsOf(movements, products)
    const owner = context.lock(pairs.map(({ key }) => `t${key}`))
    if (owner !== null) return owner
    const numbers = int8s(quantities)
    const gone = pairs.filter(({ key }, index) => transitNow(context, key)?.quantity === numbers[index])
    for (const { key } of gone) context.transaction.transit.set(key, null)
    return gone
  },
  add_to_transit: (context, [movements, products, quantities]) => {
    const pairs = pairsOf(movements, products)
    const owner = context.lock(pairs.map(({ key }) => `t${key}`))
    if (owner !== null) return owner
    const numbers = int8s(quantities)
    return pairs.flatMap(({ movementId, productId, key }, index) => {
      const before = transitNow(context, key)
      const quantity = (before?.quantity ?? 0) + (numbers[index] ?? 0)
      const row: TransitRow = { movementId, productId, quantity }
      context.transaction.transit.set(key, row)
      return before === undefined ? [] : [row]
    })
  },
  delete_zero_transit: ({ transaction }, [movements]) => {
    const wanted = new Set(uuids(movements))
    const zeros = [...transaction.transit].filter(
      ([, row]) => row?.quantity === 0 && wanted.has(row.movementId),
    )
    for (const [key] of zeros) transaction.transit.set(key, null)
    return zeros
  },
  write_quarantine: ({ tables, transaction }, values) => {
    const width = 13
    const places: string[] = []
    for (let start = 0; start < values.length; start += width) {
      const place = `${Number(values[start + 2])}:${Number(values[start + 3])}`
      if (tables.quarantine.has(place)) continue
      transaction.quarantine.set(place, String(values[start + 8]))
      places.push(place)
    }
    return places
  },
  add_to_tally: ({ transaction }, [, , , ...counts]) => {
    transaction.tally = counts.map(Number)
    return []
  },
}

/** Undefined: there is no row. */
function transitNow({ tables, transaction }: Context, key: string): TransitRow | undefined {
  const own = transaction.transit.get(key)
  if (own === undefined) return tables.transit.get(key)
  return own ?? undefined
}

function cardIds(warehouses: unknown, products: unknown): string[] {
  const second = uuids(products)
  return uuids(warehouses).map((id, index) => id + (second[index] ?? ''))
}

function pairsOf(movements: unknown, products: unknown) {
  const second = uuids(products)
  return uuids(movements).map((id, index) => {
    const pair = { movementId: id as MovementId, productId: (second[index] ?? '') as ProductId }
    return { ...pair, key: pairId(pair) }
  })
}

function legsFrom(bytes: unknown): LegRow[] {
  const reader = new BinaryReader(bytes)
  const rows: LegRow[] = []
  reader.startCopy()
  while (reader.nextRow(12)) {
    const row = {
      movementId: reader.uuid() as MovementId,
      productId: reader.uuid() as ProductId,
      leg: reader.int4(),
      warehouseId: reader.uuid() as WarehouseId,
      quantity: reader.int8(),
      occurredAt: reader.timestamp(),
      source: reader.text(),
      messageId: reader.text(),
      partition: reader.int4(),
      offset: reader.int8(),
    }
    reader.timestamp()
    rows.push({ ...row, line: reader.nullableInt8() })
  }
  return rows
}

function linesFrom(bytes: unknown): LineRow[] {
  const reader = new BinaryReader(bytes)
  const rows: LineRow[] = []
  reader.startCopy()
  while (reader.nextRow(9)) {
    rows.push({
      warehouseId: reader.uuid() as WarehouseId,
      productId: reader.uuid() as ProductId,
      line: reader.int8(),
      movementId: reader.uuid() as MovementId,
      leg: reader.int4(),
      change: reader.int8(),
      balance: reader.int8(),
    })
    reader.timestamp()
    reader.timestamp()
  }
  return rows
}
