import { Type, type Static } from 'typebox'
import type { Api } from '../app.ts'
import type { ApiDependencies } from '../dependencies.ts'
import { eventsUrl } from '../events-request.ts'
import { eventMediaTypes, readGivenEvents } from '../given-events.ts'
import { ingestBody, IngestSchema, rehearsalBody } from '../ingest-body.ts'
import { parameterProblem, queryParameters, unknownQueryParameter } from '../parameters.ts'
import { problemAnswers, problemsOfReads, sendProblem } from '../problem-answer.ts'
import type { EventRejection, Problem } from '../problems.ts'
import { ref } from '../schema.ts'

/** In a scope of its own: here a body is bytes, which decoding reads, as it reads those of a Kafka message. */
export function postEvents(app: Api, deps: ApiDependencies): void {
  void app.register(async (scope: Api) => {
    const { limits } = deps
    scope.removeAllContentTypeParsers()
    const takeBytes = (mediaType: string, bodyLimit: number): void => {
      scope.addContentTypeParser(
        mediaType,
        { parseAs: 'buffer', bodyLimit },
        async (_: unknown, body: Buffer) => body,
      )
    }
    takeBytes(eventMediaTypes.event, limits.maxBodyBytes)
    takeBytes(eventMediaTypes.json, limits.maxBodyBytes)
    takeBytes(eventMediaTypes.batch, limits.maxBatchBytes)
    addRoute(scope, deps)
  })
}

function addRoute(app: Api, { ingest, limits }: ApiDependencies): void {
  app.post(
    eventsUrl,
    {
      config: {
        role: 'write',
        // Taking the events in may take as long as any answer; then their booking is waited for.
        answerTimeoutMs: limits.answerTimeoutMs + limits.bookingWaitMs,
      },
      schema: {
        operationId: 'postEvents',
        tags: ['events'],
        summary: 'Hand in events by HTTP',
        description,
        querystring: Type.Object(
          { dry_run: Type.Optional(queryParameters.dry_run.schema) },
          { additionalProperties: false },
        ),
        response: {
          200: { description: 'Every event that was taken has its outcome.', ...ref(IngestSchema) },
          202: {
            description: 'Some events are `accepted`: in the log, and not booked yet when the wait ended.',
            ...ref(IngestSchema),
          },
          ...problemAnswers(eventsUrl, [
            parameterProblem('dry_run'),
            unknownQueryParameter('after'),
            { code: 'malformed_body' },
            { code: 'malformed_batch' },
            { code: 'body_too_large' },
            { code: 'unsupported_media_type' },
            nothingAcceptable([exampleRejection]),
            { code: 'broker_unavailable' },
            { code: 'topic_recreated' },
            ...problemsOfReads,
          ]),
        },
      },
    },
    async (request, reply) => {
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
      const given = readGivenEvents(body, request.headers)
      if ('code' in given) return sendProblem(request, reply, given)
      const isRehearsal = request.query.dry_run === true
      const answer = isRehearsal
        ? rehearsalBody(await ingest.rehearse(given))
        : ingestBody(await ingest.takeIn(given))
      const rejections = rejectionsOf(answer)
      if (rejections.length === given.length)
        return sendProblem(request, reply, nothingAcceptable(rejections))
      const isOpen = answer.outcomes.some(({ outcome }) => outcome === 'accepted')
      return reply.code(isOpen ? 202 : 200).send(answer)
    },
  )
}

const description = `One event, structured (\`${eventMediaTypes.event}\` or \`${eventMediaTypes.json}\`) or binary \
(\`ce-\` headers, the data as \`${eventMediaTypes.json}\`), or a batch of up to 1,000 (\`${eventMediaTypes.batch}\`). \
What can be understood is written to the Kafka topic, and the answer waits until it is booked. Each event has an outcome \
of its own: one that is rejected does not stop the others.`

const exampleRejection: EventRejection = {
  index: 0,
  code: 'uuid_invalid',
  field: 'data.product_id',
  detail: 'An id is not a UUID.',
}

function rejectionsOf({ outcomes }: Static<typeof IngestSchema>): EventRejection[] {
  return outcomes.flatMap(({ index, outcome, code, field, detail }) =>
    outcome === 'rejected' && code !== null && detail !== null ? [{ index, code, field, detail }] : [],
  )
}

function nothingAcceptable(rejections: readonly EventRejection[]): Problem {
  const [first] = rejections
  const detail = first === undefined ? {} : { detail: first.detail }
  return { code: 'nothing_acceptable', ...detail, rejections }
}
