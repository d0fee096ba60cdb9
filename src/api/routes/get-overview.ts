import { Type } from 'typebox'
import { readOverview } from '../../store/read-overview.ts'
import { afterQuery, problemsOfAfter, waitsForAfter } from '../after.ts'
import type { Api } from '../app.ts'
import type { ApiDependencies } from '../dependencies.ts'
import { overviewBody, OverviewSchema } from '../overview-body.ts'
import { unknownQueryParameter } from '../parameters.ts'
import { problemAnswers, problemsOfReads } from '../problem-answer.ts'
import { ref } from '../schema.ts'

export function getOverview(app: Api, deps: ApiDependencies): void {
  const { database, topic, logEnds, bookingRate, overdue } = deps
  app.get(
    '/api/overview',
    {
      config: { role: 'read' },
      ...waitsForAfter(deps),
      schema: {
        operationId: 'getOverview',
        tags: ['stock'],
        summary: 'The state of everything at a glance',
        description:
          'Totals, how far the booking is behind the topic, how fast all processes book together, and what needs attention. What only Kafka knows is null while it is away.',
        querystring: Type.Object(afterQuery, { additionalProperties: false }),
        response: {
          200: ref(OverviewSchema),
          ...problemAnswers('/api/overview', [
            unknownQueryParameter('limit'),
            ...problemsOfAfter,
            ...problemsOfReads,
          ]),
        },
      },
    },
    async () => {
      const [overview, ends] = await Promise.all([readOverview(database, topic), logEnds()])
      return overviewBody(overview, { ends, rate: bookingRate(), overdue })
    },
  )
}
