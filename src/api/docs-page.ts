/** The OpenAPI description as a page for people, at `/docs`; it works without any other server. */
import { createHash } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import ApiReference from '@scalar/fastify-api-reference'

export async function docsPage(app: FastifyInstance): Promise<void> {
  app.addHook('onSend', async (request, reply, payload) => {
    if (request.url.endsWith('.js')) reply.header('cache-control', `private, max-age=${scriptMaxAgeSeconds}`)
    else if (typeof payload === 'string') reply.header('content-security-policy', pagePolicy(payload))
  })
  app.addHook('onRoute', (route) => {
    route.config = { ...route.config, role: 'open' }
  })
  await app.register(ApiReference, {
    routePrefix: '/docs',
    configuration: {
      url: '/openapi.json',
      pageTitle: 'Bincard API',
      // All that would reach out to other hosts is off.
      withDefaultFonts: false,
      telemetry: false,
      agent: { disabled: true, hideAddApi: true },
      mcp: { disabled: true },
      hideClientButton: true,
      showDeveloperTools: 'never',
    },
  })
}

/** The page's script has 5 MB and changes only with an installation. */
const scriptMaxAgeSeconds = 3600

/** Scripts from here only, and the page's own inline one by its hash; nothing from, or to, another host. */
function pagePolicy(html: string): string {
  const inline = [...html.matchAll(/<script(?![^>]*\bsrc=)[^>]*>([\s\S]*?)<\/script>/g)]
  const hashes = inline.map(
    ([, script = '']) => `'sha256-${createHash('sha256').update(script).digest('base64')}'`,
  )
  return [
    "default-src 'none'",
    `script-src 'self' ${hashes.join(' ')}`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self' data:",
    "connect-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')
}
