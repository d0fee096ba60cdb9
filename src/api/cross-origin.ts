import Cors from '@fastify/cors'
import type { FastifyInstance } from 'fastify'

/** A day, in seconds, would outlast a change of the setting too long; ten minutes spare nearly all preflights. */
const preflightMaxAgeSeconds = 600

/** Lets pages of these origins use the API from a browser. Without any, browsers refuse all pages but our own. */
export async function allowOrigins(app: FastifyInstance, origins: readonly string[]): Promise<void> {
  if (origins.length === 0) return
  await app.register(Cors, {
    origin: [...origins],
    methods: ['GET', 'HEAD', 'POST'],
    allowedHeaders: ['authorization', 'content-type', 'if-none-match'],
    exposedHeaders: ['etag', 'retry-after', 'www-authenticate', 'x-cache'],
    maxAge: preflightMaxAgeSeconds,
    strictPreflight: false,
  })
}
