/** Of the messages, so many warm up: code is compiled, connections are made, pages are in memory. */
const warmShare = 0.1

/** Messages a second, from a tenth of all messages to the last one. */
export class Stopwatch {
  readonly #total: number
  #done = 0
  #started: { readonly atMs: number; readonly done: number } | null = null
  #rate: number | null = null

  constructor(total: number) {
    this.#total = total
  }

  get isOver(): boolean {
    return this.#rate !== null
  }

  /** So many messages are done by now, in all. */
  reached(done: number, atMs: number): void {
    this.#done = Math.max(this.#done, done)
    if (this.#rate !== null || this.#done < this.#total * warmShare) return
    this.#started ??= { atMs, done: this.#done }
    if (this.#done >= this.#total) this.#rate = this.#rateAt(atMs, this.#started)
  }

  add(messages: number): void {
    this.reached(this.#done + messages, performance.now())
  }

  get perSecond(): number {
    if (this.#rate === null) throw new Error(`${this.#done} of ${this.#total} messages are done`)
    return this.#rate
  }

  #rateAt(atMs: number, started: { readonly atMs: number; readonly done: number }): number {
    if (atMs <= started.atMs) throw new Error('all messages were done at once: take more of them')
    return ((this.#done - started.done) / (atMs - started.atMs)) * 1000
  }
}
