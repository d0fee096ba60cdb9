import { Type } from 'typebox'
import { cardPage } from '../../booking/changed-pages.ts'
import type { CardKey, ProductId, WarehouseId } from '../../message/event.ts'
import { parseUuid } from '../../message/uuid.ts'
import { readCard } from '../../store/read-card.ts'
import { afterQuery, problemsOfAfter, waitsForAfter } from '../after.ts'
import type { Api } from '../app.ts'
import { cardBody, CardSchema } from '../card-body.ts'
import { cardCursor } from '../cursor.ts'
import type { ApiDependencies } from '../dependencies.ts'
import { readPageQuery } from '../page-query.ts'
import { answerPage, pageAnswer, sendPage, toPage } from '../page-answer.ts'
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
import { readRange } from '../time-range.ts'

export function getCard(app: Api, deps: ApiDependencies): void {
  const { database, pages } = deps
  app.get(
    '/api/warehouses/:warehouse_id/products/:product_id',
    {
      config: { role: 'read' },
      ...waitsForAfter(deps),
      schema: {
        operationId: 'getCard',
        tags: ['stock'],
        summary: 'The stock of one product in one warehouse',
        description:
          'How much there is now, how much is held, and the numbered lines that led there. The filters apply to the lines alone; with `event` a page may be short and still have a next one.',
        params: Type.Object({
          warehouse_id: pathParameters.warehouse_id.schema,
          product_id: pathParameters.product_id.schema,
        }),
        querystring: Type.Object(
          {
            from: Type.Optional(queryParameters.from.schema),
            to: Type.Optional(queryParameters.to.schema),
            event: Type.Optional(queryParameters.event.schema),
            limit: Type.Optional(queryParameters.limit.schema),
            cursor: Type.Optional(queryParameters.cursor.schema),
            ...afterQuery,
          },
          { additionalProperties: false },
        ),
        response: {
          200: pageAnswer(CardSchema),
          ...problemAnswers(`/api/warehouses/${samples.receiverId}/products/${samples.productId}`, [
            parameterProblem('product_id'),
            parameterProblem('cursor'),
            parameterProblem('limit'),
            parameterProblem('from'),
            parameterProblem('event'),
            unknownQueryParameter('offset'),
            { code: 'card_unknown' },
            ...problemsOfAfter,
            ...problemsOfReads,
          ]),
        },
      },
    },
    (request, reply) => {
      const card: CardKey = {
        warehouseId: expectId(parseUuid<WarehouseId>(request.params.warehouse_id)),
        productId: expectId(parseUuid<ProductId>(request.params.product_id)),
      }
      const asked = readPageQuery(cardCursor(card), request.query)
      if ('code' in asked) return void sendProblem(request, reply, asked)
      const range = readRange(request.query)
      if ('code' in range) return void sendProblem(request, reply, range)
      const filter = { ...range, event: request.query.event ?? null }
      const load = async () => {
        const page = await readCard(database, card, { before: asked.after, limit: asked.limit, filter })
        return page === null ? null : toPage(reply, cardBody(card, page))
      }
      const read = isFirstPage(request.query) ? pages.read(cardPage(card), load) : pages.bypass(load)
      return answerPage(read, ({ page, result }) => {
        if (page === null) sendProblem(request, reply, { code: 'card_unknown' })
        else sendPage(reply, page, result)
      })
    },
  )
}

/** What most ask for, and all that is kept: whoever asks for anything else is answered from the database. */
function isFirstPage({ limit = defaultPageLines, ...others }: { readonly limit?: number }): boolean {
  return limit === defaultPageLines && Object.keys(others).length === 0
}
