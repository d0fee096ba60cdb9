/** A length of time in the two largest units that say something. */
export interface DurationParts {
  readonly unit: 'days' | 'hours' | 'minutes' | 'seconds'
  readonly parts: {
    readonly days: number
    readonly hours: number
    readonly minutes: number
    readonly seconds: number
  }
}

/** Cut off, not rounded: what is 59.9 s old is not a minute old. */
export function durationOf(wholeSeconds: number): DurationParts {
  const total = Math.floor(wholeSeconds)
  const parts = {
    days: Math.floor(total / 86_400),
    hours: Math.floor((total % 86_400) / 3600),
    minutes: Math.floor((total % 3600) / 60),
    seconds: total % 60,
  }
  if (parts.days > 0) return { unit: 'days', parts }
  if (parts.hours > 0) return { unit: 'hours', parts }
  return { unit: parts.minutes > 0 ? 'minutes' : 'seconds', parts }
}
