import { Type } from 'typebox'
import type { WarehouseId } from '../../message/event.ts'
import { parseUuid } from '../../message/uuid.ts'
import { readWarehouseProducts } from '../../store/read-warehouse-products.ts'
import { waitsForAfter } from '../after.ts'
import type { Api } from '../app.ts'
import { productsCursor } from '../cursor.ts'
import type { ApiDependencies } from '../dependencies.ts'
import { nextCursor, pageProblems, pageQuery, readPageQuery } from '../page-query.ts'
import { expectId, parameterProblem, pathParameters, unknownQueryParameter } from '../parameters.ts'
import { problemAnswers, problemsOfReads, sendProblem } from '../problem-answer.ts'
import { samples } from '../samples.ts'
import { ref } from '../schema.ts'
import { quantityBody, QuantityPageSchema } from '../stock-bodies.ts'

export function getWarehouseProducts(app: Api, deps: ApiDependencies): void {
  const { database } = deps
  app.get(
    '/api/warehouses/:warehouse_id/products',
    {
      config: { role: 'read' },
      ...waitsForAfter(deps),
      schema: {
        operationId: 'listWarehouseProducts',
        tags: ['stock'],
        summary: 'The stock of a warehouse',
        description: 'Every product that has a card there, by id, and how much there is of it.',
        params: Type.Object({ warehouse_id: pathParameters.warehouse_id.schema }),
        querystring: Type.Object(pageQuery, { additionalProperties: false }),
        response: {
          200: ref(QuantityPageSchema),
          ...problemAnswers(`/api/warehouses/${samples.receiverId}/products`, [
            parameterProblem('warehouse_id'),
            ...pageProblems,
            unknownQueryParameter('offset'),
            { code: 'warehouse_unknown' },
            ...problemsOfReads,
          ]),
        },
      },
    },
    async (request, reply) => {
      const warehouseId = expectId(parseUuid<WarehouseId>(request.params.warehouse_id))
      const cursor = productsCursor(warehouseId)
      const asked = readPageQuery(cursor, request.query)
      if ('code' in asked) return sendProblem(request, reply, asked)
      const page = await readWarehouseProducts(database, warehouseId, asked)
      if (page === null) return sendProblem(request, reply, { code: 'warehouse_unknown' })
      return { items: page.items.map(quantityBody), next_cursor: nextCursor(cursor, page.next) }
    },
  )
}
