import { Type } from 'typebox'
import type { ProductId, WarehouseId } from '../../message/event.ts'
import { parseUuid } from '../../message/uuid.ts'
import { readCardMovements, readMovements } from '../../store/read-movements.ts'
import { waitsForAfter } from '../after.ts'
import type { Api } from '../app.ts'
import { cardMovementsCursor, movementsCursor } from '../cursor.ts'
import type { ApiDependencies } from '../dependencies.ts'
import { listedMovementBody, MovementPageSchema } from '../movement-list-bodies.ts'
import { nextCursor, pageProblems, pageQuery, readPageQuery, shortPages } from '../page-query.ts'
import { parameterProblem, pathParameters, queryParameters, unknownQueryParameter } from '../parameters.ts'
import { problemAnswers, problemsOfReads, sendProblem } from '../problem-answer.ts'
import type { Problem } from '../problems.ts'
import { ref } from '../schema.ts'
import { readRange } from '../time-range.ts'

export function getMovements(app: Api, deps: ApiDependencies): void {
  const { database } = deps
  app.get(
    '/api/movements',
    {
      config: { role: 'read', warehouseInQuery: true },
      ...waitsForAfter(deps),
      schema: {
        operationId: 'listMovements',
        tags: ['stock'],
        summary: 'Movements, the newest first',
        description: `Each product of a movement by itself, at the place of its first report. With a warehouse and a \
product: what is booked on that card; what it holds is listed by \`/api/held\`. ${shortPages}`,
        querystring: Type.Object(
          {
            status: Type.Optional(queryParameters.status.schema),
            warehouse_id: Type.Optional(pathParameters.warehouse_id.schema),
            product_id: Type.Optional(pathParameters.product_id.schema),
            from: Type.Optional(queryParameters.from.schema),
            to: Type.Optional(queryParameters.to.schema),
            ...pageQuery,
          },
          { additionalProperties: false },
        ),
        response: {
          200: ref(MovementPageSchema),
          ...problemAnswers('/api/movements', [
            parameterProblem('warehouse_id'),
            parameterProblem('from'),
            parameterProblem('status'),
            ...pageProblems,
            productAlone,
            unknownQueryParameter('offset'),
            ...problemsOfReads,
          ]),
        },
      },
    },
    async (request, reply) => {
      const { status = null, warehouse_id: warehouse, product_id: product } = request.query
      const warehouseId = parseUuid<WarehouseId>(warehouse)
      const productId = parseUuid<ProductId>(product)
      const range = readRange(request.query)
      if ('code' in range) return sendProblem(request, reply, range)
      const filter = { status, ...range }

      if (warehouseId !== null && productId !== null) {
        const card = { warehouseId, productId }
        const cursor = cardMovementsCursor(card)
        const asked = readPageQuery(cursor, request.query)
        if ('code' in asked) return sendProblem(request, reply, asked)
        const { items, next } = await readCardMovements(database, card, filter, asked)
        return { items: items.map(listedMovementBody), next_cursor: nextCursor(cursor, next) }
      }

      if (productId !== null) return sendProblem(request, reply, productAlone)
      if (status !== null && range.from === null) return sendProblem(request, reply, statusWithoutBound)
      const asked = readPageQuery(movementsCursor, request.query)
      if ('code' in asked) return sendProblem(request, reply, asked)
      const { items, next } = await readMovements(database, { ...filter, warehouseId }, asked)
      return { items: items.map(listedMovementBody), next_cursor: nextCursor(movementsCursor, next) }
    },
  )
}

const productAlone: Problem = {
  code: 'filters_unsupported',
  detail: 'product_id is answered together with warehouse_id.',
}

/** Without a bound a rare status would be looked for in all that was ever recorded. */
const statusWithoutBound: Problem = {
  code: 'filters_unsupported',
  detail:
    'status is answered together with from, or with warehouse_id and product_id. /api/transit, /api/differences and /api/held list what is open, short or over, and held.',
}
