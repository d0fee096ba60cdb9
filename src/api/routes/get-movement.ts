import { Type } from 'typebox'
import { movementPage } from '../../booking/changed-pages.ts'
import { viewMovement } from '../../booking/movement-view.ts'
import type { MovementId } from '../../message/event.ts'
import { parseUuid } from '../../message/uuid.ts'
import { readMovement } from '../../store/read-movement.ts'
import { maySeeAny } from '../access.ts'
import { afterQuery, problemsOfAfter, waitsForAfter } from '../after.ts'
import type { Api } from '../app.ts'
import type { ApiDependencies } from '../dependencies.ts'
import { movementBody, MovementSchema } from '../movement-body.ts'
import { answerPage, pageAnswer, sendPage, toPage } from '../page-answer.ts'
import { expectId, parameterProblem, pathParameters, unknownQueryParameter } from '../parameters.ts'
import { problemAnswers, problemsOfReads, sendProblem } from '../problem-answer.ts'
import { samples } from '../samples.ts'

export function getMovement(app: Api, deps: ApiDependencies): void {
  const { database, pages } = deps
  app.get(
    '/api/movements/:movement_id',
    {
      config: { role: 'read', answersWithinScope: true },
      ...waitsForAfter(deps),
      schema: {
        operationId: 'getMovement',
        tags: ['stock'],
        summary: 'One movement of goods',
        description:
          'Sender, receiver, the time between them, and the difference in quantity if there is one.',
        params: Type.Object({ movement_id: pathParameters.movement_id.schema }),
        querystring: Type.Object(afterQuery, { additionalProperties: false }),
        response: {
          200: pageAnswer(MovementSchema),
          ...problemAnswers(`/api/movements/${samples.movementId}`, [
            parameterProblem('movement_id'),
            unknownQueryParameter('limit'),
            { code: 'movement_unknown' },
            ...problemsOfAfter,
            ...problemsOfReads,
          ]),
        },
      },
    },
    (request, reply) => {
      const movementId = expectId(parseUuid<MovementId>(request.params.movement_id))
      const load = async () => {
        const view = viewMovement(await readMovement(database, movementId))
        if (view === null) return null
        const warehouses = new Set(view.events.map((leg) => leg.warehouseId))
        return toPage(reply, movementBody(movementId, view), [...warehouses])
      }
      const read =
        request.query.after === undefined ? pages.read(movementPage(movementId), load) : pages.bypass(load)
      return answerPage(read, ({ page, result }) => {
        // To a key of other warehouses the movement is as unknown as one that nobody mentions.
        if (page === null || !maySeeAny(request, page.warehouses))
          sendProblem(request, reply, { code: 'movement_unknown' })
        else sendPage(reply, page, result)
      })
    },
  )
}
