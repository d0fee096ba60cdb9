/** How fast it went, for who begins to look. */
import { Type, type Static } from 'typebox'
import type { Micros } from '../message/event.ts'
import { formatTimestamp } from '../message/timestamp.ts'
import { mostRatePoints, type RatePoint } from '../store/booking-rate.ts'
import { throughput as example } from './samples.ts'
import { define, ref, timestamp } from './schema.ts'

const perSecond = (description: string) => Type.Number({ minimum: 0, description })

const ThroughputPointSchema = define(
  'ThroughputPoint',
  Type.Object({
    end: timestamp('The end of the time that this is the mean of.'),
    over_seconds: Type.Number({ description: 'How long that time is: five seconds or so.' }),
    events_per_second: perSecond('Messages that got an outcome.'),
    lines_per_second: perSecond('Lines written: events that were booked, and held ones that were released.'),
  }),
)

export const ThroughputSchema = define(
  'Throughput',
  Type.Object(
    {
      points: Type.Array(ref(ThroughputPointSchema), {
        maxItems: mostRatePoints,
        description: 'The oldest first. None for times that are not known.',
      }),
    },
    {
      description: 'How fast all processes booked together, as far as this one has seen it.',
      examples: [example],
    },
  ),
)

/** What the schema of the route refers to. */
export const throughputSchemas = [ThroughputPointSchema, ThroughputSchema]

export function throughputBody(points: readonly RatePoint[]): Static<typeof ThroughputSchema> {
  return {
    points: points.map(({ endMs, overSeconds, settledPerSecond, linesPerSecond }) => ({
      end: formatTimestamp((endMs * 1000) as Micros),
      over_seconds: round(overSeconds),
      events_per_second: round(settledPerSecond),
      lines_per_second: round(linesPerSecond),
    })),
  }
}

/** Two digits: more are noise. */
function round(number: number): number {
  return Math.round(number * 100) / 100
}
