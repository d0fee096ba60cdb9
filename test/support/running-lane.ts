import type { TestContext } from 'node:test'
import { Lane, type LaneStore } from '../../src/intake/lane.ts'
import type { IntakeObserver } from '../../src/intake/observer.ts'
import { RefusalStreak } from '../../src/intake/refusal-streak.ts'
import { realTime, type Time } from '../../src/intake/time.ts'
import { Turns } from '../../src/intake/turns.ts'
import type { Micros } from '../../src/message/event.ts'
import { readPosition, startPosition } from '../../src/store/position.ts'
import { writeBatch } from '../../src/store/write-batch.ts'
import { arrival } from './events.ts'
import { partitionOf, type TestLedger } from './ledger.ts'
import { MemoryLog, toJson } from './memory-log.ts'
import { waitFor } from './wait.ts'

/** Small, so that a few dozen messages make many batches. */
export const limits = {
  batchMaxEvents: 20,
  batchMaxAgeMs: 1,
  bufferMaxEvents: 60,
  retryMinMs: 1,
  retryMaxMs: 20,
  positionCheckMs: 50,
}

/** A lane on the real store and a log in memory, and what it told. */
export interface Running {
  readonly lane: Lane
  readonly log: MemoryLog
  readonly told: { faults: string[]; fenced: number; batches: number[]; outcomes: string[] }
}

export function storeOf({ database, parts }: TestLedger): LaneStore {
  return {
    write: (batch) => writeBatch(parts, batch),
    readPosition: (partition) => readPosition(database, partition),
    startPosition: (partition, start) => startPosition(database, partition, start),
  }
}

/** Starts a lane on partition 0; it is stopped when the test ends. */
export function startLane(
  t: TestContext,
  ledger: TestLedger,
  options: {
    log?: MemoryLog
    store?: LaneStore
    maxBytes?: number
    refusals?: RefusalStreak
    turns?: Turns
    time?: Time
  } = {},
): Running {
  const {
    log = new MemoryLog(),
    store = storeOf(ledger),
    maxBytes: batchMaxBytes = 1_000_000,
    refusals = new RefusalStreak(),
    turns = new Turns(1),
    time = realTime,
  } = options
  const told: Running['told'] = { faults: [], fenced: 0, batches: [], outcomes: [] }
  const observer: IntakeObserver = {
    booked: ({ slice, written }) => {
      told.batches.push(slice.items.length)
      for (const outcome of written.outcomes)
        told.outcomes.push(typeof outcome === 'string' ? outcome : outcome.code)
    },
    fenced: () => {
      told.fenced += 1
    },
    failed: (_, fault) => void told.faults.push(fault.code),
    sawLag: () => {},
    laneStarted: () => {},
    laneStopped: () => {},
  }
  const clock = (): Micros => (Date.now() * 1000) as Micros
  const lane = new Lane({
    partition: partitionOf(0),
    log,
    store,
    observer,
    turns,
    refusals,
    limits: { ...limits, batchMaxBytes },
    clock,
    time,
    random: () => 0.5,
  })
  t.after(() => lane.stop())
  lane.start()
  return { lane, log, told }
}

export const arrivals = (count: number, first = 0, quantity = 1): string[] =>
  Array.from({ length: count }, (_, n) => toJson(arrival({ movement: first + n, quantity })))

export const booked = (running: Running, nextOffset: number): Promise<boolean> =>
  waitFor(`offset ${nextOffset}`, () => running.lane.position?.nextOffset === nextOffset)
