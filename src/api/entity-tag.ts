/**
 * `ETag` and 304 for every read under `/api`: who has the answer already is told so, and not sent it again. The tag is a
 * hash of the body, so it says the same in every process, and after a restore.
 */
import { hash } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

/** The tag of a body. */
export function entityTag(body: string): string {
  return `"${hash('sha1', body, 'base64url')}"`
}

/** For all routes that are added from now on. A route that knows the tag of its answer sets it. */
export function answerUnchanged(app: FastifyInstance): void {
  app.addHook('onRoute', ({ url, method, schema, config }) => {
    if (schema === undefined || config?.isStream === true || !isRead(String(method), url)) return
    const response = schema.response as Record<string, unknown>
    response['304'] = { description: 'The answer is the one whose `ETag` was sent.', type: 'null' }
  })
  app.addHook('onSend', (request, reply, payload, done) => {
    if (!isKnown(request, reply, payload)) return done(null, payload)
    reply.code(304).removeHeader('content-type').removeHeader('content-length')
    return done(null, null)
  })
}

/** Whether the client has this answer already. */
function isKnown(request: FastifyRequest, reply: FastifyReply, payload: unknown): boolean {
  if (typeof payload !== 'string' || reply.statusCode !== 200) return false
  if (!isRead(request.method, request.routeOptions.url ?? '')) return false
  return isAmong(tagOf(reply, payload), request)
}

function isRead(method: string, url: string): boolean {
  return (method === 'GET' || method === 'HEAD') && url.startsWith('/api/')
}

function tagOf(reply: FastifyReply, payload: string): string {
  const known = reply.getHeader('etag')
  if (typeof known === 'string') return known
  const tag = entityTag(payload)
  reply.header('etag', tag)
  return tag
}

/** RFC 9110, 13.1.2: a list of tags, compared weakly, or `*`. */
function isAmong(tag: string, { headers }: FastifyRequest): boolean {
  const wanted = headers['if-none-match']
  if (wanted === undefined) return false
  return wanted.split(',').some((one) => one.trim() === '*' || one.trim().replace(/^W\//, '') === tag)
}
