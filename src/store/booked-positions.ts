/**
 * Waiting until a message is booked: until the position of its partition in PostgreSQL is beyond it.
 *
 * The intake of this process tells of each commit, so for its own partitions a wait ends at once. Those of other
 * processes are polled, by one statement for all who wait, and only while somebody waits.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Database } from './database.ts'

/** A message, by its place in the log. */
export interface Place {
  readonly partition: number
  readonly offset: number
  /** Of the topic that it is in; without it, whichever topic the positions belong to. */
  readonly topicId?: string
}

/** How far a partition is booked: all messages before `nextOffset`. */
export interface BookedUpTo {
  readonly partition: number
  readonly topicId: string
  readonly nextOffset: number
}

interface Waiter {
  /** The places that are not booked yet. */
  missing: readonly Place[]
  readonly done: PromiseWithResolvers<boolean>
}

/** A booking takes some 10 ms; a poll reads one row a partition. */
const pollMs = 50

export class BookedPositions {
  readonly #database: Database
  readonly #topic: string
  readonly #waiters = new Set<Waiter>()
  /** Of the positions, when they were last seen. */
  #topicId: string | null = null
  #isPolling = false

  constructor({ database, topic }: { database: Database; topic: string }) {
    this.#database = database
    this.#topic = topic
  }

  /** How far each partition is booked that anybody has taken. Throws a Fault. */
  async read(): Promise<BookedUpTo[]> {
    const positions = await this.#database.query<BookedUpTo>(
      `select kafka_partition as "partition", topic_id as "topicId", next_offset as "nextOffset"
       from kafka_position where topic = $1`,
      [this.#topic],
    )
    this.#topicId = positions[0]?.topicId ?? null
    return positions
  }

  /**
   * Whether the positions are of the topic with this id, or there are none yet. PostgreSQL is asked only if they were not
   * when they were last seen: whoever has seen them once can tell while it is away. Throws a Fault.
   */
  async areOf(topicId: string): Promise<boolean> {
    if (this.#topicId === topicId) return true
    return (await this.read()).every((position) => position.topicId === topicId)
  }

  /** True once all are booked, false when the time is over before. Throws a Fault if PostgreSQL does not answer. */
  async wait(places: readonly Place[], timeoutMs: number): Promise<boolean> {
    const missing = notBooked(places, await this.read())
    if (missing.length === 0) return true
    const waiter: Waiter = { missing, done: Promise.withResolvers<boolean>() }
    this.#waiters.add(waiter)
    const timer = setTimeout(() => waiter.done.resolve(false), timeoutMs)
    void this.#poll()
    try {
      return await waiter.done.promise
    } finally {
      clearTimeout(timer)
      this.#waiters.delete(waiter)
    }
  }

  /** The intake has committed: who waits for that need not wait for the next poll. */
  advance(booked: BookedUpTo): void {
    this.#topicId = booked.topicId
    for (const waiter of this.#waiters) {
      waiter.missing = notBooked(waiter.missing, [booked])
      if (waiter.missing.length === 0) waiter.done.resolve(true)
    }
  }

  /** Runs while somebody waits. All who wait are told of a fault. */
  async #poll(): Promise<void> {
    if (this.#isPolling) return
    this.#isPolling = true
    try {
      while (this.#waiters.size > 0) {
        await sleep(pollMs)
        if (this.#waiters.size === 0) break
        for (const booked of await this.read()) this.advance(booked)
      }
    } catch (error) {
      for (const { done } of this.#waiters) done.reject(error)
      this.#waiters.clear()
    } finally {
      this.#isPolling = false
    }
  }
}

function notBooked(places: readonly Place[], positions: readonly BookedUpTo[]): Place[] {
  return places.filter(
    ({ partition, offset, topicId }) =>
      !positions.some(
        (booked) =>
          booked.partition === partition &&
          booked.nextOffset > offset &&
          (topicId === undefined || topicId === booked.topicId),
      ),
  )
}
