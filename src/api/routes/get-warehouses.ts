import { Type } from 'typebox'
import { readWarehouses } from '../../store/read-warehouses.ts'
import { scopeOf } from '../access.ts'
import { waitsForAfter } from '../after.ts'
import type { Api } from '../app.ts'
import { warehousesCursor } from '../cursor.ts'
import type { ApiDependencies } from '../dependencies.ts'
import { nextCursor, pageProblems, pageQuery, readPageQuery } from '../page-query.ts'
import { unknownQueryParameter } from '../parameters.ts'
import { problemAnswers, problemsOfReads, sendProblem } from '../problem-answer.ts'
import { ref } from '../schema.ts'
import { warehouseBody, WarehousePageSchema } from '../stock-bodies.ts'

export function getWarehouses(app: Api, deps: ApiDependencies): void {
  const { database } = deps
  app.get(
    '/api/warehouses',
    {
      config: { role: 'read', answersWithinScope: true },
      ...waitsForAfter(deps),
      schema: {
        operationId: 'listWarehouses',
        tags: ['stock'],
        summary: 'The warehouses',
        description: 'Every warehouse that an accepted event mentions, by id, with its short code.',
        querystring: Type.Object(pageQuery, { additionalProperties: false }),
        response: {
          200: ref(WarehousePageSchema),
          ...problemAnswers('/api/warehouses', [
            ...pageProblems,
            unknownQueryParameter('offset'),
            ...problemsOfReads,
          ]),
        },
      },
    },
    async (request, reply) => {
      const asked = readPageQuery(warehousesCursor, request.query)
      if ('code' in asked) return sendProblem(request, reply, asked)
      const { items, next } = await readWarehouses(database, scopeOf(request), asked)
      return { items: items.map(warehouseBody), next_cursor: nextCursor(warehousesCursor, next) }
    },
  )
}
