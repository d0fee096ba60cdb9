import { Type } from 'typebox'
import type { WarehouseId } from '../../message/event.ts'
import { parseUuid } from '../../message/uuid.ts'
import { readTransit } from '../../store/read-transit.ts'
import { waitsForAfter } from '../after.ts'
import type { Api } from '../app.ts'
import { transitCursor } from '../cursor.ts'
import type { ApiDependencies } from '../dependencies.ts'
import { openMovementBody, OpenMovementPageSchema } from '../movement-list-bodies.ts'
import { nextCursor, pageProblems, pageQuery, readPageQuery, shortPages } from '../page-query.ts'
import { parameterProblem, pathParameters, unknownQueryParameter } from '../parameters.ts'
import { problemAnswers, problemsOfReads, sendProblem } from '../problem-answer.ts'
import { ref } from '../schema.ts'

export function getDifferences(app: Api, deps: ApiDependencies): void {
  const { database } = deps
  app.get(
    '/api/differences',
    {
      config: { role: 'read', warehouseInQuery: true },
      ...waitsForAfter(deps),
      schema: {
        operationId: 'listDifferences',
        tags: ['stock'],
        summary: 'What arrived with more or less than departed',
        description: `Movements that both departed and arrived, in different quantities, the oldest report first. ${shortPages}`,
        querystring: Type.Object(
          { warehouse_id: Type.Optional(pathParameters.warehouse_id.schema), ...pageQuery },
          { additionalProperties: false },
        ),
        response: {
          200: ref(OpenMovementPageSchema),
          ...problemAnswers('/api/differences', [
            parameterProblem('warehouse_id'),
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
      const warehouseId = parseUuid<WarehouseId>(request.query.warehouse_id)
      const filter = { olderThanSeconds: null, warehouseId, bothSides: true }
      const { items, next } = await readTransit(database, filter, asked)
      return { items: items.map(openMovementBody), next_cursor: nextCursor(transitCursor, next) }
    },
  )
}
