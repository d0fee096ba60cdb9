import { Type } from 'typebox'
import type { ProductId, WarehouseId } from '../../message/event.ts'
import { parseUuid } from '../../message/uuid.ts'
import { readHeld } from '../../store/read-held.ts'
import { waitsForAfter } from '../after.ts'
import type { Api } from '../app.ts'
import { heldCursor } from '../cursor.ts'
import type { ApiDependencies } from '../dependencies.ts'
import { nextCursor, pageProblems, pageQuery, readPageQuery } from '../page-query.ts'
import { parameterProblem, pathParameters, unknownQueryParameter } from '../parameters.ts'
import { problemAnswers, problemsOfReads, sendProblem } from '../problem-answer.ts'
import type { Problem } from '../problems.ts'
import { ref } from '../schema.ts'
import { heldBody, HeldPageSchema } from '../stock-bodies.ts'

export function getHeld(app: Api, deps: ApiDependencies): void {
  const { database } = deps
  app.get(
    '/api/held',
    {
      config: { role: 'read', warehouseInQuery: true },
      ...waitsForAfter(deps),
      schema: {
        operationId: 'listHeld',
        tags: ['stock'],
        summary: 'Departures that wait for stock',
        description:
          'Card by card, by warehouse and product; on each card the oldest first, with what it lacks.',
        querystring: Type.Object(
          {
            warehouse_id: Type.Optional(pathParameters.warehouse_id.schema),
            product_id: Type.Optional(pathParameters.product_id.schema),
            ...pageQuery,
          },
          { additionalProperties: false },
        ),
        response: {
          200: ref(HeldPageSchema),
          ...problemAnswers('/api/held', [
            parameterProblem('warehouse_id'),
            ...pageProblems,
            productAlone,
            unknownQueryParameter('offset'),
            ...problemsOfReads,
          ]),
        },
      },
    },
    async (request, reply) => {
      const { warehouse_id: warehouse, product_id: product } = request.query
      const filter = {
        warehouseId: parseUuid<WarehouseId>(warehouse),
        productId: parseUuid<ProductId>(product),
      }
      if (filter.productId !== null && filter.warehouseId === null) {
        return sendProblem(request, reply, productAlone)
      }
      const asked = readPageQuery(heldCursor, request.query)
      if ('code' in asked) return sendProblem(request, reply, asked)
      const { items, next } = await readHeld(database, filter, asked)
      return { items: items.map(heldBody), next_cursor: nextCursor(heldCursor, next) }
    },
  )
}

const productAlone: Problem = {
  code: 'filters_unsupported',
  detail:
    'product_id is answered together with warehouse_id; /api/products/{product_id}/warehouses names them.',
}
