import { Type, type Static } from 'typebox'
import type { IngestOutcome, RehearsedOutcome } from '../ingest.ts'
import type { Rejection } from '../message/rejection.ts'
import { define, nullable, ref, word } from './schema.ts'

const outcomeWords = ['booked', 'held', 'duplicate', 'quarantined', 'accepted', 'rejected'] as const

const meaningOfOutcomes =
  '`booked`: it has its line on the card. `held`: a departure larger than the stock; it gets its line when there is ' +
  'enough. `duplicate`: it was known already, nothing has changed. `quarantined`: it contradicts what is booked, and ' +
  'waits for a person. `accepted`: it is in the log and not booked yet; ask with `?after=PARTITION:OFFSET`. ' +
  '`rejected`: it cannot be understood, and was not taken.'

const EventOutcomeSchema = define(
  'EventOutcome',
  Type.Object(
    {
      index: Type.Integer({ minimum: 0, description: 'Which event of the request; 0 is the first.' }),
      outcome: word(outcomeWords, meaningOfOutcomes),
      card_line: nullable(
        Type.Integer({ minimum: 1, description: 'Its line on the card, if it is booked and not rehearsed.' }),
      ),
      partition: nullable(
        Type.Integer({ minimum: 0, description: 'Of the topic; null if it is not in it.' }),
      ),
      offset: nullable(Type.Integer({ minimum: 0, description: 'In the partition.' })),
      code: nullable(Type.String({ description: 'Why it is rejected or quarantined: a stable code.' })),
      field: nullable(Type.String({ description: 'The path of the field at fault, if it is one field.' })),
      detail: nullable(Type.String({ description: 'The same in a sentence.' })),
    },
    { description: 'What became of one event, or in a dry run what would.' },
  ),
)

const nothing = { card_line: null, partition: null, offset: null, code: null, field: null, detail: null }

export const IngestSchema = define(
  'IngestResult',
  Type.Object(
    {
      dry_run: Type.Boolean({ description: 'Nothing was taken; these outcomes are only what would become.' }),
      outcomes: Type.Array(ref(EventOutcomeSchema), { description: 'One for each event, in their order.' }),
    },
    {
      description: 'What became of the events of one request.',
      examples: [
        {
          dry_run: false,
          outcomes: [
            { ...nothing, index: 0, outcome: 'booked', card_line: 1, partition: 0, offset: 17 },
            {
              ...nothing,
              index: 1,
              outcome: 'rejected',
              code: 'uuid_invalid',
              field: 'data.product_id',
              detail: 'An id is not a UUID.',
            },
          ],
        },
        {
          dry_run: false,
          outcomes: [{ ...nothing, index: 0, outcome: 'accepted', partition: 0, offset: 17 }],
        },
        { dry_run: true, outcomes: [{ ...nothing, index: 0, outcome: 'held' }] },
      ],
    },
  ),
)

/** What `IngestSchema` refers to. */
export const ingestSchemas = [EventOutcomeSchema, IngestSchema]

type OutcomeBody = Static<typeof EventOutcomeSchema>

export function ingestBody(outcomes: readonly IngestOutcome[]): Static<typeof IngestSchema> {
  return { dry_run: false, outcomes: outcomes.map(outcomeBody) }
}

export function rehearsalBody(outcomes: readonly RehearsedOutcome[]): Static<typeof IngestSchema> {
  return {
    dry_run: true,
    outcomes: outcomes.map((one, index) => ({
      ...nothing,
      ...('rejection' in one ? reasonOf(one.rejection) : {}),
      index,
      outcome: one.outcome,
    })),
  }
}

function outcomeBody(one: IngestOutcome, index: number): OutcomeBody {
  if (one.outcome === 'rejected')
    return { ...nothing, ...reasonOf(one.rejection), index, outcome: 'rejected' }
  const { partition, offset } = one.place
  const body = { ...nothing, index, outcome: one.outcome, partition, offset }
  if (one.outcome === 'booked') return { ...body, card_line: one.line }
  if (one.outcome !== 'quarantined') return body
  return { ...body, code: one.code, field: one.field, detail: one.detail }
}

function reasonOf({ code, field, detail }: Rejection): Pick<OutcomeBody, 'code' | 'field' | 'detail'> {
  return { code, field, detail }
}
