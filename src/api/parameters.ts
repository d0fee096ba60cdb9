/** The parameters of all routes: what they must be, and what is answered when they are not. */
import assert from 'node:assert/strict'
import { Type, type TSchema } from 'typebox'
import type { MovementId, ProductId, WarehouseId } from '../message/event.ts'
import { samples } from './samples.ts'
import type { Problem, ProblemCode } from './problems.ts'
import { uuidPattern } from './schema.ts'

export interface ParameterRule {
  readonly schema: TSchema
  readonly problem: ProblemCode
  /** Completes the sentence "… must be". */
  readonly expected: string
}

/** Lines of a page. 200 of them are about 60 KB. */
export const maxPageLines = 200
export const defaultPageLines = 50

/** Ours have 113 characters; more is read so that the answer is about the cursor, not about a length. */
const maxCursorCharacters = 256

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

export const pathParameters = {
  movement_id: idRule('The movement', samples.movementId),
  warehouse_id: idRule('The warehouse', samples.receiverId),
  product_id: idRule('The product', samples.productId),
}

export const queryParameters = {
  limit: {
    schema: Type.Integer({
      minimum: 1,
      maximum: maxPageLines,
      default: defaultPageLines,
      description: 'Lines on the page, at most.',
    }),
    problem: 'limit_out_of_range',
    expected: `a whole number from 1 to ${maxPageLines}`,
  },
  cursor: {
    schema: Type.String({
      pattern: `^[A-Za-z0-9_-]{1,${maxCursorCharacters}}$`,
      description:
        'The `next_cursor` of the page before. Opaque; it belongs to one card and does not expire.',
    }),
    problem: 'malformed_cursor',
    expected: 'the next_cursor of a page of this card',
  },
  after: {
    schema: Type.String({
      pattern: '^(0|[1-9][0-9]{0,9}):(0|[1-9][0-9]{0,15})$',
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

const parameters = { ...pathParameters, ...queryParameters }
type ParameterName = keyof typeof parameters

/** Whether any route has a parameter of this name. */
export function isParameter(name: string): name is ParameterName {
  return Object.hasOwn(parameters, name)
}

/** What is answered when a parameter is not what it must be. */
export function parameterProblem(name: ParameterName): Problem {
  const { problem, expected } = parameters[name]
  return { code: problem, detail: `${name} must be ${expected}.` }
}

/** What is answered to a query parameter that the route does not know. */
export function unknownQueryParameter(name: string): Problem {
  const echoed = JSON.stringify(name.slice(0, maxEchoedCharacters))
  return { code: 'unknown_query_parameter', detail: `The route has no query parameter ${echoed}.` }
}

/** Enough to recognise a misspelt name. */
const maxEchoedCharacters = 64

/** What the parser makes of an id that its schema has let through. Anything else than a UUID is a bug of ours. */
export function expectId<Id extends MovementId | ProductId | WarehouseId>(id: Id | null): Id {
  assert(id !== null, 'the schema of an id lets through what the parser refuses')
  return id
}
