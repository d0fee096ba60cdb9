/** A process of Bincard: the real lanes, near state, turns and streaks, on a simulated database and log. */
import { Lane, type LaneStore } from '../../src/intake/lane.ts'
import type { IntakeObserver } from '../../src/intake/observer.ts'
import { RefusalStreak } from '../../src/intake/refusal-streak.ts'
import type { Time } from '../../src/intake/time.ts'
import { Turns } from '../../src/intake/turns.ts'
import { noPageBars } from '../../src/store/batch-bars.ts'
import type { Transactions } from '../../src/store/database.ts'
import { NearState } from '../../src/store/near-state.ts'
import { readPosition, startPosition } from '../../src/store/position.ts'
import { writeBatch } from '../../src/store/write-batch.ts'
import type { Draw } from './draw.ts'
import { readerOf, type LogParts, type SimulatedPartition } from './simulated-log.ts'
import { always, type Parked, type Runner, type Scheduler } from './scheduler.ts'
import { receivedAt } from './stream.ts'

export const topicId = '11111111-2222-4333-8444-555555555555'

export interface ProcessParts {
  readonly draw: Draw
  readonly scheduler: Scheduler
  readonly database: (runner: Runner) => Transactions
  readonly logs: readonly SimulatedPartition[]
  readonly logParts: LogParts
  readonly newToken: () => string
  /** A wait that is long ends in the next round. */
  readonly round: () => number
  readonly count: (what: string) => void
}

const limits = {
  batchMaxEvents: 6,
  batchMaxBytes: 100_000,
  batchMaxAgeMs: 1,
  bufferMaxEvents: 12,
  retryMinMs: 1,
  retryMaxMs: 16,
  positionCheckMs: 10_000,
}
/** Fewer than there are cards: some are forgotten for want of room. */
const nearStateCards = 6
const batchesAtOnce = 2
/** Longer than any wait after a failure. */
const longWaitMs = 1000

export class SimulatedProcess implements Runner {
  readonly name: string
  readonly lanes = new Map<number, Lane>()
  /** Lanes that were told to stop and have not ended yet. */
  readonly ending = new Set<Lane>()
  isAlive = true
  isFrozen = false
  readonly #parts: ProcessParts
  readonly #store: LaneStore
  readonly #turns = new Turns(batchesAtOnce)
  readonly #refusals = new Map<number, RefusalStreak>()
  readonly #time: Time

  constructor(name: string, parts: ProcessParts) {
    this.name = name
    this.#parts = parts
    const database = parts.database(this)
    const nearState = new NearState(nearStateCards)
    const writer = { database, nearState, newToken: parts.newToken, pageBars: noPageBars }
    this.#store = {
      write: (batch) => writeBatch(writer, batch),
      readPosition: (partition) => readPosition(database, partition),
      startPosition: (partition, start) => startPosition(database, partition, start),
    }
    this.#time = timeOf(this, parts)
  }

  /** As an intake does it: a lane for each partition it is given, the streak of a partition outlives its lanes. */
  startLane(partition: number): void {
    const { draw, logs, logParts } = this.#parts
    const log = logs[partition]
    if (log === undefined) throw new RangeError(`no partition ${partition}`)
    const refusals = this.#refusals.get(partition) ?? new RefusalStreak()
    this.#refusals.set(partition, refusals)
    const lane = new Lane({
      partition: { topic: 'movements', topicId, partition },
      log: readerOf(log, this, logParts),
      store: this.#store,
      observer: observe(this.#parts.count),
      turns: this.#turns,
      refusals,
      limits,
      clock: () => receivedAt,
      time: this.#time,
      random: () => draw.next(),
    })
    this.lanes.set(partition, lane)
    lane.start()
  }

  /** The group gave the partition away. */
  stopLane(partition: number): void {
    const lane = this.lanes.get(partition)
    if (lane === undefined) return
    this.lanes.delete(partition)
    this.ending.add(lane)
    void lane.stop().then(() => this.ending.delete(lane))
  }

  /** A lane that shows no sign of work is left behind, and may wake up. */
  replaceLane(partition: number): void {
    this.lanes.get(partition)?.abandon()
    this.startLane(partition)
  }
}

function timeOf(runner: Runner, { scheduler, round }: ProcessParts): Time {
  return {
    now: () => scheduler.nowMs,
    after: (ms, callback) => {
      const due = scheduler.nowMs + ms
      const begunIn = round()
      const timer: Parked = {
        runner,
        what: 'wait',
        transaction: null,
        isReady: ms < longWaitMs ? always : () => begunIn < round(),
        happen: () => {
          scheduler.nowMs = Math.max(scheduler.nowMs, due)
          callback()
          return true
        },
      }
      scheduler.park(timer)
      return () => scheduler.remove(timer)
    },
  }
}

function observe(count: (what: string) => void): IntakeObserver {
  return {
    booked: ({ written }) => {
      for (const outcome of written.outcomes) count(typeof outcome === 'string' ? outcome : outcome.code)
      if (written.releases > 0) count('release')
    },
    fenced: () => {},
    failed: (_, fault) => count(`fault ${fault.code}`),
    sawLag: () => {},
    laneStarted: () => {},
    laneStopped: () => {},
  }
}
