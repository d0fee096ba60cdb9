/**
 * One batch, one transaction, in one order everywhere, so that locks form no cycle:
 *
 *   position (compare-and-set: fences a former owner) → warehouses, sorted (the lock of their cards) →
 *   read what is known → decide (pure, on copies) → legs → lines → releases → transit → quarantine → outbox → tally → COMMIT
 *
 * Either all of it is true afterwards or nothing is, the position included: a message is booked exactly once however
 * often it is delivered. After COMMIT the near state is published; after anything else it is forgotten. Beside it, the
 * pages that the batch changes are kept out of the cache (batch-bars.ts).
 */
import { decide } from '../booking/decide.ts'
import type { Outcome } from '../booking/ledger.ts'
import type { MovementId } from '../message/event.ts'
import { BatchBars, type PageBars } from './batch-bars.ts'
import type { Batch, DecidedBatch, WrittenBatch } from './batch.ts'
import type { Session, Transactions } from './database.ts'
import { endSilentOwners } from './end-silent-owner.ts'
import type { NearState } from './near-state.ts'
import { addToTally, advancePosition } from './position.ts'
import { readKnown } from './read-known.ts'
import { summariseBatch } from './summarise-batch.ts'
import { settle } from './settle-decision.ts'
import { lockWarehouses } from './warehouse-lock.ts'
import { writeLegs, writeLines, writeReleases } from './write-ledgers.ts'
import { nothingTold, writeOutbox, type OutboxContent } from './write-outbox.ts'
import { writeQuarantine } from './write-quarantine.ts'
import { writeTransit } from './write-transit.ts'

export interface BatchWriterParts {
  readonly database: Transactions
  readonly nearState: NearState
  /** A fresh random UUID for each call. */
  readonly newToken: () => string
  /** Where pages are kept that a batch may change. */
  readonly pageBars: PageBars
  /** What other topics are told of; nothing if left out. */
  readonly outbox?: OutboxContent
}

/**
 * Books a batch. `fenced`: the partition is no longer where the batch starts, and nothing was written: another owner
 * was quicker, or an earlier COMMIT of ours went through though its answer was lost. Throws a Fault, with nothing
 * written, or, for `commit_unknown`, with everything or nothing: read the position to know.
 */
export async function writeBatch(
  { database, nearState, newToken, pageBars, outbox = nothingTold }: BatchWriterParts,
  batch: Batch,
): Promise<WrittenBatch | 'fenced'> {
  const events = batch.items.map(({ decoded }) => decoded).filter((decoded) => decoded.kind !== 'rejected')
  const token = newToken()
  const bars = new BatchBars(pageBars)
  try {
    const written = await database.transaction(async (session) => {
      if (!(await advancePosition(session, batch.partition, batch))) return 'fenced'
      const warehouses = await lockWarehouses(session, events, token)
      for (const warehouse of warehouses.values()) nearState.take(warehouse)
      const known = await readKnown(session, events, nearState)
      const decision = await settle(decide(events, known), session)
      bars.raise(decision, known)
      const outcomes = mergeOutcomes(batch, decision.outcomes)
      const { met } = await write(session, { batch, warehouses, decision, outcomes }, outbox)
      await bars.complete(session, met)
      return { warehouses, decision, outcomes }
    })
    void bars.lift(database)
    if (written === 'fenced') return 'fenced'
    const { warehouses, decision, outcomes } = written
    nearState.publish([...warehouses.values()], decision.cards)
    return { outcomes, releases: decision.releases.length }
  } catch (error) {
    bars.abandon(error)
    nearState.forget(events.map(({ warehouseId }) => warehouseId))
    throw await endSilentOwners(database, error)
  }
}

/** The outcome of each item: the decision's for an event, the rejection itself for what could not be decoded. */
function mergeOutcomes({ items }: Batch, decided: readonly Outcome[]): Outcome[] {
  let next = 0
  return items.map(({ decoded }) => {
    if (decoded.kind === 'rejected') return decoded
    const outcome = decided[next++]
    if (outcome === undefined) throw new RangeError('an event was left undecided')
    return outcome
  })
}

/** `met`: movements that another transaction has booked since they were read. */
async function write(
  session: Session,
  decided: DecidedBatch,
  outbox: OutboxContent,
): Promise<{ met: readonly MovementId[] }> {
  const { batch, decision } = decided
  await writeLegs(session, decided)
  await writeLines(session, decided)
  await writeReleases(session, decision.releases)
  const { grown: movementsInTransit, met } = await writeTransit(session, decision.transit)
  const quarantineIds = await writeQuarantine(session, decided)
  await writeOutbox(session, outbox, { lines: decision.lines, quarantineIds })
  if (batch.items.length > 0) {
    const tally = { ...countNew(decided), movementsInTransit, messagesQuarantined: quarantineIds.length }
    await addToTally(session, batch.partition, { tally, changes: summariseBatch(decided) })
  }
  return { met }
}

/** Each of these is told exactly by a row that only one transaction can write. */
function countNew({ batch, warehouses, decision }: DecidedBatch) {
  const { legs, lines, releases } = decision
  return {
    messagesSettled: batch.items.length,
    warehouses: count(warehouses.values(), ({ prevToken }) => prevToken === null),
    cards: count(lines, ({ line }) => line === 1),
    lines: lines.length,
    movementsDeparted: count(legs, ({ leg }) => leg === 0),
    movementsArrived: count(legs, ({ leg }) => leg === 1),
    departuresHeld: count(legs, ({ line }) => line === null) - releases.length,
  }
}

function count<Item>(items: Iterable<Item>, matches: (item: Item) => boolean): number {
  let found = 0
  for (const item of items) if (matches(item)) found += 1
  return found
}
