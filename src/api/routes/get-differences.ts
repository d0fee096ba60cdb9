import { Type } from 'typebox'
import { readTransit } from '../../store/read-transit.ts'
import type { Api } from '../app.ts'
import { transitCursor } from '../cursor.ts'
import type { ApiDependencies } from '../dependencies.ts'
import { openMovementBody, OpenMovementPageSchema } from '../movement-list-bodies.ts'
import { nextCursor, pageProblems, pageQuery, readPageQuery, shortPages } from '../page-query.ts'
import { unknownQueryParameter } from '../parameters.ts'
import { problemAnswers, problemsOfReads, sendProblem } from '../problem-answer.ts'
import { ref } from '../schema.ts'

export function getDifferences(app: Api, { database }: ApiDependencies): void {
  app.get(
    '/api/differences',
    {
      config: { role: 'read' },
      schema: {
        operationId: 'listDifferences',
        tags: ['stock'],
        summary: 'What arrived with more or less than departed',
        description: `Movements that both departed and arrived, in different quantities, the oldest report first. ${shortPages}`,
        querystring: Type.Object(pageQuery, { additionalProperties: false }),
        response: {
          200: ref(OpenMovementPageSchema),
          ...problemAnswers('/api/differences', [
            ...pageProblems,
            unknownQueryParameter('offset'),
            ...problemsOfReads,
          ]),
        },
      },
    },
    async (request, reply) => {
      const asked = readPageQuery(transitCursor, request.query)
      if ('code' in asked) return sendProblem(request, reply, asked)
      const everyDifference = { olderThanSeconds: null, warehouseId: null, bothSides: true }
      const { items, next } = await readTransit(database, everyDifference, asked)
      return { items: items.map(openMovementBody), next_cursor: nextCursor(transitCursor, next) }
    },
  )
}
