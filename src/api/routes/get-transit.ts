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
import { parameterProblem, pathParameters, queryParameters, unknownQueryParameter } from '../parameters.ts'
import { problemAnswers, problemsOfReads, sendProblem } from '../problem-answer.ts'
import { ref } from '../schema.ts'

export function getTransit(app: Api, deps: ApiDependencies): void {
  const { database } = deps
  app.get(
    '/api/transit',
    {
      config: { role: 'read', warehouseInQuery: true },
      ...waitsForAfter(deps),
      schema: {
        operationId: 'listTransit',
        tags: ['stock'],
        summary: 'What is under way',
        description: `Every movement of which not as much arrived as departed, the oldest report first: goods on their way, arrivals without a departure, and what came short or over. ${shortPages}`,
        querystring: Type.Object(
          {
            older_than: Type.Optional(queryParameters.older_than.schema),
            warehouse_id: Type.Optional(pathParameters.warehouse_id.schema),
            ...pageQuery,
          },
          { additionalProperties: false },
        ),
        response: {
          200: ref(OpenMovementPageSchema),
          ...problemAnswers('/api/transit', [
            parameterProblem('warehouse_id'),
            parameterProblem('older_than'),
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
      const { older_than: olderThanSeconds = null, warehouse_id: warehouse } = request.query
      const filter = { olderThanSeconds, warehouseId: parseUuid<WarehouseId>(warehouse), bothSides: false }
      const { items, next } = await readTransit(database, filter, asked)
      return { items: items.map(openMovementBody), next_cursor: nextCursor(transitCursor, next) }
    },
  )
}
