import { Type } from 'typebox'
import type { Api } from '../app.ts'
import type { ApiDependencies } from '../dependencies.ts'
import { unknownQueryParameter } from '../parameters.ts'
import { problemAnswers } from '../problem-answer.ts'
import { ref } from '../schema.ts'
import { throughputBody, ThroughputSchema } from '../throughput-body.ts'

export function getThroughput(app: Api, { bookingHistory }: ApiDependencies): void {
  app.get(
    '/api/throughput',
    {
      config: { role: 'read' },
      schema: {
        operationId: 'getThroughput',
        tags: ['stock'],
        summary: 'How fast it went',
        description:
          'A point every five seconds of the last quarter of an hour, or since this process has started: where a chart begins that goes on with `GET /api/stream`.',
        querystring: Type.Object({}, { additionalProperties: false }),
        response: {
          200: ref(ThroughputSchema),
          ...problemAnswers('/api/throughput', [unknownQueryParameter('limit')]),
        },
      },
    },
    async () => throughputBody(bookingHistory()),
  )
}
