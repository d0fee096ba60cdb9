import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { decode } from '../../src/message/decode.ts'
import { noPageBars } from '../../src/store/batch-bars.ts'
import type { BatchItem } from '../../src/store/batch.ts'
import { NearState } from '../../src/store/near-state.ts'
import { readTally, startPosition } from '../../src/store/position.ts'
import { writeBatch, type BatchWriterParts } from '../../src/store/write-batch.ts'
import { Draw } from '../simulation/draw.ts'
import { Scheduler, type Parked } from '../simulation/scheduler.ts'
import { SimulatedPostgres } from '../simulation/simulated-postgres.ts'
import { receivedAt, Stream } from '../simulation/stream.ts'
import type { Tables } from '../simulation/tables.ts'
import { readBooks } from '../support/books.ts'
import { freshLedger, namesOf, partitionOf, type TestLedger } from '../support/ledger.ts'

/** Fewer cards than there are: both ways of knowing a card are taken. */
const nearStateCards = 3

/** Batches of some messages of a simulated world, all of partition 0, without those that PostgreSQL would take. */
function batchesOf(seed: number): BatchItem[][] {
  const draw = new Draw(seed)
  const messages = new Stream(draw).sent.filter(({ isHopeless }) => !isHopeless)
  const items = messages.map(({ value, headers }, offset): BatchItem => {
    const message = { partition: 0, offset, key: null, value, headers }
    return { message, decoded: decode(message, receivedAt), receivedAt }
  })
  const batches: BatchItem[][] = []
  while (items.length > 0) batches.push(items.splice(0, 1 + draw.below(12)))
  return batches
}

async function bookAll(parts: BatchWriterParts, batches: readonly BatchItem[][]): Promise<string[][]> {
  const partition = partitionOf(0)
  await startPosition(parts.database, partition, { nextOffset: 0, leaderEpoch: 0 })
  const outcomes: string[][] = []
  let offset = 0
  for (const items of batches) {
    const [from, to] = [offset, offset + items.length]
    const places = { from: { nextOffset: from, leaderEpoch: 0 }, to: { nextOffset: to, leaderEpoch: 0 } }
    outcomes.push(namesOf(await writeBatch(parts, { partition, items, ...places })))
    offset = to
  }
  return outcomes
}

/** Answers every statement as soon as it is asked. */
class PromptScheduler extends Scheduler {
  override park(parked: Parked): void {
    super.park(parked)
    setImmediate(() => {
      assert.ok(parked.happen())
      this.remove(parked)
    })
  }
}

function simulated(): { readonly postgres: SimulatedPostgres; readonly parts: BatchWriterParts } {
  const draw = new Draw(1)
  const scheduler = new PromptScheduler(draw)
  const postgres = new SimulatedPostgres({ draw, scheduler, count: () => {} })
  postgres.isTroubled = false
  const database = postgres.connect({ name: 'test', isAlive: true, isFrozen: false })
  let tokens = 0
  const newToken = (): string => `token ${(tokens += 1)}`
  return {
    postgres,
    parts: { database, nearState: new NearState(nearStateCards), newToken, pageBars: noPageBars },
  }
}

const sorted = (texts: readonly string[]): string[] => texts.toSorted()

async function booksOf({ database }: TestLedger) {
  const { lines, legs, transit } = await readBooks(database)
  const quarantine = await database.query<{ at: number; code: string }>(
    'select kafka_offset as at, code from quarantine',
  )
  return {
    lines: sorted(lines.map((row) => Object.values(row).join(' '))),
    legs: sorted(
      legs.map(({ movement_id: m, product_id: p, leg, quantity, line }) =>
        [m, p, leg, quantity, line].join(' '),
      ),
    ),
    transit: sorted(transit.map((row) => Object.values(row).join(' '))),
    quarantine: sorted(quarantine.map(({ at, code }) => `0:${at} ${code}`)),
    tally: Object.values(await readTally(database)),
  }
}

function simulatedBooksOf(tables: Tables) {
  return {
    lines: sorted(
      [...tables.lines.values()]
        .flat()
        .map(({ warehouseId, productId, line, movementId, leg, change, balance }) =>
          [warehouseId, productId, line, movementId, leg, change, balance].join(' '),
        ),
    ),
    legs: sorted(
      [...tables.allLegs()].map(({ movementId, productId, leg, quantity, line }) =>
        [movementId, productId, leg, quantity, line].join(' '),
      ),
    ),
    transit: sorted(
      [...tables.transit.values()].map(({ movementId, productId, quantity }) =>
        [movementId, productId, quantity].join(' '),
      ),
    ),
    quarantine: sorted([...tables.quarantine].map(([place, code]) => `${place} ${code}`)),
    tally: tables.tally,
  }
}

suite('the simulated PostgreSQL', () => {
  for (const seed of [1, 2, 3, 4]) {
    test(`answers the statements of the store as PostgreSQL does (stream ${seed})`, async (t) => {
      const batches = batchesOf(seed)
      const ledger = await freshLedger(t)
      const real = { ...ledger.parts, nearState: new NearState(nearStateCards) }
      const { postgres, parts } = simulated()
      assert.deepEqual(await bookAll(parts, batches), await bookAll(real, batches))
      assert.deepEqual(simulatedBooksOf(postgres.tables), await booksOf(ledger))
    })
  }
})
