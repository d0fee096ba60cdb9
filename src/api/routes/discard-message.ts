import { Type } from 'typebox'
import { callerName } from '../access.ts'
import type { Api } from '../app.ts'
import type { ApiDependencies } from '../dependencies.ts'
import { noQuery, parameterProblem, quarantineId, unknownQueryParameter } from '../parameters.ts'
import { problemAnswers, problemsOfReads, sendProblem } from '../problem-answer.ts'
import { quarantineItemBody, QuarantineItemSchema } from '../quarantine-body.ts'
import { DiscardRequestSchema } from '../redrive-bodies.ts'
import { samples } from '../samples.ts'
import { ref } from '../schema.ts'
import { settledProblem, settledProblems } from '../settled-problem.ts'

/** The longest reason, even if each of its characters is written as an escape. */
const maxBodyBytes = 16_384

export function discardMessage(app: Api, { quarantine }: ApiDependencies): void {
  app.post(
    '/api/quarantine/:quarantine_id/discard',
    {
      config: { role: 'admin' },
      bodyLimit: maxBodyBytes,
      schema: {
        operationId: 'discardQuarantinedMessage',
        tags: ['quarantine'],
        summary: 'Decide that a message is not to be booked',
        description:
          'Once, and for good. The message stays where it is, whole, with the reason. Asking for the same again answers the same.',
        params: Type.Object({ quarantine_id: quarantineId.schema }),
        querystring: noQuery,
        body: ref(DiscardRequestSchema),
        response: {
          200: ref(QuarantineItemSchema),
          ...problemAnswers(`/api/quarantine/${samples.quarantineId}/discard`, [
            parameterProblem('quarantine_id'),
            unknownQueryParameter('limit'),
            { code: 'quarantined_message_unknown' },
            ...settledProblems,
            { code: 'malformed_body' },
            { code: 'body_too_large' },
            { code: 'unsupported_media_type' },
            ...problemsOfReads,
          ]),
        },
      },
    },
    async (request, reply) => {
      const { quarantine_id: id } = request.params
      // Half a character cannot be stored.
      const reason = request.body.reason.toWellFormed()
      const answer = await quarantine.discard(id, reason, callerName(request))
      if (answer.kind === 'unknown')
        return sendProblem(request, reply, { code: 'quarantined_message_unknown' })
      if (answer.kind === 'decided') return sendProblem(request, reply, settledProblem(answer.message))
      return quarantineItemBody(answer.message)
    },
  )
}
