/** What is asked of, and answered by, the decisions about messages in quarantine. */
import { Type, type Static } from 'typebox'
import type { ProducedOutcome } from '../booked-outcomes.ts'
import { formatTimestamp } from '../message/timestamp.ts'
import type { RedriveAllAnswer } from '../quarantine-desk.ts'
import type { QuarantinedMessage } from '../store/read-quarantine.ts'
import { pageQuery } from './page-query.ts'
import { queryParameters } from './parameters.ts'
import { departureEvent, samples } from './samples.ts'
import { define, nullable, timestamp, word } from './schema.ts'

/** Each is written to the topic and waited for within one answer. */
export const maxRedrives = 100
/** Enough for a sentence or two. */
const maxReasonCharacters = 1000

export const RedriveRequestSchema = define(
  'RedriveRequest',
  Type.Object(
    {
      message: Type.Optional(
        Type.Object(
          {},
          { additionalProperties: true, description: 'The corrected CloudEvent, whole, in structured mode.' },
        ),
      ),
      accept: Type.Optional(
        Type.Literal(true, {
          description: 'Only for an arrival that is a `possible_duplicate`: it counts beside its equal.',
        }),
      ),
    },
    {
      additionalProperties: false,
      maxProperties: 1,
      description: 'Nothing for the message as it is, or one of these.',
      examples: [{}, { message: departureEvent }, { accept: true }],
    },
  ),
)

export const DiscardRequestSchema = define(
  'DiscardRequest',
  Type.Object(
    {
      reason: Type.String({
        minLength: 1,
        maxLength: maxReasonCharacters,
        pattern: '^[^\\u0000]*$',
        description: 'For whoever asks later why it was not booked.',
      }),
    },
    { additionalProperties: false, examples: [{ reason: 'A test message of the scanner.' }] },
  ),
)

export const RedriveAllRequestSchema = define(
  'RedriveAllRequest',
  Type.Object(
    {
      code: queryParameters.code.schema,
      limit: Type.Optional(
        Type.Integer({
          minimum: 1,
          maximum: maxRedrives,
          default: maxRedrives,
          description: 'Messages at most.',
        }),
      ),
      cursor: pageQuery.cursor,
    },
    { additionalProperties: false, examples: [{ code: 'dataschema_unsupported', limit: 100 }] },
  ),
)

const redriveOutcomes = ['booked', 'held', 'duplicate', 'quarantined', 'accepted'] as const

export const RedrivenSchema = define(
  'Redriven',
  Type.Object(
    {
      quarantine_id: Type.Integer({ minimum: 1, description: 'The number of the message in quarantine.' }),
      outcome: word(
        redriveOutcomes,
        'What became of it, as `POST /api/events` says it. `accepted`: it is in the log and not booked yet. `quarantined`: it was rejected again, and is in quarantine anew.',
      ),
      card_line: nullable(
        Type.Integer({ minimum: 1, description: 'Its line on the card, if it is booked.' }),
      ),
      partition: Type.Integer({ minimum: 0, description: 'Where it is now: partition of the topic.' }),
      offset: Type.Integer({ minimum: 0, description: 'Where it is now: place in the partition.' }),
      code: nullable(Type.String({ description: 'Why it is quarantined.' })),
      field: nullable(Type.String({ description: 'The path of the field at fault, if it is one field.' })),
      detail: nullable(Type.String({ description: 'The same in a sentence.' })),
      settled_at: nullable(timestamp('When it was redriven.')),
      settled_by: nullable(Type.String({ description: 'Who redrove it.' })),
    },
    {
      description:
        'A message that was redriven. Asking for the same again answers what has become of it by then.',
      examples: [
        {
          quarantine_id: samples.quarantineId,
          outcome: 'booked',
          card_line: 7,
          partition: 0,
          offset: 41,
          code: null,
          field: null,
          detail: null,
          settled_at: '2025-02-18T15:02:11.870Z',
          settled_by: 'anna',
        },
      ],
    },
  ),
)

export const RedrivenAllSchema = define(
  'RedrivenAll',
  Type.Object(
    {
      outcomes: Type.Object(
        Object.fromEntries(
          [...redriveOutcomes, 'rejected'].map((outcome) => [outcome, Type.Integer({ minimum: 0 })]),
        ) as Record<keyof RedriveAllAnswer['counts'], ReturnType<typeof Type.Integer>>,
        {
          description: 'How many had each outcome. `rejected`: they would be rejected again, and stay open.',
        },
      ),
      next_cursor: nullable(
        Type.String({
          description: 'There are more: pass it as `cursor`. Null if these were the last ones.',
        }),
      ),
    },
    {
      description: 'What became of the open messages of a code.',
      examples: [
        {
          outcomes: { booked: 57, held: 2, duplicate: 0, quarantined: 0, accepted: 0, rejected: 1 },
          next_cursor: null,
        },
      ],
    },
  ),
)

/** What the schemas of the routes refer to. */
export const redriveSchemas = [
  RedriveRequestSchema,
  DiscardRequestSchema,
  RedriveAllRequestSchema,
  RedrivenSchema,
  RedrivenAllSchema,
]

export function redrivenBody(
  { quarantineId, settledAt, settledBy }: QuarantinedMessage,
  outcome: ProducedOutcome,
): Static<typeof RedrivenSchema> {
  const isQuarantined = outcome.outcome === 'quarantined'
  return {
    quarantine_id: quarantineId,
    outcome: outcome.outcome,
    card_line: outcome.outcome === 'booked' ? outcome.line : null,
    partition: outcome.place.partition,
    offset: outcome.place.offset,
    code: isQuarantined ? outcome.code : null,
    field: isQuarantined ? outcome.field : null,
    detail: isQuarantined ? outcome.detail : null,
    settled_at: settledAt === null ? null : formatTimestamp(settledAt),
    settled_by: settledBy,
  }
}
