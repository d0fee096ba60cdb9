/** What a run of the load measured: the raw figures, from which charts, tables and the report are made. */
import type { Percentiles } from '../open-loop/latencies.ts'
import type { CardFigures } from './sums.ts'
import type { Verdict } from './verdict.ts'
import type { Usage } from './watch.ts'

export interface IntakeResult {
  readonly offeredPerSecond: number
  readonly seconds: number
  readonly sent: number
  readonly bookedPerSecond: number
  /** Messages sent and not booked when the step ended. */
  readonly lagAtEnd: number
  /** From when a message was due to when Kafka had it. */
  readonly acknowledged: Percentiles
  /** From when a message was due to when a read showed it. */
  readonly visible: Percentiles
  /** Messages that were looked for and not seen, by reason. */
  readonly unseen: Readonly<Record<string, number>>
  readonly usage: Usage | null
  readonly generator: GeneratorFigures
  readonly verdict: Verdict
}

export interface ReadResult {
  readonly offeredPerSecond: number
  readonly seconds: number
  readonly sent: number
  /** Good answers before the step was over. */
  readonly answeredPerSecond: number
  /** From when a request was due to the end of its answer. */
  readonly latency: Percentiles
  /** Answers by status other than 200; `none` for no answer. */
  readonly failures: Readonly<Record<string, number>>
  readonly usage: Usage | null
  readonly generator: GeneratorFigures
  readonly verdict: Verdict
}

export interface GeneratorFigures {
  readonly worstLatenessMs: number
  readonly behindShare: number
}

export interface Recovery {
  readonly offeredPerSecond: number
  readonly lagAtEnd: number
  readonly seconds: number
  /** Time from the end of the overload, negative before it. */
  readonly lag: readonly { readonly seconds: number; readonly messages: number }[]
}

export interface WrongBooks {
  readonly warehouseId: string
  readonly productId: string
  readonly expected: CardFigures
  readonly found: CardFigures
}

export interface BooksResult {
  readonly cards: number
  readonly events: number
  readonly wrong: readonly WrongBooks[]
  /** Sentences about totals that should not have changed, or not so; empty if all is well. */
  readonly complaints: readonly string[]
}

export interface Machine {
  readonly processors: number
  readonly model: string
  readonly memoryGigabytes: number
  readonly platform: string
  readonly node: string
}

export interface LoadResults {
  readonly seed: string
  readonly runId: string
  readonly kind: 'quick' | 'full'
  readonly startedAt: string
  readonly seconds: number
  readonly machine: Machine
  /** Whether the run started the service, with PostgreSQL, Kafka and Redis, on the same machine. */
  readonly ownStack: boolean
  readonly partitions: number
  readonly backgroundPerSecond: number
  readonly intake: readonly IntakeResult[]
  readonly reads: readonly ReadResult[]
  /** Null if no step was an overload. */
  readonly recovery: Recovery | null
  readonly books: BooksResult
}

/** HTTP status of a request beyond the limit of its key or address. */
const tooMany = '429'

/** Why the run proves nothing, or something bad: a sentence for each reason. */
export function failuresOf({ intake, reads, books }: LoadResults): string[] {
  const behind = [...intake, ...reads]
    .filter(({ verdict }) => verdict === 'generator behind')
    .map(
      ({ offeredPerSecond, generator }) =>
        `At ${offeredPerSecond}/s the generator itself was ${(generator.behindShare * 100).toFixed(0)} % behind: the step says nothing of the service.`,
    )
  const unseen = intake.flatMap(({ offeredPerSecond, unseen: reasons }) =>
    Object.entries(reasons).map(
      ([reason, count]) => `At ${offeredPerSecond}/s, ${count} messages were booked and not seen: ${reason}.`,
    ),
  )
  const limited = reads
    .filter(({ failures }) => failures[tooMany] !== undefined)
    .map(
      ({ offeredPerSecond }) =>
        `At ${offeredPerSecond}/s the service refused requests by HTTP_RATE_LIMIT: the step measured that setting.`,
    )
  const wrong =
    books.wrong.length === 0 ? [] : [`${books.wrong.length} of ${books.cards} cards are not what was sent.`]
  return [...wrong, ...books.complaints, ...unseen, ...limited, ...behind]
}
