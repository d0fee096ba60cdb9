import { errorCodes } from 'fastify'
import type { Api } from './app.ts'

/** Refuses bytes that are no UTF-8: Fastify's own reader would put U+FFFD in their place. Leaves out a byte order mark. */
const utf8 = new TextDecoder('utf-8', { fatal: true })

/**
 * Bodies are JSON and nothing else, unless a route says otherwise. A name such as `__proto__` is a name like any other:
 * `JSON.parse` makes a plain property of it, nothing here copies properties by assignment, and what the route does not
 * know is refused by its schema.
 */
export function readJsonBodies(app: Api): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, async (_: unknown, body: Buffer) => {
    try {
      const parsed: unknown = JSON.parse(utf8.decode(body))
      return parsed
    } catch (error) {
      throw new errorCodes.FST_ERR_CTP_INVALID_JSON_BODY({ cause: error })
    }
  })
}

/** Whether anything in a parsed body has more levels around it. Looks no deeper than that itself. */
export function isDeeperThan(levels: number, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  return levels === 0 || Object.values(value).some((inner: unknown) => isDeeperThan(levels - 1, inner))
}
