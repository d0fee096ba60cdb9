/**
 * Time as a lane sees it. It is handed in, so that the lane can be driven without a clock: a simulation decides when a
 * wait is over, and then the same seed tells the same story.
 */
export interface Time {
  /** Milliseconds since any moment; never runs backwards. */
  now(): number
  /** Calls back once, after so many milliseconds; the answer calls it off. */
  after(ms: number, callback: () => void): () => void
}

export const realTime: Time = {
  now: () => performance.now(),
  after: (ms, callback) => {
    const timer = setTimeout(callback, ms)
    return () => clearTimeout(timer)
  },
}
