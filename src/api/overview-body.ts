import { Type, type Static } from 'typebox'
import type { LogEnds } from '../kafka/end-offsets.ts'
import { formatTimestamp } from '../message/timestamp.ts'
import type { Rate } from '../store/booking-rate.ts'
import { mostCounted, type BookedPartition, type Overview } from '../store/read-overview.ts'
import { overview as example } from './samples.ts'
import { define, nullable, ref, timestamp, uuid } from './schema.ts'

function total(description: string) {
  return Type.Integer({ minimum: 0, description })
}

const TotalsSchema = define(
  'Totals',
  Type.Object(
    {
      warehouses: total('Warehouses that any event mentions.'),
      cards: total('Cards that have a line.'),
      lines: total('Lines of all cards.'),
      movements_departed: total('Movements that departed, held ones as well; each product of one by itself.'),
      movements_arrived: total('Movements of which something arrived; each product of one by itself.'),
      movements_in_transit: total(
        'Movements of which not as much arrived as departed; each product by itself.',
      ),
      departures_held: total('Departures that wait for stock.'),
      quarantine_open: total('Messages that wait for a person.'),
    },
    { description: 'Exact, and counted by the transactions that book.' },
  ),
)

const offset = (description: string) => Type.Integer({ minimum: 0, description })

const PartitionLagSchema = define(
  'PartitionLag',
  Type.Object({
    partition: Type.Integer({ minimum: 0, description: 'Its number.' }),
    next_offset: nullable(offset('All before it is booked; null if nobody has taken the partition yet.')),
    log_end_offset: nullable(offset('Up to where the log can be read; null while Kafka does not say.')),
    lag: nullable(offset('Messages between the two; null if one of them is not known.')),
  }),
)

const LagSchema = define(
  'Lag',
  Type.Object({
    total: nullable(offset('Messages that wait in all partitions; null if one of them is not known.')),
    partitions: Type.Array(ref(PartitionLagSchema)),
  }),
)

const RateSchema = define(
  'Rate',
  Type.Object({
    events_per_second: nullable(
      Type.Number({ minimum: 0, description: 'Messages that got an outcome; null while that is not known.' }),
    ),
    over_seconds: nullable(
      Type.Number({ description: 'The mean is over so long: a minute, or less soon after the start.' }),
    ),
  }),
)

const card = { warehouse_id: uuid('The warehouse.'), product_id: uuid('The product.') }

const OldestHeldSchema = define(
  'OldestHeld',
  Type.Object({
    ...card,
    movement_id: uuid('The movement.'),
    quantity: Type.Integer({ minimum: 1, description: 'Pieces that left, by the report.' }),
    timestamp: timestamp('When it happened, by the clock of the warehouse.'),
  }),
)

const OldestInTransitSchema = define(
  'OldestInTransit',
  Type.Object({
    movement_id: uuid('The movement.'),
    product_id: card.product_id,
    quantity: Type.Integer({ description: 'Departed minus arrived; negative if more arrived.' }),
    since: timestamp('Of the oldest report.'),
  }),
)

const OpenQuarantineSchema = define(
  'OpenQuarantine',
  Type.Object({
    code: Type.String({ description: 'Why they cannot be booked.' }),
    count: Type.Integer({ minimum: 1, maximum: mostCounted, description: 'Messages that wait under it.' }),
    more: Type.Boolean({ description: `There are more than ${mostCounted}.` }),
    oldest_received_at: timestamp('When the first of them was read.'),
  }),
)

const AttentionSchema = define(
  'Attention',
  Type.Object({
    oldest_held: Type.Union([ref(OldestHeldSchema), Type.Null()], {
      description: 'Waits longest for stock.',
    }),
    oldest_in_transit: Type.Union([ref(OldestInTransitSchema), Type.Null()], {
      description: 'Has been under way longest.',
    }),
    quarantine_open: Type.Array(ref(OpenQuarantineSchema), { description: 'By code.' }),
  }),
)

const OverdueSchema = define(
  'Overdue',
  Type.Object(
    {
      transit_seconds: Type.Integer({ minimum: 1, description: 'For what is under way.' }),
      held_seconds: Type.Integer({
        minimum: 1,
        description: 'For departures that wait for stock, and for messages in quarantine.',
      }),
    },
    { description: 'The age from which on something is overdue, by the settings of the service.' },
  ),
)

export const OverviewSchema = define(
  'Overview',
  Type.Object(
    {
      totals: ref(TotalsSchema),
      lag: ref(LagSchema),
      rate: ref(RateSchema),
      attention: ref(AttentionSchema),
      overdue: ref(OverdueSchema),
    },
    { description: 'The state of everything at a glance.', examples: [example] },
  ),
)

/** What the schema of the route refers to. */
export const overviewSchemas = [
  TotalsSchema,
  PartitionLagSchema,
  LagSchema,
  RateSchema,
  OldestHeldSchema,
  OldestInTransitSchema,
  OpenQuarantineSchema,
  AttentionSchema,
  OverdueSchema,
  OverviewSchema,
]

/** What the books do not say. */
export interface Around {
  /** Null: not known now. */
  readonly ends: readonly LogEnds[] | null
  /** Null: not known now. */
  readonly rate: Rate | null
  readonly overdue: OverdueAges
}

/** In seconds. */
export interface OverdueAges {
  readonly transitSeconds: number
  readonly heldSeconds: number
}

export function overviewBody(
  { totals, positions, oldestHeld, oldestTransit, quarantine }: Overview,
  { ends, rate, overdue }: Around,
): Static<typeof OverviewSchema> {
  return {
    totals: {
      warehouses: totals.warehouses,
      cards: totals.cards,
      lines: totals.lines,
      movements_departed: totals.movementsDeparted,
      movements_arrived: totals.movementsArrived,
      movements_in_transit: totals.movementsInTransit,
      departures_held: totals.departuresHeld,
      quarantine_open: totals.messagesQuarantined,
    },
    lag: lagBody(positions, ends),
    rate: {
      events_per_second: rate === null ? null : round(rate.perSecond),
      over_seconds: rate === null ? null : round(rate.overSeconds),
    },
    attention: {
      oldest_held:
        oldestHeld === null
          ? null
          : {
              warehouse_id: oldestHeld.warehouseId,
              product_id: oldestHeld.productId,
              movement_id: oldestHeld.movementId,
              quantity: oldestHeld.quantity,
              timestamp: formatTimestamp(oldestHeld.occurredAt),
            },
      oldest_in_transit:
        oldestTransit === null
          ? null
          : {
              movement_id: oldestTransit.movementId,
              product_id: oldestTransit.productId,
              quantity: oldestTransit.quantity,
              since: formatTimestamp(oldestTransit.since),
            },
      quarantine_open: quarantine.map(({ code, count, more, oldestReceivedAt }) => ({
        code,
        count,
        more,
        oldest_received_at: formatTimestamp(oldestReceivedAt),
      })),
    },
    overdue: { transit_seconds: overdue.transitSeconds, held_seconds: overdue.heldSeconds },
  }
}

/** Both sides may know partitions that the other does not: one that nobody has taken, or, with Kafka away, its end. */
function lagBody(
  positions: readonly BookedPartition[],
  ends: readonly LogEnds[] | null,
): Static<typeof LagSchema> {
  const booked = new Map(positions.map((position) => [position.partition, position]))
  const logs = new Map((ends ?? []).map((log) => [log.partition, log]))
  const numbers = [...new Set([...booked.keys(), ...logs.keys()])].sort((a, b) => a - b)
  const partitions = numbers.map((partition) => {
    const [position, log] = [booked.get(partition), logs.get(partition)]
    return {
      partition,
      next_offset: position?.nextOffset ?? null,
      log_end_offset: log?.latest ?? null,
      lag: lagOf(position, log),
    }
  })
  const lags = partitions.map(({ lag }) => lag)
  const isKnown = ends !== null && !lags.includes(null)
  return { total: isKnown ? lags.reduce<number>((sum, lag) => sum + (lag ?? 0), 0) : null, partitions }
}

/** A partition that nobody has taken yet begins where its log begins. A topic made anew has another id, and no lag. */
function lagOf(position: BookedPartition | undefined, log: LogEnds | undefined): number | null {
  if (log === undefined) return null
  if (position === undefined) return log.latest - log.earliest
  // The position is read a moment before the log, or, where that is remembered, up to a second after it.
  return position.topicId === log.topicId ? Math.max(0, log.latest - position.nextOffset) : null
}

/** Two digits: more are noise. */
function round(number: number): number {
  return Math.round(number * 100) / 100
}
