import { Type } from 'typebox'
import { openingMediaTypes, type ReadOpeningFile } from '../../opening-file.ts'
import type { Api } from '../app.ts'
import type { ApiDependencies } from '../dependencies.ts'
import { openingBody, OpeningResultSchema, openingStockUrl } from '../opening-bodies.ts'
import { parameterProblem, queryParameters, unknownQueryParameter } from '../parameters.ts'
import { problemAnswers, problemsOfReads, sendProblem } from '../problem-answer.ts'
import type { Problem } from '../problems.ts'
import { ref } from '../schema.ts'

/** In a scope of its own: here a body is the bytes of a file. All of it is read before anything is taken. */
export function postOpeningStock(app: Api, deps: ApiDependencies): void {
  void app.register(async (scope: Api) => {
    scope.removeAllContentTypeParsers()
    for (const mediaType of Object.values(openingMediaTypes)) {
      scope.addContentTypeParser(
        mediaType,
        { parseAs: 'buffer', bodyLimit: deps.limits.maxOpeningBytes },
        async (_: unknown, body: Buffer) => body,
      )
    }
    addRoute(scope, deps)
  })
}

function addRoute(app: Api, { openingStock, limits }: ApiDependencies): void {
  app.post(
    openingStockUrl,
    {
      config: {
        role: 'admin',
        // Reading the file and producing it take time, too.
        answerTimeoutMs: 2 * limits.answerTimeoutMs + limits.openingWaitMs,
      },
      schema: {
        operationId: 'postOpeningStock',
        tags: ['events'],
        summary: 'What lies on the shelves at the beginning',
        description,
        querystring: Type.Object(
          {
            as_of: Type.Optional(queryParameters.as_of.schema),
            dry_run: Type.Optional(queryParameters.dry_run.schema),
          },
          { additionalProperties: false },
        ),
        response: {
          200: { description: 'Every row has its outcome.', ...ref(OpeningResultSchema) },
          202: {
            description: 'Some rows are `accepted`: in the log, and not booked yet when the wait ended.',
            ...ref(OpeningResultSchema),
          },
          ...problemAnswers(openingStockUrl, [
            parameterProblem('as_of'),
            parameterProblem('dry_run'),
            unknownQueryParameter('after'),
            { code: 'malformed_body' },
            { code: 'malformed_file', detail: 'The first line does not name the columns quantity.' },
            { code: 'body_too_large' },
            { code: 'unsupported_media_type' },
            exampleRefusal,
            { code: 'broker_unavailable' },
            { code: 'topic_recreated' },
            ...problemsOfReads,
          ]),
        },
      },
    },
    async (request, reply) => {
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
      const isCsv = request.headers['content-type']?.trim().toLowerCase().startsWith(openingMediaTypes.csv)
      const { as_of: asOf = null, dry_run: isRehearsal = false } = request.query
      const file = { body, form: isCsv === true ? 'csv' : 'ndjson', asOf } as const
      // Not the request's own signal: that one comes as soon as the body has been read.
      const answered = new AbortController()
      reply.raw.once('close', () => answered.abort())
      const answer = isRehearsal
        ? await openingStock.rehearse(file)
        : await openingStock.takeIn(file, answered.signal)
      if (answer.kind !== 'taken') return sendProblem(request, reply, problemOf(answer))
      return reply.code(answer.counts.accepted > 0 ? 202 : 200).send(openingBody(answer, isRehearsal))
    },
  )
}

const description = `A file with the stock of each card, for a company that begins: without it, its departures would be \
*held*. CSV (\`${openingMediaTypes.csv}\`) as spreadsheets write it, or a JSON object on each line \
(\`${openingMediaTypes.ndjson}\`). If any row is wrong, all that are wrong are named, and nothing is taken. Else each row \
becomes a message of the topic, and the answer waits until it is booked. A card opens once: the same file sent again \
changes nothing, and another quantity for a card that is open is quarantined.`

function problemOf(answer: Exclude<ReadOpeningFile, { kind: 'rows' }>): Problem {
  if (answer.kind === 'unreadable') return { code: 'malformed_file', detail: answer.detail }
  const { total, of, rows } = answer
  const told = rows.length < total ? ` The first ${rows.length} are named.` : ''
  return {
    code: 'file_rejected',
    detail: `${total} of ${of} rows are wrong.${told}`,
    rejections: rows.map((row, index) => ({ index, ...row })),
  }
}

const exampleRefusal: Problem = {
  code: 'file_rejected',
  detail: '1 of 2 rows are wrong.',
  rejections: [
    { index: 0, line: 3, code: 'uuid_invalid', field: 'product_id', detail: 'An id is not a UUID.' },
  ],
}
