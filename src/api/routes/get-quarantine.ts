import { Type } from 'typebox'
import { quarantineStatuses, readQuarantine } from '../../store/read-quarantine.ts'
import { waitsForAfter } from '../after.ts'
import type { Api } from '../app.ts'
import { quarantineCursor } from '../cursor.ts'
import type { ApiDependencies } from '../dependencies.ts'
import { nextCursor, pageProblems, pageQuery, readPageQuery } from '../page-query.ts'
import { parameterProblem, queryParameters, unknownQueryParameter } from '../parameters.ts'
import { problemAnswers, problemsOfReads, sendProblem } from '../problem-answer.ts'
import { quarantineItemBody, QuarantinePageSchema } from '../quarantine-body.ts'
import { ref, word } from '../schema.ts'

export function getQuarantine(app: Api, deps: ApiDependencies): void {
  const { database } = deps
  app.get(
    '/api/quarantine',
    {
      config: { role: 'read' },
      ...waitsForAfter(deps),
      schema: {
        operationId: 'listQuarantine',
        tags: ['quarantine'],
        summary: 'Messages in quarantine, the oldest first',
        description:
          'A queue to work off: what waits longest comes first, and what comes in meanwhile is found at the end of the same walk.',
        querystring: Type.Object(
          {
            code: Type.Optional(queryParameters.code.schema),
            status: Type.Optional(
              word(quarantineStatuses, 'Only messages with this status; without it, those that are `open`.'),
            ),
            ...pageQuery,
          },
          { additionalProperties: false },
        ),
        response: {
          200: ref(QuarantinePageSchema),
          ...problemAnswers('/api/quarantine', [
            parameterProblem('code'),
            ...pageProblems,
            unknownQueryParameter('offset'),
            ...problemsOfReads,
          ]),
        },
      },
    },
    async (request, reply) => {
      const { status = 'open', code = null } = request.query
      const filter = { status, code }
      const cursor = quarantineCursor(filter)
      const asked = readPageQuery(cursor, request.query)
      if ('code' in asked) return sendProblem(request, reply, asked)
      const { items, next } = await readQuarantine(database, filter, asked)
      return { items: items.map(quarantineItemBody), next_cursor: nextCursor(cursor, next) }
    },
  )
}
