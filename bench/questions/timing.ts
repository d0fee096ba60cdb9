import { markdownTable } from '../table.ts'

/** How long one question took, in milliseconds. */
export interface Timing {
  readonly operation: string
  readonly about: string
  readonly medianMs: number
  readonly p99Ms: number
}

/** What every question should stay below, at the median. */
export const medianLimitMs = 20

export function isTooSlow({ medianMs }: Timing): boolean {
  return medianMs >= medianLimitMs
}

/** A table as Markdown writes it; one that is too slow is marked. */
export function tableOf(timings: readonly Timing[]): string {
  const rows = timings.map((timing) => [
    `\`${timing.operation}\``,
    timing.about,
    timing.medianMs.toFixed(1),
    timing.p99Ms.toFixed(1) + (isTooSlow(timing) ? ', too slow' : ''),
  ])
  return markdownTable(['Operation', 'Asked for', 'Median, ms', 'p99, ms'], rows, { texts: 2 })
}
