/** What must be true of a world that has come to rest: the books are those of the oracle, nothing lost, nothing twice. */
import { cardId, pairId } from '../../src/booking/ledger.ts'
import type { MovementEvent } from '../../src/message/event.ts'
import { isOpening } from '../../src/message/opening-stock.ts'
import { Model, type ModelOutcome } from '../support/model.ts'
import type { LegRow } from './tables.ts'
import { Violation } from './tables.ts'
import type { World } from './world.ts'

const quarantines: ReadonlySet<ModelOutcome> = new Set([
  'possible_duplicate',
  'departure_conflict',
  'arrival_conflict',
])

export function judge(world: World): void {
  if (world.counts.has('fault unexpected')) throw new Violation('I7 an error that should not have happened')
  checkPlaces(world)
  const model = replay(world)
  if (!world.isRude) checkLines(world, model)
  checkBalances(world, model)
  checkLegs(world, model)
  checkTransit(world, model)
  checkTally(world)
  world.postgres.tables.checkSums()
  checkOtherOrder(world)
}

/** I4: every partition is booked to its end, each offset once; or it stands where its log was deleted, and says so. */
function checkPlaces(world: World): void {
  const { tables } = world.postgres
  const ends = world.logs.map(() => 0)
  for (const one of tables.history) {
    if (one.kind === 'manual') continue
    if (one.from !== ends[one.partition])
      throw new Violation(`I4 partition ${one.partition}: a gap before ${one.from}`)
    ends[one.partition] = one.to
  }
  for (const { partition, earliest, end, isCut } of world.logs) {
    const position = tables.positions[partition]?.nextOffset ?? 0
    if (ends[partition] !== position)
      throw new Violation(`I4 partition ${partition}: booked up to ${ends[partition]}`)
    const state = world.owners[partition]?.lanes.get(partition)?.state
    const code = state?.name === 'halted' ? state.fault.code : null
    if (position < earliest && code !== 'position_before_log')
      throw new Violation(`partition ${partition} at ${position} of ${earliest}: ${code ?? state?.name}`)
    if (isCut && code === 'position_before_log') continue
    if (position !== end || state?.name !== 'running')
      throw new Violation(`I4 partition ${partition} rests at ${position} of ${end}, ${code ?? state?.name}`)
  }
}

/** The oracle books what is committed, in the order of the COMMITs; each message must have become what it says. */
function replay(world: World): Model {
  const { tables } = world.postgres
  const legs = new Map<string, LegRow>()
  for (const row of tables.allLegs()) {
    const place = `${row.partition}:${row.offset}`
    if (legs.has(place)) throw new Violation(`I3 the message at ${place} is booked twice`)
    legs.set(place, row)
  }
  const model = new Model()
  let found = 0
  for (const one of tables.history) {
    if (one.kind === 'manual') {
      model.deliver(one.event)
      found += 1
      continue
    }
    for (let offset = one.from; offset < one.to; offset += 1) {
      const sent = world.logs[one.partition]?.records[offset]?.sent
      if (sent === null || sent === undefined) continue
      const place = `${one.partition}:${offset}`
      const leg = legs.get(place)
      const code = tables.quarantine.get(place)
      const wanted = sent.isHopeless
        ? 'refused_by_database'
        : typeof sent.says === 'string'
          ? sent.says
          : model.deliver(sent.says)
      if (wanted === 'booked' || wanted === 'held') {
        if (leg === undefined || code !== undefined)
          throw new Violation(`I4 ${place} should be booked, is ${code ?? 'lost'}`)
        if (!isSame(leg, sent.says)) throw new Violation(`rule 0: ${place} is booked otherwise than it says`)
        found += 1
      } else if (leg !== undefined) throw new Violation(`I3 ${place} is booked, should be ${wanted}`)
      else if (wanted === 'duplicate' ? code !== undefined : code !== wanted)
        throw new Violation(`I4 ${place} should be ${wanted}, is ${code ?? 'nothing'}`)
      if (typeof sent.says !== 'string' && quarantines.has(wanted as ModelOutcome))
        world.count('contradiction')
    }
  }
  if (found !== legs.size) throw new Violation(`I3 ${legs.size} legs, ${found} of them are the oracle's`)
  return model
}

function isSame(leg: LegRow, says: MovementEvent | string): boolean {
  if (typeof says === 'string') return false
  const kind = leg.leg === 0 ? 'departure' : 'arrival'
  return (
    pairId(leg) === pairId(says) &&
    cardId(leg) === cardId(says) &&
    kind === says.kind &&
    leg.quantity === says.quantity &&
    leg.occurredAt === says.occurredAt &&
    leg.messageId === says.messageId &&
    leg.source === says.source
  )
}

/** I2, and the order of release: line by line. */
function checkLines({ postgres }: World, model: Model): void {
  for (const [key, { lines }] of model.cards) {
    const id = key.replace('/', '')
    const stored = postgres.tables.lines.get(id) ?? []
    if (stored.length !== lines.length)
      throw new Violation(`${key} has ${stored.length} lines, not ${lines.length}`)
    for (const [index, line] of lines.entries()) {
      const other = stored[index]
      if (
        other?.movementId !== line.movementId ||
        other.change !== line.change ||
        other.balance !== line.balance
      )
        throw new Violation(`line ${index + 1} of ${key} is not the oracle's`)
    }
  }
}

/** I5. */
function checkBalances({ postgres: { tables } }: World, model: Model): void {
  for (const [key, card] of model.cards) {
    const id = key.replace('/', '')
    const balance = tables.lastLine(id)?.balance ?? 0
    const held = tables.heldOf(id)
    if (balance !== card.balance) throw new Violation(`I5 ${key} has ${balance}, not ${card.balance}`)
    const wanted = new Set(card.held.map(({ movementId }) => movementId))
    if (held.length !== wanted.size || held.some(({ movementId }) => !wanted.has(movementId)))
      throw new Violation(`I5 ${key} holds others than the oracle`)
    if (held.some(({ quantity }) => quantity <= balance)) throw new Violation(`I5 ${key} holds in vain`)
  }
}

/** Legs gapless, each booked one has its line. */
function checkLegs({ postgres: { tables } }: World, model: Model): void {
  const arrivals = new Map<string, number>()
  for (const row of tables.allLegs()) {
    const line = tables.lines.get(cardId(row))?.[(row.line ?? 0) - 1]
    if (row.line === null ? row.leg !== 0 : line?.movementId !== row.movementId || line.leg !== row.leg)
      throw new Violation(`I2 a leg of ${row.movementId} without its line`)
    if (row.leg === 0) continue
    const before = arrivals.get(pairId(row)) ?? 0
    if (row.leg !== before + 1) throw new Violation(`a gap in the legs of ${row.movementId}`)
    arrivals.set(pairId(row), row.leg)
  }
  let accepted = 0
  for (const events of model.movements.values()) accepted += events.length
  const stored = [...tables.allLegs()].length
  if (accepted !== stored) throw new Violation(`${stored} legs, the oracle has ${accepted}`)
}

function checkTransit({ postgres: { tables } }: World, model: Model): void {
  const underWay = new Map<string, number>()
  for (const [key, events] of model.movements) {
    let sum = 0
    for (const event of events) {
      if (!isOpening(event)) sum += event.kind === 'departure' ? event.quantity : -event.quantity
    }
    if (sum !== 0) underWay.set(key.replace('/', ''), sum)
  }
  if (underWay.size !== tables.transit.size)
    throw new Violation(`I8 ${tables.transit.size} rows of transit instead of ${underWay.size}`)
  for (const [key, sum] of underWay) {
    if (tables.transit.get(key)?.quantity !== sum) throw new Violation(`I8 transit of ${key} is not ${sum}`)
  }
}

/** The totals beside the positions, in the order of `Tally`. Rows by hand are in no total. */
function checkTally({ postgres: { tables }, logs }: World): void {
  if (tables.history.some(({ kind }) => kind === 'manual')) return
  const legs = [...tables.allLegs()]
  const messages = logs.map(({ records, partition }) =>
    records.slice(0, tables.positions[partition]?.nextOffset ?? 0).filter(({ message }) => message !== null),
  )
  const lines = [...tables.lines.values()]
  const wanted = {
    messagesSettled: messages.flat().length,
    warehouses: tables.warehouses.size,
    cards: lines.length,
    lines: lines.flat().length,
    movementsDeparted: legs.filter(({ leg }) => leg === 0).length,
    movementsArrived: legs.filter(({ leg }) => leg === 1).length,
    movementsInTransit: tables.transit.size,
    departuresHeld: legs.filter(({ line }) => line === null).length,
    messagesQuarantined: tables.quarantine.size,
  }
  for (const [index, [name, count]] of Object.entries(wanted).entries()) {
    const told = tables.tally[index] ?? 0
    if (told !== count) throw new Violation(`the total of ${name} is ${told}, not ${count}`)
  }
}

/**
 * What is held in the end, and every balance, is the same in any other order of delivery, where a card's reports add up
 * to zero or more: here, one partition after the other.
 */
function checkOtherOrder({ postgres: { tables }, logs }: World): void {
  const model = new Model()
  for (const one of tables.history) if (one.kind === 'manual') model.deliver(one.event)
  for (const { records, partition } of logs) {
    for (const { sent } of records.slice(0, tables.positions[partition]?.nextOffset ?? 0)) {
      if (sent !== null && typeof sent.says !== 'string' && !sent.isHopeless) model.deliver(sent.says)
    }
  }
  for (const [key, { balance, held }] of model.cards) {
    const stored = tables.lastLine(key.replace('/', ''))?.balance ?? 0
    if (held.length === 0 && stored !== balance)
      throw new Violation(`I5 ${key} depends on the order of delivery`)
  }
}
