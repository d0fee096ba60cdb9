/** A ledger on a fresh PostgreSQL database: the real store, ready to book events without Kafka. */
import { randomUUID } from 'node:crypto'
import type { TestContext } from 'node:test'
import type { Outcome } from '../../src/booking/ledger.ts'
import type { Micros, MovementEvent } from '../../src/message/event.ts'
import type { Message } from '../../src/message/message.ts'
import type { Batch, BatchItem, Partition, WrittenBatch } from '../../src/store/batch.ts'
import { Database, type DatabaseOptions } from '../../src/store/database.ts'
import { NearState } from '../../src/store/near-state.ts'
import { readPosition, startPosition } from '../../src/store/position.ts'
import { noPageBars } from '../../src/store/batch-bars.ts'
import { writeBatch, type BatchWriterParts } from '../../src/store/write-batch.ts'
import { freshDatabase, type DatabaseAddress, type Owner } from './environment.ts'

export const topicId = '11111111-2222-4333-8444-555555555555'
export const partitionOf = (partition: number): Partition => ({ topic: 'movements', topicId, partition })

export interface TestLedger {
  readonly address: DatabaseAddress
  readonly database: Database
  readonly parts: BatchWriterParts
  /** Another process on the same database: its own connections and near state. */
  another(): TestLedger
  /** Books events as the next messages of a partition. */
  book(events: readonly MovementEvent[], partition?: number): Promise<WrittenBatch | 'fenced'>
  /** The same for items of any kind, from an offset on. */
  write(
    items: readonly BatchItem[],
    options: { from: number; partition?: number },
  ): Promise<WrittenBatch | 'fenced'>
}

export async function freshLedger(t: TestContext, options: { poolSize?: number } = {}): Promise<TestLedger> {
  return openLedger(t, await freshDatabase(t), options)
}

export function openDatabase(
  owner: Owner,
  address: DatabaseAddress,
  options: Partial<DatabaseOptions> = {},
): Database {
  const database = new Database({
    ...address,
    poolSize: 4,
    connectTimeoutMs: 5000,
    statementTimeoutMs: 20_000,
    lockTimeoutMs: 10_000,
    queueTimeoutMs: Infinity,
    applicationName: 'bincard test',
    ...options,
  })
  owner.after(() => database.close())
  return database
}

/** A ledger on a database that is there. */
export function openLedger(
  t: TestContext,
  address: DatabaseAddress,
  options: { poolSize?: number },
): TestLedger {
  const database = openDatabase(t, address, { poolSize: options.poolSize ?? 4 })
  const parts = {
    database,
    nearState: new NearState(10_000),
    newToken: () => randomUUID(),
    pageBars: noPageBars,
  }
  const ledger: TestLedger = {
    address,
    database,
    parts,
    another: () => openLedger(t, address, options),
    book: async (events, partition = 0) => {
      const position = await readPosition(database, partitionOf(partition))
      const from = position?.nextOffset ?? 0
      return await ledger.write(itemsOf(events, { partition, from }), { from, partition })
    },
    write: async (items, { from, partition = 0 }) => {
      const place = partitionOf(partition)
      await startPosition(database, place, { nextOffset: 0, leaderEpoch: -1 })
      const batch: Batch = {
        partition: place,
        from: { nextOffset: from, leaderEpoch: 0 },
        to: { nextOffset: from + items.length, leaderEpoch: 0 },
        items,
      }
      return await writeBatch(parts, batch)
    },
  }
  return ledger
}

export function itemsOf(
  events: readonly MovementEvent[],
  { partition, from }: { partition: number; from: number },
): BatchItem[] {
  return events.map((decoded, index) => ({
    message: messageAt({ partition, offset: from + index }),
    decoded,
    receivedAt: (Date.now() * 1000) as Micros,
  }))
}

export function messageAt(place: { partition: number; offset: number }): Message {
  return { ...place, key: null, value: Buffer.from('{}'), headers: [] }
}

/** Outcomes by name, rejections by their code. */
export function namesOf(written: WrittenBatch | 'fenced'): string[] {
  return written === 'fenced' ? ['fenced'] : written.outcomes.map(nameOf)
}

function nameOf(outcome: Outcome): string {
  return typeof outcome === 'string' ? outcome : outcome.code
}
