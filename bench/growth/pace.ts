const everyMs = 5000

export interface PaceOptions {
  /** The mark. */
  readonly to: number
  /** Movements that were missing to it at the beginning. */
  readonly total: number
  /** Milliseconds. */
  readonly now: () => number
  readonly say: (line: string) => void
}

/** Tells every few seconds how far it is, how fast, and how long it takes to the mark at this rate. */
export function sayEvery({ to, total, now, say }: PaceOptions): (booked: number, missing: number) => void {
  const startedAt = now()
  let [saidAt, saidMessages, messages] = [startedAt, 0, 0]
  return (booked, missing) => {
    messages += booked
    const at = now()
    if (at - saidAt < everyMs) return
    const perSecond = ((messages - saidMessages) * 1000) / (at - saidAt)
    const left = secondsLeft({ done: total - missing, total, seconds: (at - startedAt) / 1000 })
    say(
      `${millions(to - missing)} of ${millions(to)} movements, ${Math.round(perSecond)} messages/s, ${left} s to there`,
    )
    saidAt = at
    saidMessages = messages
  }
}

/** At the mean rate so far, rounded. */
export function secondsLeft({
  done,
  total,
  seconds,
}: {
  readonly done: number
  readonly total: number
  readonly seconds: number
}): number {
  return done <= 0 ? 0 : Math.round(((total - done) * seconds) / done)
}

export function millions(movements: number): string {
  return `${(movements / 1e6).toFixed(2)} M`
}
