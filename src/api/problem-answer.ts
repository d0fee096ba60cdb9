import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import {
  problemBody,
  problemHeaders,
  problemMediaType,
  problems,
  retryAfterSeconds,
  type Problem,
} from './problems.ts'
import { define, nullable, ref, word } from './schema.ts'

export const ProblemSchema = define(
  'Problem',
  Type.Object(
    {
      type: Type.String({
        format: 'uri-reference',
        description: 'The kind of problem: `/problems/` and its code.',
      }),
      title: Type.String({ description: 'The kind of problem in one sentence.' }),
      status: Type.Integer({ minimum: 400, maximum: 599, description: 'The HTTP status.' }),
      detail: Type.String({ description: 'What is wrong with this request.' }),
      instance: Type.String({ description: 'The path that was asked for.' }),
      code: word(Object.keys(problems), 'Stable: programs should look at this, people at the rest.'),
      rejections: Type.Optional(
        Type.Array(
          Type.Object({
            index: Type.Integer({
              minimum: 0,
              description: 'Which event of the request; 0 is the first. Of a file, which of its wrong rows.',
            }),
            line: Type.Optional(
              Type.Integer({ minimum: 1, description: 'Of a file only: the line; 1 is the first.' }),
            ),
            code: Type.String({ description: 'Stable: why it was rejected.' }),
            field: nullable(
              Type.String({ description: 'The path of the field, or the column, at fault, if it is one.' }),
            ),
            detail: Type.String({ description: 'The same in a sentence.' }),
          }),
          {
            description:
              'Only with `nothing_acceptable`, `still_rejected` and `file_rejected`: why each event, or row, was rejected.',
          },
        ),
      ),
    },
    {
      description: 'Every error is answered in this form (RFC 9457).',
      examples: [problemBody({ code: 'route_unknown' }, '/api/movement')],
    },
  ),
)

/** Answers with the problem. */
export function sendProblem(request: FastifyRequest, reply: FastifyReply, problem: Problem): FastifyReply {
  const body = problemBody(problem, request.url)
  return reply.code(body.status).headers(problemHeaders(problem.code)).send(body)
}

/** What a route that reads the database may answer beside what is its own. */
export const problemsOfReads: readonly Problem[] = [
  { code: 'database_unavailable' },
  { code: 'answer_timed_out' },
]

const problemsOfAllRoutes: readonly Problem[] = [
  { code: 'malformed_url' },
  { code: 'malformed_request' },
  { code: 'request_timed_out' },
  { code: 'headers_too_large' },
  { code: 'internal_error' },
]

/** What every route under `/api` may answer: see `guard.ts`. */
const problemsOfKeys: readonly Problem[] = [
  { code: 'key_missing' },
  { code: 'key_unknown' },
  { code: 'role_too_low' },
  { code: 'outside_scope' },
  { code: 'rate_limited' },
]

/**
 * The error answers of a route as its schema publishes them, by status: `url` is an example of its address, `own` has
 * an example of each problem that not all routes have.
 */
export function problemAnswers(url: string, own: readonly Problem[]): Record<string, object> {
  const ofKeys = url.startsWith('/api/') ? problemsOfKeys : []
  const byStatus = Map.groupBy(
    [...own, ...ofKeys, ...problemsOfAllRoutes],
    ({ code }) => problems[code].status,
  )
  return Object.fromEntries([...byStatus].map(([status, group]) => [status, problemAnswer(url, group)]))
}

function problemAnswer(url: string, group: readonly Problem[]): object {
  const examples = group.map((problem) => {
    const { title, remedy } = problems[problem.code]
    return [problem.code, { summary: title, description: remedy, value: problemBody(problem, url) }] as const
  })
  const headers = group.map(({ code }) => problemHeaders(code))
  const described = [
    ...(headers.some((one) => 'retry-after' in one) ? [['Retry-After', retryAfterSchema] as const] : []),
    ...(headers.some((one) => 'www-authenticate' in one)
      ? [['WWW-Authenticate', challengeSchema] as const]
      : []),
  ]
  return {
    description: group.map(({ code }) => `\`${code}\`: ${problems[code].title}.`).join(' '),
    ...(described.length > 0 ? { headers: Object.fromEntries(described) } : {}),
    content: { [problemMediaType]: { schema: ref(ProblemSchema), examples: Object.fromEntries(examples) } },
  }
}

const retryAfterSchema = Type.Integer({
  description: 'Seconds after which trying again is of use.',
  examples: [retryAfterSeconds],
})

const challengeSchema = Type.String({
  description: 'What kind of key is wanted (RFC 6750).',
  examples: ['Bearer realm="bincard"'],
})
