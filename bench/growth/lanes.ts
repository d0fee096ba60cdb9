import { setTimeout as sleep } from 'node:timers/promises'
import { settingTable } from '../../src/config/setting-table.ts'
import { Fault } from '../../src/fault.ts'
import type { MovementEvent } from '../../src/message/event.ts'
import type { Position } from '../../src/store/batch.ts'
import type { BatchWriterParts } from '../../src/store/write-batch.ts'
import { batchMessages, bookBatch, startLane } from '../write/book.ts'
import { partitionOfKey, partitions } from '../write/stream.ts'

interface Lane {
  readonly partition: number
  /** Read ahead, as a service has read it from the topic: some batches, for the fullest lane goes first. */
  queue: MovementEvent[]
  position: Position
  isBusy: boolean
}

/** The next message; null if there is none, and then there is none later. */
export type Source = () => MovementEvent | null

/** As many as the service writes by default. */
export const batchesAtOnce = Number(settingTable.batch.settings.atOnce.default)
/** Two lanes may meet in the transit of movements and be told to try again; the service does so without a limit. */
const mostTries = 20
const tryAgainMs = 20

/**
 * Books messages in full batches, keyed by warehouse, each partition in its order and several of them at once: as the
 * service does with a topic on which much is waiting.
 */
export class Lanes {
  readonly #parts: BatchWriterParts
  readonly #topic: string
  readonly #lanes: Lane[] = []
  #conflicts = 0

  constructor(parts: BatchWriterParts, topic: string) {
    this.#parts = parts
    this.#topic = topic
  }

  /** Batches that had to be tried again. */
  get conflicts(): number {
    return this.#conflicts
  }

  /** Books all that the source gives, and answers how many messages that were. */
  async book(source: Source, onBooked: (messages: number) => void = () => undefined): Promise<number> {
    await this.#start()
    let booked = 0
    const work = async (): Promise<void> => {
      for (let lane = this.#nextLane(source); lane !== undefined; lane = this.#nextLane(source)) {
        const messages = await this.#bookFrom(lane)
        booked += messages
        onBooked(messages)
      }
    }
    await Promise.all(Array.from({ length: batchesAtOnce }, work))
    return booked
  }

  async #start(): Promise<void> {
    while (this.#lanes.length < partitions) {
      const partition = this.#lanes.length
      const position = await startLane(this.#parts, { topic: this.#topic, partition })
      this.#lanes.push({ partition, position, queue: [], isBusy: false })
    }
  }

  /** One with a full batch that nobody writes for; at the end of the source, one with the rest of a batch. */
  #nextLane(source: Source): Lane | undefined {
    const [fullest] = this.#lanes
      .filter(({ isBusy }) => !isBusy)
      .sort((a, b) => b.queue.length - a.queue.length)
    if (fullest !== undefined && fullest.queue.length >= batchMessages) return fullest
    for (let report = source(); report !== null; report = source()) {
      const lane = this.#lanes[partitionOfKey(report.warehouseId)]
      if (lane === undefined) throw new RangeError('a partition without its lane')
      lane.queue.push(report)
      if (!lane.isBusy && lane.queue.length >= batchMessages) return lane
    }
    return fullest !== undefined && fullest.queue.length > 0 ? fullest : undefined
  }

  async #bookFrom(lane: Lane): Promise<number> {
    const messages = lane.queue.slice(0, batchMessages).map((report) => ({ report }))
    lane.queue = lane.queue.slice(batchMessages)
    lane.isBusy = true
    try {
      for (let tries = 1; ; tries += 1) {
        try {
          lane.position = await bookBatch(this.#parts, { ...lane, topic: this.#topic }, messages)
          return messages.length
        } catch (error) {
          if (!(error instanceof Fault && error.kind === 'conflict') || tries === mostTries) throw error
          this.#conflicts += 1
          await sleep(tryAgainMs)
        }
      }
    } finally {
      lane.isBusy = false
    }
  }
}
