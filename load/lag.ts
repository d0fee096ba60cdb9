/** How many messages wait, at times at which nobody looked. */

export interface LagSample {
  /** By the clock, when the answer was there. */
  readonly at: number
  /** By then. */
  readonly sent: number
  readonly lag: number
}

/**
 * Messages booked by a time, taken between the answers before and after it: a service under overload answers when it can,
 * and what it booked until then is not what it had booked when it was asked.
 *
 * @param samples in order of time; at least one
 */
export function bookedBy(samples: readonly LagSample[], at: number): number {
  const before = samples.findLast((sample) => sample.at <= at)
  const after = samples.find((sample) => sample.at > at)
  const [first, last] = [before ?? after, after ?? before]
  if (first === undefined || last === undefined) throw new RangeError('nobody ever looked')
  const [bookedFirst, bookedLast] = [first.sent - first.lag, last.sent - last.lag]
  if (last.at === first.at) return bookedFirst
  return bookedFirst + ((at - first.at) / (last.at - first.at)) * (bookedLast - bookedFirst)
}
