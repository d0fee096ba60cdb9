/** The partitions of a topic in memory: leader epochs, records that carry no message, records that were deleted. */
import type { LaneLog } from '../../src/intake/lane.ts'
import type { LogBounds } from '../../src/intake/locate.ts'
import type { LogChunk } from '../../src/intake/read-ahead.ts'
import { kafkaFault } from '../../src/kafka/kafka-fault.ts'
import type { Message } from '../../src/message/message.ts'
import type { Draw } from './draw.ts'
import { always, type Runner, type Scheduler } from './scheduler.ts'
import type { Sent } from './stream.ts'

/** Null for a record that carries no message, as the marks of transactions. */
interface LogRecord {
  readonly leaderEpoch: number
  readonly message: Message | null
  readonly sent: Sent | null
}

export class SimulatedPartition {
  readonly partition: number
  readonly records: LogRecord[] = []
  earliest = 0
  /** Records were deleted that nobody had booked: the partition may have halted, and rightly so. */
  isCut = false
  leaderEpoch = 0

  constructor(partition: number) {
    this.partition = partition
  }

  get end(): number {
    return this.records.length
  }

  append(sent: Sent | null): void {
    const { partition, leaderEpoch } = this
    const place = { partition, offset: this.end, key: null }
    const message = sent === null ? null : { ...place, value: sent.value, headers: sent.headers }
    this.records.push({ leaderEpoch, message, sent })
  }
}

export interface LogParts {
  readonly draw: Draw
  readonly scheduler: Scheduler
  readonly isAway: () => boolean
  /** A request at the end of the log is answered without records, once in each round. */
  readonly round: () => number
}

const mostAtOnce = 12

/** A partition as a runner reads it. */
export function readerOf(log: SimulatedPartition, runner: Runner, parts: LogParts): LaneLog {
  const { draw, scheduler, isAway, round } = parts
  let heardIn = round()
  const park = <Result>(what: string, isReady: () => boolean, read: () => Result): Promise<Result> => {
    const { promise, resolve, reject } = Promise.withResolvers<Result>()
    const happen = (): true => {
      try {
        if (isAway()) throw kafkaFault('broker_unreachable')
        resolve(read())
      } catch (error) {
        reject(error)
      }
      return true
    }
    scheduler.park({ runner, what, transaction: null, isReady, happen })
    return promise
  }
  return {
    bounds: () => park('read bounds', always, (): LogBounds => ({ earliest: log.earliest, latest: log.end })),
    read: (from, signal) =>
      park(
        'read log',
        () => log.end > from.offset || signal.aborted || isAway() || heardIn < round(),
        () => {
          signal.throwIfAborted()
          heardIn = round()
          return chunkOf(log, from, 1 + draw.below(mostAtOnce))
        },
      ),
    close: () => {},
  }
}

function chunkOf(
  log: SimulatedPartition,
  from: { offset: number; leaderEpoch: number },
  most: number,
): LogChunk {
  // Of the two ends of the log, only a look at its bounds tells which one was passed.
  if (from.offset < log.earliest || from.offset > log.end) throw kafkaFault('position_after_log')
  const records = log.records.slice(from.offset, from.offset + most)
  return {
    messages: records.flatMap(({ message }) => message ?? []),
    nextOffset: from.offset + records.length,
    leaderEpoch: records.at(-1)?.leaderEpoch ?? from.leaderEpoch,
    endOffset: log.end,
  }
}
