import { Type } from 'typebox'
import type { ProductId, WarehouseId } from '../../message/event.ts'
import { parseUuid } from '../../message/uuid.ts'
import { readQuantities } from '../../store/read-quantities.ts'
import { outsideScope, scopeOf } from '../access.ts'
import { afterQuery, problemsOfAfter, waitsForAfter } from '../after.ts'
import type { Api } from '../app.ts'
import type { ApiDependencies } from '../dependencies.ts'
import { expectId, pathParameters, unknownQueryParameter } from '../parameters.ts'
import { problemAnswers, problemsOfReads, sendProblem } from '../problem-answer.ts'
import { samples } from '../samples.ts'
import { define, ref } from '../schema.ts'
import { quantityBody, QuantitySchema } from '../stock-bodies.ts'

/** A look-up by key each: together some 10 ms. */
const maxCards = 1000
/** A card takes some 110 bytes; the rest is for indented JSON. */
const maxBodyBytes = 262_144

const CardQuerySchema = define(
  'CardQuery',
  Type.Object(
    {
      cards: Type.Array(
        Type.Object(
          {
            warehouse_id: pathParameters.warehouse_id.schema,
            product_id: pathParameters.product_id.schema,
          },
          { additionalProperties: false },
        ),
        { minItems: 1, maxItems: maxCards },
      ),
    },
    {
      additionalProperties: false,
      examples: [{ cards: [{ warehouse_id: samples.receiverId, product_id: samples.productId }] }],
    },
  ),
)

const CardQuantitiesSchema = define(
  'CardQuantities',
  Type.Object(
    { items: Type.Array(ref(QuantitySchema)) },
    { description: 'The stock on each card, in the order of the question, all of one moment.' },
  ),
)

/** What the schema of the route refers to. */
export const cardQuerySchemas = [CardQuerySchema, CardQuantitiesSchema]

export function queryCards(app: Api, deps: ApiDependencies): void {
  const { database } = deps
  app.post(
    '/api/cards/query',
    {
      config: { role: 'read', answersWithinScope: true },
      ...waitsForAfter(deps),
      bodyLimit: maxBodyBytes,
      schema: {
        operationId: 'queryCards',
        tags: ['stock'],
        summary: 'The stock on many cards at once',
        description: `Up to ${maxCards} cards. One that no event mentions has quantity 0 and no line.`,
        querystring: Type.Object(afterQuery, { additionalProperties: false }),
        body: ref(CardQuerySchema),
        response: {
          200: ref(CardQuantitiesSchema),
          ...problemAnswers('/api/cards/query', [
            { code: 'malformed_body' },
            { code: 'body_too_large' },
            { code: 'unsupported_media_type' },
            unknownQueryParameter('limit'),
            ...problemsOfAfter,
            ...problemsOfReads,
          ]),
        },
      },
    },
    async (request, reply) => {
      const cards = request.body.cards.map((card) => ({
        warehouseId: expectId(parseUuid<WarehouseId>(card.warehouse_id)),
        productId: expectId(parseUuid<ProductId>(card.product_id)),
      }))
      const scope = scopeOf(request)
      const outside = cards.find(({ warehouseId }) => scope !== null && !scope.has(warehouseId))
      if (outside !== undefined) return sendProblem(request, reply, outsideScope(outside.warehouseId))
      return { items: (await readQuantities(database, cards)).map(quantityBody) }
    },
  )
}
