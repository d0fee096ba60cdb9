import { Type } from 'typebox'
import type { RedriveAnswer } from '../../quarantine-desk.ts'
import { callerName } from '../access.ts'
import type { Api } from '../app.ts'
import type { ApiDependencies } from '../dependencies.ts'
import { isDeeperThan } from '../json-body.ts'
import { noQuery, parameterProblem, quarantineId, unknownQueryParameter } from '../parameters.ts'
import { problemAnswers, problemsOfReads, sendProblem } from '../problem-answer.ts'
import type { Problem } from '../problems.ts'
import { redrivenBody, RedrivenSchema, RedriveRequestSchema } from '../redrive-bodies.ts'
import { samples } from '../samples.ts'
import { ref } from '../schema.ts'
import { settledProblem, settledProblems } from '../settled-problem.ts'

/** Around the event that is sent in place of the old one. */
const maxFrameBytes = 1024
/** An event of ours has two. Writing JSON anew is recursive: some 7,000 levels are more than its stack holds. */
const maxLevels = 100

export function redriveMessage(app: Api, { quarantine, limits }: ApiDependencies): void {
  app.post(
    '/api/quarantine/:quarantine_id/redrive',
    {
      config: {
        role: 'admin',
        answerTimeoutMs: limits.answerTimeoutMs + limits.bookingWaitMs,
      },
      bodyLimit: limits.maxBodyBytes + maxFrameBytes,
      schema: {
        operationId: 'redriveQuarantinedMessage',
        tags: ['quarantine'],
        summary: 'Write a message to the topic again',
        description:
          'As it is, corrected, or accepted beside its equal; once, and for good. The answer waits until it is booked. What would be rejected again is refused. Asking for the same again answers the same.',
        params: Type.Object({ quarantine_id: quarantineId.schema }),
        querystring: noQuery,
        body: Type.Union([ref(RedriveRequestSchema), Type.Null()]),
        response: {
          200: { description: 'It is in the topic, and booked.', ...ref(RedrivenSchema) },
          202: {
            description: 'It is in the topic, and was not booked yet when the wait ended.',
            ...ref(RedrivenSchema),
          },
          ...problemAnswers(`/api/quarantine/${samples.quarantineId}/redrive`, [
            parameterProblem('quarantine_id'),
            unknownQueryParameter('limit'),
            { code: 'quarantined_message_unknown' },
            ...settledProblems,
            { code: 'malformed_body' },
            { code: 'body_too_large' },
            { code: 'unsupported_media_type' },
            exampleRefusal,
            { code: 'accept_unsupported' },
            { code: 'departure_counts_once' },
            { code: 'broker_unavailable' },
            { code: 'topic_recreated' },
            ...problemsOfReads,
          ]),
        },
      },
    },
    async (request, reply) => {
      const { message, accept = false } = request.body ?? {}
      if (isDeeperThan(maxLevels, message)) return sendProblem(request, reply, tooDeep)
      // Written anew from what was parsed: of a number that no double can hold, the correction says the double.
      const correction = message === undefined ? null : Buffer.from(JSON.stringify(message))
      const ask = { correction, accepted: accept }
      const answer = await quarantine.redrive(request.params.quarantine_id, ask, callerName(request))
      if (answer.kind !== 'redriven') return sendProblem(request, reply, problemOf(answer))
      const body = redrivenBody(answer.message, answer.outcome)
      return reply.code(body.outcome === 'accepted' ? 202 : 200).send(body)
    },
  )
}

const tooDeep: Problem = {
  code: 'malformed_request',
  detail: `A corrected event has at most ${maxLevels} levels of lists and objects.`,
}

function problemOf(answer: Exclude<RedriveAnswer, { kind: 'redriven' }>): Problem {
  if (answer.kind === 'unknown') return { code: 'quarantined_message_unknown' }
  if (answer.kind === 'decided') return settledProblem(answer.message)
  if (answer.kind === 'not_acceptable')
    return { code: answer.isDeparture ? 'departure_counts_once' : 'accept_unsupported' }
  const { code, field, detail } = answer.rejection
  return { code: 'still_rejected', detail, rejections: [{ index: 0, code, field, detail }] }
}

const exampleRefusal: Problem = {
  code: 'still_rejected',
  detail: 'An id is not a UUID.',
  rejections: [{ index: 0, code: 'uuid_invalid', field: 'data.product_id', detail: 'An id is not a UUID.' }],
}
