/**
 * How many events in a row decoded well and were refused by the database. An event that is tried again counts once;
 * the count outlives the lane, since a rebalance does not mend what is wrong.
 */
export class RefusalStreak {
  #count = 0
  #lastOffset = -1

  /** Counts the event at this offset, and answers how many there are in a row. */
  count(offset: number): number {
    if (offset !== this.#lastOffset) this.#count += 1
    this.#lastOffset = offset
    return this.#count
  }

  /** An event was booked. */
  reset(): void {
    this.#count = 0
  }
}
