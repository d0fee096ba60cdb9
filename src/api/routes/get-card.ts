import { Type } from 'typebox'
import type { CardKey, ProductId, WarehouseId } from '../../message/event.ts'
import { parseUuid } from '../../message/uuid.ts'
import { readCard } from '../../store/read-card.ts'
import { afterQuery, problemsOfAfter, waitsForAfter } from '../after.ts'
import type { Api } from '../app.ts'
import { cardBody, CardSchema } from '../card-body.ts'
import { decodeCursor } from '../cursor.ts'
import type { ApiDependencies } from '../dependencies.ts'
import {
  defaultPageLines,
  expectId,
  parameterProblem,
  pathParameters,
  queryParameters,
  unknownQueryParameter,
} from '../parameters.ts'
import { problemAnswers, problemsOfReads, sendProblem } from '../problem-answer.ts'
import { samples } from '../samples.ts'
import { ref } from '../schema.ts'

export function getCard(app: Api, deps: ApiDependencies): void {
  const { database } = deps
  app.get(
    '/api/warehouses/:warehouse_id/products/:product_id',
    {
      ...waitsForAfter(deps),
      schema: {
        operationId: 'getCard',
        tags: ['stock'],
        summary: 'The stock of one product in one warehouse',
        description: 'How much there is now, how much is held, and the numbered lines that led there.',
        params: Type.Object({
          warehouse_id: pathParameters.warehouse_id.schema,
          product_id: pathParameters.product_id.schema,
        }),
        querystring: Type.Object(
          {
            limit: Type.Optional(queryParameters.limit.schema),
            cursor: Type.Optional(queryParameters.cursor.schema),
            ...afterQuery,
          },
          { additionalProperties: false },
        ),
        response: {
          200: ref(CardSchema),
          ...problemAnswers(`/api/warehouses/${samples.receiverId}/products/${samples.productId}`, [
            parameterProblem('product_id'),
            parameterProblem('cursor'),
            parameterProblem('limit'),
            unknownQueryParameter('offset'),
            { code: 'card_unknown' },
            ...problemsOfAfter,
            ...problemsOfReads,
          ]),
        },
      },
    },
    async (request, reply) => {
      const { limit = defaultPageLines, cursor } = request.query
      const card: CardKey = {
        warehouseId: expectId(parseUuid<WarehouseId>(request.params.warehouse_id)),
        productId: expectId(parseUuid<ProductId>(request.params.product_id)),
      }
      const before = cursor === undefined ? null : decodeCursor(card, cursor)
      if (cursor !== undefined && before === null) {
        return sendProblem(request, reply, parameterProblem('cursor'))
      }
      const page = await readCard(database, card, { before, limit })
      if (page === null) return sendProblem(request, reply, { code: 'card_unknown' })
      return cardBody(card, page)
    },
  )
}
