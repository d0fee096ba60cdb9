/**
 * How many events in a row decoded well and were refused by the database. An event that is tried again counts once. The
 * count outlives the lane, since a rebalance does not mend what is wrong; but only where the next one goes on where this
 * one ended: elsewhere, others have booked between, or the same events come again.
 */
export class RefusalStreak {
  #count = 0
  #lastOffset = -1
  /** Behind the last event of the streak, and what was quarantined after it. */
  #end = -1

  /** A lane books from here on. */
  goOnFrom(offset: number): void {
    if (offset !== this.#lastOffset && offset !== this.#end) this.reset()
  }

  /** Counts the event at this offset, and answers how many there are in a row. */
  count(offset: number): number {
    if (offset !== this.#lastOffset) this.#count += 1
    this.#lastOffset = offset
    return this.#count
  }

  /** The partition is behind these messages, none of which was booked. */
  passed(nextOffset: number): void {
    this.#end = nextOffset
  }

  /** An event was booked. */
  reset(): void {
    this.#count = 0
    this.#lastOffset = -1
    this.#end = -1
  }
}
