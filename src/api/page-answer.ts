/** A page that may come from the cache: its body is what was sent before, and is sent again as it is. */
import type { FastifyReply } from 'fastify'
import { Type } from 'typebox'
import type { CachedPage } from '../cache/cached-value.ts'
import type { ReadPage } from '../cache/page-reader.ts'
import { entityTag } from './entity-tag.ts'
import { ref } from './schema.ts'

const mediaType = 'application/json; charset=utf-8'

/** The page of this content, as the route's schema writes it. */
export function toPage(reply: FastifyReply, content: object, warehouses: readonly string[] = []): CachedPage {
  const serialize = reply.getSerializationFunction('200', 'application/json')
  if (serialize === undefined) throw new TypeError('the route does not describe its page')
  const body = serialize({ ...content })
  return { body, etag: entityTag(body), warehouses }
}

/** Answers a page that is at hand at once, any other when it has been read. */
export function answerPage(
  read: ReadPage | Promise<ReadPage>,
  answer: (read: ReadPage) => void,
): Promise<void> | undefined {
  if (read instanceof Promise) return read.then(answer)
  answer(read)
  return undefined
}

export function sendPage(reply: FastifyReply, page: CachedPage, result: ReadPage['result']): FastifyReply {
  return reply
    .code(200)
    .headers({ 'content-type': mediaType, etag: page.etag, 'x-cache': result })
    .send(page.body)
}

/** Of the answer 200 of a route that answers pages. */
export function pageAnswer<Schema extends Parameters<typeof ref>[0]>(schema: Schema) {
  return {
    description: 'The page.',
    headers: {
      ETag: Type.String({
        description: 'Send it as `If-None-Match` to be told 304 while nothing has changed.',
      }),
      'X-Cache': Type.String({
        enum: ['hit', 'miss', 'bypass'],
        description:
          '`hit`: from the cache. `miss`: read, and kept if it may be. `bypass`: the cache was not asked.',
      }),
    },
    content: { 'application/json': { schema: ref(schema) } },
  }
}
