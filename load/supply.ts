import { murmur2 } from '@platformatic/kafka'
import type { Outgoing } from '../open-loop/sender.ts'
import { messageText } from './message.ts'
import type { LoadEvent, LoadStream } from './stream.ts'
import { cardOf, changeOf } from './sums.ts'

/** A message, and what it does to the books. */
export interface Prepared extends Outgoing {
  readonly movementId: string
  readonly card: number
  readonly change: number
}

export interface SupplyOptions {
  readonly stream: LoadStream
  readonly topic: string
  readonly partitions: number
  /** Begins the id of every message. */
  readonly runId: string
  readonly clock: () => Date
}

/** Messages, made before a step begins, so that sending one costs the generator as little as may be. */
export interface Supply {
  openings(): Prepared[]
  lastArrivals(): Prepared[]
  /** The next so many of the stream. */
  prepare(count: number): Prepared[]
  /** The newest movements that left and arrived. */
  arrived(): string[]
}

/** Movements that are remembered, to be asked for. */
const mostArrived = 20_000

export function createSupply({ stream, topic, partitions, runId, clock }: SupplyOptions): Supply {
  // By warehouse, as the documents advise: all cards of a warehouse are booked in one lane.
  const keys = stream.warehouseIds.map((id) => Buffer.from(id))
  const places = keys.map((key) => (murmur2(key) & 0x7fffffff) % partitions)
  const arrived: string[] = []
  let made = 0
  let arrivals = 0
  const prepare = (event: LoadEvent): Prepared => {
    made += 1
    const text = messageText(event, { stream, messageId: `${runId}-${made}`, at: clock() })
    return {
      topic,
      partition: places[event.warehouse] ?? 0,
      key: keys[event.warehouse] ?? Buffer.alloc(0),
      value: Buffer.from(text, 'latin1'),
      movementId: event.movementId,
      card: cardOf(event, stream.shape),
      change: changeOf(event),
    }
  }
  return {
    openings: () => stream.openings().map(prepare),
    lastArrivals: () => stream.lastArrivals().map(prepare),
    prepare: (count) =>
      Array.from({ length: count }, () => {
        const event = stream.next()
        if (event.kind === 'arrival') {
          arrived[arrivals % mostArrived] = event.movementId
          arrivals += 1
        }
        return prepare(event)
      }),
    arrived: () => [...arrived],
  }
}
