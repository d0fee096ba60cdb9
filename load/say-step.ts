import { duration, percent, rate, wholeNumber } from './format.ts'
import type { IntakeResult, ReadResult } from './results.ts'

/** A line for the terminal. */
export function intakeLine(step: IntakeResult): string {
  const { offeredPerSecond, bookedPerSecond, lagAtEnd, visible, verdict } = step
  return `intake ${rate(offeredPerSecond)} offered: ${rate(bookedPerSecond)} booked, ${wholeNumber(lagAtEnd)} wait at the end, visible after ${duration(visible.p50)} (p99 ${duration(visible.p99)}): ${verdict}${behind(step)}`
}

export function readLine(step: ReadResult): string {
  const { offeredPerSecond, answeredPerSecond, latency, failures, verdict } = step
  const failed = Object.entries(failures).map(([status, count]) => `, ${count} answers ${status}`)
  return `reads ${rate(offeredPerSecond)} asked: ${rate(answeredPerSecond)} answered, p50 ${duration(latency.p50)}, p99 ${duration(latency.p99)}${failed.join('')}: ${verdict}${behind(step)}`
}

function behind({ generator }: IntakeResult | ReadResult): string {
  return generator.behindShare > 0.01 ? ` (generator ${percent(generator.behindShare)} behind)` : ''
}
