import type { NewLeg, NewLine, Release } from '../booking/ledger.ts'
import type { MovementEvent, Micros } from '../message/event.ts'
import type { DecidedBatch } from './batch.ts'
import { int8Array, uuidArray } from './binary-array.ts'
import { BinaryCopy } from './binary-copy.ts'
import type { Session } from './database.ts'
import { postgresFault } from './postgres-fault.ts'

const legBytes = 220
const lineBytes = 150

/** The accepted events, sorted by key: two writers that choose the same leg collide here, and wait in one order. */
export async function writeLegs(session: Session, decided: DecidedBatch): Promise<void> {
  const { batch, decision } = decided
  if (decision.legs.length === 0) return
  const messages = batch.items
    .filter(({ decoded }) => decoded.kind !== 'rejected')
    .map(({ message }) => message)
  const rows = new BinaryCopy(decision.legs.length * legBytes)
  for (const leg of [...decision.legs].sort(byLegKey)) {
    const message = messages[leg.event]
    if (message === undefined) throw new RangeError('a leg without its message')
    rows.startRow(12)
    rows.uuid(leg.movementId)
    rows.uuid(leg.productId)
    rows.int4(leg.leg)
    rows.uuid(leg.warehouseId)
    rows.int8(leg.quantity)
    rows.timestamp(leg.occurredAt)
    rows.text(leg.source)
    rows.text(leg.messageId)
    rows.int4(message.partition)
    rows.int8(message.offset)
    rows.timestamp(recordedAt(decided, leg.warehouseId))
    rows.nullableInt8(leg.line)
  }
  await session.copy(
    `copy movement_leg (movement_id, product_id, leg, warehouse_id, quantity, occurred_at, source, message_id,
       kafka_partition, kafka_offset, recorded_at, line)
     from stdin (format binary)`,
    rows.finish(),
  )
}

/** The booked lines, card by card. A line that is there already means that what was known is out of date. */
export async function writeLines(session: Session, decided: DecidedBatch): Promise<void> {
  const lines = [...decided.decision.lines].sort(byLineKey)
  await copyLines(session, 'card_line', lines, ({ warehouseId }) => recordedAt(decided, warehouseId))
}

/** Appends lines, in their order, to the table of lines or to one that is made like it. */
export async function copyLines<Line extends NewLine>(
  session: Session,
  table: 'card_line' | 'rebuilt_line',
  lines: readonly Line[],
  recorded: (line: Line) => Micros,
): Promise<void> {
  if (lines.length === 0) return
  const rows = new BinaryCopy(lines.length * lineBytes)
  for (const line of lines) {
    rows.startRow(9)
    rows.uuid(line.warehouseId)
    rows.uuid(line.productId)
    rows.int8(line.line)
    rows.uuid(line.movementId)
    rows.int4(line.leg)
    rows.int8(line.change)
    rows.int8(line.balance)
    rows.timestamp(line.occurredAt)
    rows.timestamp(recorded(line))
  }
  await session.copy(
    `copy ${table} (warehouse_id, product_id, line, movement_id, leg, change, balance, occurred_at, recorded_at)
     from stdin (format binary)`,
    rows.finish(),
  )
}

/**
 * Gives held departures their lines. (`coalesce`, not `is null`: the partial indexes over all that is held would look
 * attractive to the planner, 100,000 entries read for 2,000 releases.)
 *
 * Each must still have been without one: else what was known is out of date.
 */
export async function writeReleases(session: Session, releases: readonly Release[]): Promise<void> {
  if (releases.length === 0) return
  const rows = await session.query(
    `update movement_leg m set line = r.line
     from unnest($1::uuid[], $2::uuid[], $3::bigint[]) as r (movement_id, product_id, line)
     where m.movement_id = any($1::uuid[])
       and m.movement_id = r.movement_id and m.product_id = r.product_id and m.leg = 0
       and coalesce(m.line, 0) = 0
     returning m.leg`,
    [
      uuidArray(releases.map(({ movementId }) => movementId)),
      uuidArray(releases.map(({ productId }) => productId)),
      int8Array(releases.map(({ line }) => line)),
    ],
    { name: 'release_departures' },
  )
  if (rows.length !== releases.length) throw postgresFault('key_collision')
}

function recordedAt({ warehouses }: DecidedBatch, warehouseId: MovementEvent['warehouseId']): Micros {
  const warehouse = warehouses.get(warehouseId)
  if (warehouse === undefined) throw new RangeError('a booking in a warehouse that was not taken')
  return warehouse.recordedAt
}

function byLegKey(a: NewLeg, b: NewLeg): number {
  if (a.movementId !== b.movementId) return a.movementId < b.movementId ? -1 : 1
  if (a.productId !== b.productId) return a.productId < b.productId ? -1 : 1
  return a.leg - b.leg
}

function byLineKey(a: NewLine, b: NewLine): number {
  if (a.warehouseId !== b.warehouseId) return a.warehouseId < b.warehouseId ? -1 : 1
  if (a.productId !== b.productId) return a.productId < b.productId ? -1 : 1
  return a.line - b.line
}
