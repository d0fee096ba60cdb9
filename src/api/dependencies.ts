import type { Logger } from 'pino'
import type { PageReader } from '../cache/page-reader.ts'
import type { Ingest } from '../ingest.ts'
import type { OpeningStock } from '../opening-stock.ts'
import type { QuarantineDesk } from '../quarantine-desk.ts'
import type { LogEnds } from '../kafka/end-offsets.ts'
import type { ChangeFeed } from '../live/change-feed.ts'
import type { BookedPositions } from '../store/booked-positions.ts'
import type { Rate, RatePoint } from '../store/booking-rate.ts'
import type { Database } from '../store/database.ts'
import type { BeginRequest } from '../tracing/tracing.ts'
import type { AnswerDeadlines } from './answer-deadlines.ts'
import type { GuardOptions } from './guard.ts'
import type { ApiLimits } from './limits.ts'
import type { OverdueAges } from './overview-body.ts'

export const dependencyStates = ['ok', 'starting', 'failing'] as const

/** One thing that the service cannot do without. */
export interface DependencyHealth {
  readonly state: (typeof dependencyStates)[number]
  /** One sentence for a person, or null if there is nothing to say. No secrets: anyone may read it. */
  readonly detail: string | null
}

export const healthStatuses = ['ready', 'not_ready', 'stopping'] as const

/** Whether all work is done here, and what is missing. */
export interface Health {
  readonly status: (typeof healthStatuses)[number]
  readonly dependencies: {
    readonly postgres: DependencyHealth
    readonly kafka: DependencyHealth
    readonly intake: DependencyHealth
  }
}

export const servingStatuses = ['serving', 'starting', 'stopping'] as const
export type ServingStatus = (typeof servingStatuses)[number]

/** One answered request. All but `seconds` come from bounded lists, so that they can be labels of a metric. */
export interface Observation {
  readonly method: string
  /** The pattern of the route, or `unmatched`. */
  readonly route: string
  readonly status: number
  readonly seconds: number
}

/** All that the HTTP server needs of the rest of the service. */
export interface ApiDependencies {
  readonly host: string
  /** 0 takes a free one. */
  readonly port: number
  readonly database: Database
  /** Answers a movement, or the first page of a card, from the cache if it may. */
  readonly pages: PageReader
  /** Where events go that come by HTTP. */
  readonly ingest: Ingest
  /** Where files of opening stock go. */
  readonly openingStock: OpeningStock
  /** Decides about messages in quarantine. */
  readonly quarantine: QuarantineDesk
  /** How far each partition of the topic is booked. */
  readonly positions: Pick<BookedPositions, 'read' | 'wait'>
  /** How many partitions the topic has; null while Kafka does not say. */
  readonly countPartitions: () => Promise<number | null>
  /** What is booked, by any process, as it happens. */
  readonly feed: Pick<ChangeFeed, 'join' | 'leave'>
  /** The topic that is booked. */
  readonly topic: string
  /** How far its logs reach; null while Kafka does not say. */
  readonly logEnds: () => Promise<readonly LogEnds[] | null>
  /** How fast all processes book; null while that is not known. */
  readonly bookingRate: () => Rate | null
  /** How fast they booked in the last minutes, the oldest first. */
  readonly bookingHistory: () => readonly RatePoint[]
  /** From which age on something wants a person. */
  readonly overdue: OverdueAges
  /** Must answer at once, from what is known. */
  readonly health: () => Health
  /** Whether requests should be sent here; unlike health it does not depend on what all processes share. */
  readonly serving: () => ServingStatus
  /** Whether clients should turn elsewhere: each answer closes its connection. */
  readonly isStopping: () => boolean
  /** The answers that are waited for; the server's own if left out. */
  readonly answers?: AnswerDeadlines
  readonly observe: (observation: Observation) => void
  /** Begins the span of a request; requests are not traced if it is left out. */
  readonly beginRequest?: BeginRequest | undefined
  readonly logger: Logger
  /** Of this program; the OpenAPI document names it. */
  readonly version: string
  readonly limits: ApiLimits
  /** Who may use it, and how much. */
  readonly access: GuardOptions
  /** Folder of the built dashboard. Without one there is none. */
  readonly dashboard?: string
  /** Origins whose pages may use it from a browser. */
  readonly corsOrigins: readonly string[]
}
