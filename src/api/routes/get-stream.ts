import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { ChangeFilter } from '../../booking/changes.ts'
import type { ProductId, WarehouseId } from '../../message/event.ts'
import { parseUuid } from '../../message/uuid.ts'
import { maySeeAny, outsideScope, scopeOf } from '../access.ts'
import type { Api } from '../app.ts'
import type { ApiDependencies } from '../dependencies.ts'
import { eventStreamType } from '../event-stream.ts'
import { parameterProblem, pathParameters, unknownQueryParameter } from '../parameters.ts'
import { problemAnswers, sendProblem } from '../problem-answer.ts'
import type { Problem } from '../problems.ts'
import { StreamMessageSchema } from '../stream-bodies.ts'
import { StreamClient } from '../stream-client.ts'
import { decodePlace } from '../stream-place.ts'

/** A server that is started anew is there again by then. */
const retryMs = 2000

export function getStream(app: Api, { feed, limits, observe }: ApiDependencies): void {
  const clients = new Set<StreamClient>()
  // A stop finishes running answers first; these have no end of their own.
  app.addHook('preClose', async () => {
    for (const client of clients) client.end()
  })
  app.get(
    '/api/stream',
    {
      config: { role: 'read', answersWithinScope: true, isStream: true },
      exposeHeadRoute: false,
      schema: {
        operationId: 'streamChanges',
        tags: ['stock'],
        summary: 'What changes, as it happens',
        description: `Server-sent events: bookings, departures held and released, and quarantine, of all processes, put \
together into a few messages a second. The first message is \`ready\` or \`reset\`, then come \`changes\`. A client that \
comes back with \`Last-Event-ID\` misses nothing, unless it was away for too long: then it gets a \`reset\` and loads \
again what it shows. A key that is limited to warehouses hears of these only.`,
        headers: Type.Object({
          'last-event-id': Type.Optional(
            Type.String({
              description: 'The `id` of the last message that was received. Browsers send it by themselves.',
            }),
          ),
        }),
        querystring: Type.Object(
          {
            warehouse_id: Type.Optional(pathParameters.warehouse_id.schema),
            product_id: Type.Optional(pathParameters.product_id.schema),
          },
          { additionalProperties: false },
        ),
        response: {
          200: {
            description: 'Messages without end; each schema is one of them, with its `data` decoded.',
            content: { [eventStreamType]: { schema: StreamMessageSchema } },
          },
          ...problemAnswers('/api/stream', [
            parameterProblem('warehouse_id'),
            parameterProblem('product_id'),
            unknownQueryParameter('cursor'),
            { code: 'stream_full' },
          ]),
        },
      },
    },
    async (request, reply) => {
      const filter = filterOf(request, request.query)
      if ('code' in filter) return sendProblem(request, reply, filter)
      if (clients.size >= limits.maxStreamClients) return sendProblem(request, reply, { code: 'stream_full' })
      const lastId = request.headers['last-event-id']
      const since = lastId === undefined ? null : (decodePlace(lastId) ?? unknownPlace)
      reply.hijack()
      const client: StreamClient = new StreamClient({
        response: reply.raw,
        headers: reply.getHeaders(),
        retryMs,
        heartbeatMs: limits.streamHeartbeatMs,
        messageIntervalMs: limits.streamMessageIntervalMs,
        filter,
        since,
        onClosed: () => {
          clients.delete(client)
          feed.leave(client)
        },
      })
      clients.add(client)
      observe({
        method: request.method,
        route: '/api/stream',
        status: 200,
        seconds: reply.elapsedTime / 1000,
      })
      feed.join(client, since)
      return reply
    },
  )
}

/** Of no topic: whoever comes back with an id that we have not given is told to load everything again. */
const unknownPlace = new Map([[-1, 1]])

/** What the request asks for, within what its key may see; a problem if that is outside. */
function filterOf(
  request: FastifyRequest,
  query: { readonly warehouse_id?: string; readonly product_id?: string },
): ChangeFilter | Problem {
  const productId = parseUuid<ProductId>(query.product_id)
  const asked = parseUuid<WarehouseId>(query.warehouse_id)
  if (asked === null) return { warehouses: scopeOf(request), productId }
  return maySeeAny(request, [asked]) ? { warehouses: new Set([asked]), productId } : outsideScope(asked)
}
