/** The parameters of all routes: what they must be, and what is answered when they are not. */
import assert from 'node:assert/strict'
import { Type, type TSchema } from 'typebox'
import { movementStatuses } from '../booking/movement-view.ts'
import { rejections, type RejectionCode } from '../message/rejection.ts'
import { eventKinds, type MovementId, type ProductId, type WarehouseId } from '../message/event.ts'
import { samples } from './samples.ts'
import type { Problem, ProblemCode } from './problems.ts'
import { timePattern, uuidPattern, word } from './schema.ts'

export interface ParameterRule {
  readonly schema: TSchema
  readonly problem: ProblemCode
  /** Completes the sentence "… must be". */
  readonly expected: string
}

/** Lines, or other items, of a page. 200 of them are about 60 KB. */
export const maxPageLines = 200
export const defaultPageLines = 50

/** Ours have at most 210 characters; more is read so that the answer is about the cursor, not about a length. */
const maxCursorCharacters = 512

function idRule(subject: string, example: string) {
  return {
    schema: Type.String({
      pattern: uuidPattern,
      description: `${subject}: a UUID of any version, in either case.`,
      examples: [example],
    }),
    problem: 'malformed_id',
    expected: `a UUID, for example ${example}`,
  } as const satisfies ParameterRule
}

function timeRule(description: string) {
  return {
    schema: Type.String({
      pattern: timePattern,
      maxLength: maxTimeCharacters,
      description: `${description} RFC 3339; without an offset it is UTC.`,
      examples: [samples.time],
    }),
    problem: 'malformed_time',
    expected: `a time as RFC 3339 writes it, for example ${samples.time}`,
  } as const satisfies ParameterRule
}

/** The longest that says a microsecond has 32. */
const maxTimeCharacters = 64
/** A hundred years: no report is older, and PostgreSQL can still subtract it. */
const maxAgeSeconds = 3_155_760_000

/** In the path, or as filters in the query. */
export const pathParameters = {
  movement_id: idRule('The movement', samples.movementId),
  warehouse_id: idRule('The warehouse', samples.receiverId),
  product_id: idRule('The product', samples.productId),
}

/** In the path: a message in quarantine. */
export const quarantineId = {
  schema: Type.Integer({
    minimum: 1,
    maximum: Number.MAX_SAFE_INTEGER,
    description: 'The number of the message in quarantine.',
    examples: [samples.quarantineId],
  }),
  problem: 'malformed_quarantine_id',
  expected: `a whole number, for example ${samples.quarantineId}`,
} as const satisfies ParameterRule

const rejectionCodes = Object.keys(rejections) as RejectionCode[]

export const queryParameters = {
  limit: {
    schema: Type.Integer({
      minimum: 1,
      maximum: maxPageLines,
      default: defaultPageLines,
      description: 'Lines or other items on the page, at most.',
    }),
    problem: 'limit_out_of_range',
    expected: `a whole number from 1 to ${maxPageLines}`,
  },
  cursor: {
    schema: Type.String({
      pattern: `^[A-Za-z0-9_-]{1,${maxCursorCharacters}}$`,
      description:
        'The `next_cursor` of the page before. Opaque; it belongs to one list and does not expire.',
    }),
    problem: 'malformed_cursor',
    expected: 'the next_cursor of a page of this list',
  },
  from: timeRule('Only what was recorded here at this time or later.'),
  to: timeRule('Only what was recorded here before this time.'),
  as_of: timeRule('When the stock was counted, for rows without a `timestamp`.'),
  older_than: {
    schema: Type.Integer({
      minimum: 0,
      maximum: maxAgeSeconds,
      description: 'Only what is at least so many seconds old.',
    }),
    problem: 'malformed_filter',
    expected: `a whole number of seconds, at most ${maxAgeSeconds}`,
  },
  status: {
    schema: word(movementStatuses, 'Only movements with this status.'),
    problem: 'malformed_filter',
    expected: `one of ${movementStatuses.join(', ')}`,
  },
  event: {
    schema: word(eventKinds, 'Only departures, or only arrivals.'),
    problem: 'malformed_filter',
    expected: `one of ${eventKinds.join(', ')}`,
  },
  code: {
    schema: word(rejectionCodes, 'Only messages that were rejected with this code.'),
    problem: 'malformed_filter',
    expected: `one of ${rejectionCodes.join(', ')}`,
  },
  after: {
    schema: Type.String({
      pattern: '^(0|[1-9][0-9]{0,9}):(0|[1-9][0-9]{0,14})$',
      description:
        'Wait until this message is booked, then read: `PARTITION:OFFSET`, as `POST /api/events` answers them.',
      examples: ['0:17'],
    }),
    problem: 'malformed_position',
    expected: 'PARTITION:OFFSET, for example 0:17',
  },
  dry_run: {
    schema: Type.Boolean({
      default: false,
      description: 'Only say what would become of the events: nothing is produced, nothing is booked.',
    }),
    problem: 'malformed_request',
    expected: 'true or false',
  },
} as const satisfies Record<string, ParameterRule>

const parameters = { ...pathParameters, quarantine_id: quarantineId, ...queryParameters }
type ParameterName = keyof typeof parameters

/** Whether any route has a parameter of this name. */
export function isParameter(name: string): name is ParameterName {
  return Object.hasOwn(parameters, name)
}

/** What is answered when a parameter is not what it must be; `expected` where a route wants another word. */
export function parameterProblem(name: ParameterName, expected: string = parameters[name].expected): Problem {
  const { problem } = parameters[name]
  return { code: problem, detail: `${name} must be ${expected}.` }
}

/** As many as 2^53 has. Some hundreds would be read as Infinity, which the limits of a schema let through. */
const wholeNumber = /^\d{1,16}$/

/** What is wrong with a whole number of an address that is not written in digits: `0x10` and `1e1` are numbers, too. */
export function malformedInteger(given: unknown): Problem | null {
  for (const [name, text] of Object.entries(given ?? {})) {
    const isInteger =
      isParameter(name) && 'type' in parameters[name].schema && parameters[name].schema.type === 'integer'
    if (isInteger && !wholeNumber.test(String(text))) return parameterProblem(name)
  }
  return null
}

/** What is answered to a query parameter that the route does not know. */
export function unknownQueryParameter(name: string): Problem {
  const echoed = JSON.stringify(name.slice(0, maxEchoedCharacters))
  return { code: 'unknown_query_parameter', detail: `The route has no query parameter ${echoed}.` }
}

/** Enough to recognise a misspelt name. */
const maxEchoedCharacters = 64

/** For a route that takes no query. */
export const noQuery = Type.Object({}, { additionalProperties: false })

/** What the parser makes of an id that its schema has let through. Anything else than a UUID is a bug of ours. */
export function expectId<Id extends MovementId | ProductId | WarehouseId>(id: Id | null): Id {
  assert(id !== null, 'the schema of an id lets through what the parser refuses')
  return id
}
