import { Type } from 'typebox'
import type { ProductId } from '../../message/event.ts'
import { parseUuid } from '../../message/uuid.ts'
import { readProductWarehouses } from '../../store/read-product-warehouses.ts'
import { scopeOf } from '../access.ts'
import { waitsForAfter } from '../after.ts'
import type { Api } from '../app.ts'
import { placesCursor } from '../cursor.ts'
import type { ApiDependencies } from '../dependencies.ts'
import { nextCursor, pageProblems, pageQuery, readPageQuery, shortPages } from '../page-query.ts'
import { expectId, parameterProblem, pathParameters, unknownQueryParameter } from '../parameters.ts'
import { problemAnswers, problemsOfReads, sendProblem } from '../problem-answer.ts'
import { samples } from '../samples.ts'
import { ref } from '../schema.ts'
import { quantityBody, QuantityPageSchema } from '../stock-bodies.ts'

export function getProductWarehouses(app: Api, deps: ApiDependencies): void {
  const { database } = deps
  app.get(
    '/api/products/:product_id/warehouses',
    {
      config: { role: 'read', answersWithinScope: true },
      ...waitsForAfter(deps),
      schema: {
        operationId: 'listProductWarehouses',
        tags: ['stock'],
        summary: 'Where a product is',
        description: `Every warehouse that has a card of the product, by id, and how much there is. ${shortPages}`,
        params: Type.Object({ product_id: pathParameters.product_id.schema }),
        querystring: Type.Object(pageQuery, { additionalProperties: false }),
        response: {
          200: ref(QuantityPageSchema),
          ...problemAnswers(`/api/products/${samples.productId}/warehouses`, [
            parameterProblem('product_id'),
            ...pageProblems,
            unknownQueryParameter('offset'),
            { code: 'product_unknown' },
            ...problemsOfReads,
          ]),
        },
      },
    },
    async (request, reply) => {
      const productId = expectId(parseUuid<ProductId>(request.params.product_id))
      const cursor = placesCursor(productId)
      const asked = readPageQuery(cursor, request.query)
      if ('code' in asked) return sendProblem(request, reply, asked)
      const { items, next } = await readProductWarehouses(
        database,
        { productId, within: scopeOf(request) },
        asked,
      )
      // All that the key may see were asked: on a later page, an earlier one may have had it.
      if (items.length === 0 && next === null && asked.after === null) {
        return sendProblem(request, reply, { code: 'product_unknown' })
      }
      return { items: items.map(quantityBody), next_cursor: nextCursor(cursor, next) }
    },
  )
}
