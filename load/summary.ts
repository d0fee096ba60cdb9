import { duration, rate, wholeNumber } from './format.ts'
import { failuresOf, type BooksResult, type LoadResults } from './results.ts'

/** The run in a few sentences, the worst first. */
export function summaryOf(results: LoadResults): string[] {
  const { intake, reads, recovery, books } = results
  const intakeKept = intake.findLast(({ verdict }) => verdict === 'kept up')
  const readsKept = reads.findLast(({ verdict }) => verdict === 'kept up')
  const intakePeak = Math.max(0, ...intake.map(({ bookedPerSecond }) => bookedPerSecond))
  const readPeak = Math.max(0, ...reads.map(({ answeredPerSecond }) => answeredPerSecond))
  return [
    ...failuresOf(results),
    intakeKept === undefined
      ? `Intake kept up with none of the rates; the most that was booked is ${rate(intakePeak)}.`
      : `Intake kept up with ${rate(intakeKept.offeredPerSecond)} (visible after ${duration(intakeKept.visible.p50)}, p99 ${duration(intakeKept.visible.p99)}); the most that was booked is ${rate(intakePeak)}.`,
    readsKept === undefined
      ? `Reads kept up with none of the rates; the most that was answered is ${rate(readPeak)}.`
      : `Reads kept up with ${rate(readsKept.offeredPerSecond)} (p50 ${duration(readsKept.latency.p50)}, p99 ${duration(readsKept.latency.p99)}); the most that was answered is ${rate(readPeak)}.`,
    recovery === null
      ? 'No rate of the plan was too much for the intake.'
      : `After the overload of ${rate(recovery.offeredPerSecond)}, ${wholeNumber(recovery.lagAtEnd)} waiting events were booked in ${duration(recovery.seconds * 1000)}.`,
    booksSentence(books),
  ]
}

export function booksSentence({ cards, events, wrong, complaints }: BooksResult): string {
  const size = `${wholeNumber(cards)} cards, ${wholeNumber(events)} events`
  return wrong.length === 0 && complaints.length === 0
    ? `Books balanced: ${size}.`
    : `Books NOT balanced: ${size}.`
}

/** Where and how it was measured, without which the figures say nothing. */
export function circumstances({
  machine,
  kind,
  seed,
  startedAt,
  seconds,
  ownStack,
  partitions,
}: LoadResults): string {
  const where = ownStack
    ? 'PostgreSQL (which waits for the disk at each commit), Kafka, Redis, one process of the service and the generator share them.'
    : 'The generator ran here; the service was there already.'
  return `A ${kind} run of ${duration(seconds * 1000)} at ${startedAt}, seed ${seed}, on ${machine.processors} × ${machine.model}, ${machine.memoryGigabytes} GB, ${machine.platform}, Node ${machine.node}, ${partitions} partitions. ${where}`
}
