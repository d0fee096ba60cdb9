import { callerName } from '../access.ts'
import type { Api } from '../app.ts'
import { quarantineCursor } from '../cursor.ts'
import type { ApiDependencies } from '../dependencies.ts'
import { nextCursor, readPageQuery } from '../page-query.ts'
import { noQuery, parameterProblem, unknownQueryParameter } from '../parameters.ts'
import { problemAnswers, problemsOfReads, sendProblem } from '../problem-answer.ts'
import { maxRedrives, RedriveAllRequestSchema, RedrivenAllSchema } from '../redrive-bodies.ts'
import { ref } from '../schema.ts'

/** A code, a number and a cursor. */
const maxBodyBytes = 4096

export function redriveMessages(app: Api, { quarantine, limits }: ApiDependencies): void {
  app.post(
    '/api/quarantine/redrive',
    {
      config: {
        role: 'admin',
        answerTimeoutMs: limits.answerTimeoutMs + limits.bookingWaitMs,
      },
      bodyLimit: maxBodyBytes,
      schema: {
        operationId: 'redriveQuarantine',
        tags: ['quarantine'],
        summary: 'Write the open messages of a code to the topic again',
        description: `As they are, the oldest first, up to ${maxRedrives} at once: for when what rejected them has changed. Those that would be rejected again stay open and are counted. What somebody has begun to redrive is finished as it was begun.`,
        querystring: noQuery,
        body: ref(RedriveAllRequestSchema),
        response: {
          200: ref(RedrivenAllSchema),
          ...problemAnswers('/api/quarantine/redrive', [
            parameterProblem('cursor'),
            unknownQueryParameter('limit'),
            { code: 'malformed_body' },
            { code: 'body_too_large' },
            { code: 'unsupported_media_type' },
            { code: 'broker_unavailable' },
            { code: 'topic_recreated' },
            ...problemsOfReads,
          ]),
        },
      },
    },
    async (request, reply) => {
      const { code, limit = maxRedrives, cursor: text } = request.body
      const cursor = quarantineCursor({ status: 'open', code })
      const asked = readPageQuery(cursor, { limit, ...(text === undefined ? {} : { cursor: text }) })
      if ('code' in asked) return sendProblem(request, reply, asked)
      const { counts, next } = await quarantine.redriveAll(code, asked, callerName(request))
      return { outcomes: counts, next_cursor: nextCursor(cursor, next) }
    },
  )
}
