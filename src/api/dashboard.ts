/**
 * The dashboard: the page that `web/` is built to, and what it is made of. Its views have addresses of their own, and the
 * page is the answer to each of them; what stands at an address is the page's business.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import Static from '@fastify/static'
import type { FastifyInstance } from 'fastify'
import { pagePolicy } from './page-policy.ts'
import { sendProblem } from './problem-answer.ts'

/** The addresses of `web/src/router.tsx`; a test holds them together. */
export const views: readonly string[] = [
  '/',
  '/warehouses',
  '/warehouses/:warehouse',
  '/warehouses/:warehouse/products/:product',
  '/products/:product',
  '/movements',
  '/movements/:movement',
  '/transit',
  '/held',
  '/differences',
  '/quarantine',
  '/quarantine/:message',
  '/try',
]

/** A name with a hash of what is in the file means the same file forever; others are asked for anew. */
const hashed = /-[\w-]{8,}\.(?:js|css)$/
const forever = { maxAge: '1y', immutable: true }
const anew = { maxAge: 0 }

/** `folder`: where the build lies. Without one its addresses say how to make it. */
export async function dashboard(
  app: FastifyInstance,
  { folder }: { readonly folder: string },
): Promise<void> {
  app.addHook('onRoute', (route) => {
    route.config = { ...route.config, role: 'open' }
    route.schema = { ...route.schema, hide: true }
  })
  if (!existsSync(join(folder, 'index.html'))) return addMissing(app)
  const page = readFileSync(join(folder, 'index.html'), 'utf8')
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': pagePolicy(page),
  }
  for (const view of views) app.get(view, async (_request, reply) => reply.headers(headers).send(page))

  const files = new Set(readdirSync(join(folder, 'assets'), { encoding: 'utf8' }))
  await app.register(Static, { root: join(folder, 'assets'), serve: false, preCompressed: true })
  app.get<{ Params: { file: string } }>('/assets/:file', async (request, reply) => {
    const { file } = request.params
    if (!files.has(file)) return sendProblem(request, reply, { code: 'route_unknown' })
    return reply.sendFile(file, hashed.test(file) ? forever : anew)
  })
}

function addMissing(app: FastifyInstance): void {
  const text = 'The dashboard is not built. `npm run build` builds it; the API works without it: see /docs.\n'
  for (const view of views) {
    app.get(view, async (_request, reply) =>
      reply.code(503).header('content-type', 'text/plain; charset=utf-8').send(text),
    )
  }
}
