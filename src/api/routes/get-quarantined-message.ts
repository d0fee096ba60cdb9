import { Type } from 'typebox'
import { readQuarantinedMessages } from '../../store/read-quarantine.ts'
import { readContradictions } from '../../store/read-contradictions.ts'
import { afterQuery, problemsOfAfter, waitsForAfter } from '../after.ts'
import type { Api } from '../app.ts'
import type { ApiDependencies } from '../dependencies.ts'
import { parameterProblem, quarantineId, unknownQueryParameter } from '../parameters.ts'
import { problemAnswers, problemsOfReads, sendProblem } from '../problem-answer.ts'
import { quarantinedMessageBody, QuarantinedMessageSchema } from '../quarantine-body.ts'
import { samples } from '../samples.ts'
import { ref } from '../schema.ts'

/** PostgreSQL's own limit of a value: a message is shown whole, as long as the broker has let it be. */
const maxValueBytes = 1_073_741_823

export function getQuarantinedMessage(app: Api, deps: ApiDependencies): void {
  const { database } = deps
  app.get(
    '/api/quarantine/:quarantine_id',
    {
      config: { role: 'read' },
      ...waitsForAfter(deps),
      schema: {
        operationId: 'getQuarantinedMessage',
        tags: ['quarantine'],
        summary: 'One message in quarantine, whole',
        description: 'Its bytes, what speaks against it, and what was decided about it.',
        params: Type.Object({ quarantine_id: quarantineId.schema }),
        querystring: Type.Object(afterQuery, { additionalProperties: false }),
        response: {
          200: ref(QuarantinedMessageSchema),
          ...problemAnswers(`/api/quarantine/${samples.quarantineId}`, [
            parameterProblem('quarantine_id'),
            unknownQueryParameter('limit'),
            { code: 'quarantined_message_unknown' },
            ...problemsOfAfter,
            ...problemsOfReads,
          ]),
        },
      },
    },
    async (request, reply) => {
      const ids = [request.params.quarantine_id]
      const found = await database.snapshot(async (db) => {
        const [message] = await readQuarantinedMessages(db, ids, { maxValueBytes })
        return message === undefined ? null : { message, conflicts: await readContradictions(db, message) }
      })
      if (found === null) return sendProblem(request, reply, { code: 'quarantined_message_unknown' })
      return quarantinedMessageBody(found.message, found.conflicts)
    },
  )
}
