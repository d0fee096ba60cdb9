import type { Fault } from './fault.ts'
import type { IntakeObserver } from './intake/observer.ts'
import type { Outcome } from './booking/ledger.ts'
import type { RejectionCode } from './message/rejection.ts'
import type { BatchItem } from './store/batch.ts'
import type { Logger } from './telemetry/logger.ts'
import type { CountedOutcome, Metrics } from './telemetry/metrics.ts'

/** Turns what the intake tells into metrics and log lines: one line a batch at most, never a payload. */
export function reportIntake({ metrics, logger }: { metrics: Metrics; logger: Logger }): IntakeObserver {
  return {
    booked: ({ partition, slice, written, lag, seconds }) => {
      const { partition: number } = partition
      metrics.markPartitionRunning(number)
      metrics.setLag(number, lag)
      if (slice.items.length === 0) return
      const counts = countOutcomes(slice.items, written.outcomes)
      for (const { outcome, count } of counts.outcomes.values()) metrics.countOutcome(outcome, count)
      for (const [code, count] of counts.codes) metrics.countQuarantined(code, count)
      metrics.countReleases(written.releases)
      metrics.observeBatch({ seconds, events: slice.items.length })
      logger.debug(
        {
          partition: number,
          nextOffset: slice.to.nextOffset,
          events: slice.items.length,
          quarantined: Object.fromEntries(counts.codes),
          releases: written.releases,
          lag,
          ms: Math.round(seconds * 1000),
        },
        'batch booked',
      )
    },
    fenced: ({ partition }) => {
      metrics.countFencedBatch()
      logger.info({ partition }, 'batch fenced: the partition was booked further by another')
    },
    failed: (partition, fault) => {
      metrics.countFault(fault)
      if (fault.kind === 'halt' && partition !== null) metrics.markPartitionStopped(partition.partition)
      logger[levelOf(fault)]({ err: fault, partition: partition?.partition }, fault.message)
    },
    sawLag: ({ partition }, lag) => metrics.setLag(partition, lag),
    laneStarted: ({ partition }) => metrics.markPartitionRunning(partition),
    laneStopped: ({ partition }) => metrics.forgetPartition(partition),
  }
}

/** Conflicts are daily life, but for that a process of ours has been frozen. */
function levelOf({ kind, code }: Fault): 'debug' | 'warn' | 'error' {
  if (kind === 'halt') return 'error'
  return kind === 'conflict' && code !== 'silent_owner_ended' ? 'debug' : 'warn'
}

interface Counts {
  readonly outcomes: Map<string, { readonly outcome: CountedOutcome; count: number }>
  readonly codes: Map<RejectionCode, number>
}

function countOutcomes(items: readonly BatchItem[], outcomes: readonly Outcome[]): Counts {
  const counts: Counts = { outcomes: new Map(), codes: new Map() }
  for (const [index, { decoded }] of items.entries()) {
    const result = outcomes[index]
    if (result === undefined) continue
    const event = decoded.kind === 'rejected' ? 'unknown' : decoded.kind
    const outcome = typeof result === 'string' ? result : 'quarantined'
    const entry = counts.outcomes.get(event + outcome)
    if (entry === undefined) counts.outcomes.set(event + outcome, { outcome: { event, outcome }, count: 1 })
    else entry.count += 1
    if (typeof result === 'object') counts.codes.set(result.code, (counts.codes.get(result.code) ?? 0) + 1)
  }
  return counts
}
