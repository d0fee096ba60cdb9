/** What a simulated PostgreSQL has committed, and what must be true of it after every COMMIT. */
import { cardId, pairId } from '../../src/booking/ledger.ts'
import type {
  CardKey,
  Micros,
  MovementEvent,
  MovementId,
  ProductId,
  WarehouseId,
} from '../../src/message/event.ts'
import { isOpening } from '../../src/message/opening-stock.ts'
import { partitions } from './stream.ts'

export interface LegRow extends CardKey {
  readonly movementId: MovementId
  readonly leg: number
  readonly quantity: number
  readonly occurredAt: Micros
  readonly source: string
  readonly messageId: string
  readonly partition: number
  readonly offset: number
  line: number | null
}

export interface LineRow extends CardKey {
  readonly line: number
  readonly movementId: MovementId
  readonly leg: number
  readonly change: number
  readonly balance: number
}

export interface TransitRow {
  readonly movementId: MovementId
  readonly productId: ProductId
  readonly quantity: number
}

export interface PositionRow {
  readonly topicId: string
  readonly leaderEpoch: number
  readonly nextOffset: number
}

export interface WarehouseRow {
  readonly token: string
  readonly prevToken: string | null
}

/** A batch, or a row by hand, in the order of the COMMITs. */
export type Committed =
  | { readonly kind: 'batch'; readonly partition: number; readonly from: number; readonly to: number }
  | { readonly kind: 'manual'; readonly event: MovementEvent }

/** What one COMMIT adds. */
export interface Changes {
  readonly position: { readonly partition: number; readonly from: number; readonly row: PositionRow } | null
  readonly warehouses: ReadonlyMap<WarehouseId, WarehouseRow>
  readonly legs: readonly LegRow[]
  readonly lines: readonly LineRow[]
  readonly releases: readonly { readonly key: string; readonly line: number }[]
  /** Null: the row is gone. */
  readonly transit: ReadonlyMap<string, TransitRow | null>
  readonly quarantine: ReadonlyMap<string, string>
  readonly tally: readonly number[]
}

/** Something that must never be. */
export class Violation extends Error {
  override readonly name = 'Violation'
}

export class Tables {
  readonly positions: (PositionRow | null)[] = Array.from({ length: partitions }, () => null)
  readonly warehouses = new Map<WarehouseId, WarehouseRow>()
  /** By movement, in the order of their writing. */
  readonly legs = new Map<MovementId, LegRow[]>()
  readonly lines = new Map<string, LineRow[]>()
  readonly held = new Map<string, LegRow[]>()
  readonly transit = new Map<string, TransitRow>()
  /** Codes by `PARTITION:OFFSET`. */
  readonly quarantine = new Map<string, string>()
  readonly tally: number[] = []
  readonly history: Committed[] = []
  /** Cards with a line that was inserted behind the back of the lock, until the next arrival releases what it can. */
  readonly tainted = new Set<string>()
  /** What is on the cards, what is under way, what is held, what the cards began with. */
  #sums = { cards: 0, transit: 0, held: 0, opened: 0 }

  /** As a backup has it: later changes do not reach it. */
  copy(): Tables {
    const copy = new Tables()
    copy.positions.splice(0, partitions, ...this.positions)
    for (const [id, row] of this.warehouses) copy.warehouses.set(id, row)
    for (const [id, rows] of this.legs)
      copy.legs.set(
        id,
        rows.map((row) => ({ ...row })),
      )
    for (const [id, rows] of this.lines) copy.lines.set(id, [...rows])
    for (const row of this.allLegs()) if (row.line === null) copy.held.set(cardId(row), [])
    for (const row of copy.allLegs()) if (row.line === null) copy.held.get(cardId(row))?.push(row)
    for (const [id, row] of this.transit) copy.transit.set(id, row)
    for (const [id, code] of this.quarantine) copy.quarantine.set(id, code)
    copy.tally.push(...this.tally)
    copy.history.push(...this.history)
    for (const id of this.tainted) copy.tainted.add(id)
    copy.#sums = { ...this.#sums }
    return copy
  }

  *allLegs(): Generator<LegRow> {
    for (const rows of this.legs.values()) yield* rows
  }

  leg({ movementId, productId, leg }: Pick<LegRow, 'movementId' | 'productId' | 'leg'>): LegRow | undefined {
    return this.legs.get(movementId)?.find((row) => row.leg === leg && row.productId === productId)
  }

  heldOf(id: string): readonly LegRow[] {
    return this.held.get(id) ?? []
  }

  lastLine(id: string): LineRow | undefined {
    return this.lines.get(id)?.at(-1)
  }

  /** All of it or nothing is seen by others. Throws a Violation if the books are wrong afterwards. */
  commit(changes: Changes): void {
    const touched = new Set<string>()
    this.#movePosition(changes)
    for (const [id, row] of changes.warehouses) this.warehouses.set(id, row)
    for (const row of changes.legs) this.#addLeg(row, touched)
    for (const line of changes.lines) this.addLine(line, touched)
    for (const { key, line } of changes.releases) this.#release(key, line)
    for (const [id, row] of changes.transit) this.#setTransit(id, row)
    for (const [place, code] of changes.quarantine) this.quarantine.set(place, code)
    for (const [index, count] of changes.tally.entries()) this.tally[index] = (this.tally[index] ?? 0) + count
    for (const { movementId, leg, productId, line } of changes.lines) {
      if (this.leg({ movementId, leg, productId })?.line !== line)
        throw new Violation(`I2 line ${line} without its leg`)
    }
    for (const id of touched) this.#checkHeld(id)
    this.checkSums()
  }

  /** Everything at once, by somebody who is not a program of ours. */
  insertByHand(by: {
    readonly leg: LegRow
    readonly line: LineRow
    readonly warehouse: WarehouseRow | null
    readonly event: MovementEvent
    readonly isRude: boolean
  }): void {
    const { leg, line, warehouse, event, isRude } = by
    const { movementId, productId, quantity, warehouseId } = leg
    this.#addLeg(leg, new Set())
    this.addLine(line, new Set())
    if (isRude) this.tainted.add(cardId(line))
    this.#setTransit(pairId(leg), { movementId, productId, quantity: -quantity })
    if (warehouse !== null) this.warehouses.set(warehouseId, warehouse)
    this.history.push({ kind: 'manual', event })
  }

  checkSums(): void {
    const { cards, transit, held, opened } = this.#sums
    if (cards + transit !== held + opened)
      throw new Violation(`I8 cards ${cards} + transit ${transit} is not held ${held} + opened ${opened}`)
  }

  #movePosition({ position, legs, lines, quarantine }: Changes): void {
    if (position === null) {
      if (legs.length + lines.length + quarantine.size > 0)
        throw new Violation('I3 written without moving the position')
      return
    }
    const { partition, from, row } = position
    if (this.positions[partition]?.nextOffset !== from) throw new Violation('I3 the position was moved twice')
    if (row.nextOffset < from) throw new Violation(`I4 partition ${partition} went back to ${row.nextOffset}`)
    this.positions[partition] = row
    this.history.push({ kind: 'batch', partition, from, to: row.nextOffset })
  }

  #addLeg(row: LegRow, touched: Set<string>): void {
    const rows = this.legs.get(row.movementId)
    if (rows === undefined) this.legs.set(row.movementId, [row])
    else rows.push(row)
    if (isOpening(row)) this.#sums.opened += row.quantity
    if (row.line !== null) return
    const id = cardId(row)
    const held = this.held.get(id)
    if (held === undefined) this.held.set(id, [row])
    else held.push(row)
    this.#sums.held += row.quantity
    touched.add(id)
  }

  addLine(row: LineRow, touched: Set<string>): void {
    const id = cardId(row)
    const lines = this.lines.get(id) ?? []
    const last = lines.at(-1)
    if (row.line !== (last?.line ?? 0) + 1)
      throw new Violation(`I2 line ${row.line} of ${id} after ${last?.line}`)
    if (row.balance !== (last?.balance ?? 0) + row.change)
      throw new Violation(`I2 balance ${row.balance} after ${last?.balance} and ${row.change} on ${id}`)
    if (row.balance < 0) throw new Violation(`I1 balance ${row.balance} on ${id}`)
    if (last === undefined) this.lines.set(id, lines)
    lines.push(row)
    this.#sums.cards += row.change
    if (row.leg > 0) this.tainted.delete(id)
    touched.add(id)
  }

  #release(key: string, line: number): void {
    for (const [id, rows] of this.held) {
      const index = rows.findIndex((row) => pairId(row) === key)
      const row = rows[index]
      if (row === undefined) continue
      rows.splice(index, 1)
      if (rows.length === 0) this.held.delete(id)
      row.line = line
      this.#sums.held -= row.quantity
      return
    }
    throw new Violation('I5 released what is not held')
  }

  #setTransit(id: string, row: TransitRow | null): void {
    this.#sums.transit += (row?.quantity ?? 0) - (this.transit.get(id)?.quantity ?? 0)
    if (row === null) this.transit.delete(id)
    else this.transit.set(id, row)
  }

  #checkHeld(id: string): void {
    if (this.tainted.has(id)) return
    const balance = this.lastLine(id)?.balance ?? 0
    for (const { quantity } of this.heldOf(id)) {
      if (quantity <= balance)
        throw new Violation(`I5 ${quantity} is held in vain on ${id}, which has ${balance}`)
    }
  }
}
