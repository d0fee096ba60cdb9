/** The OpenAPI description as a page for people, at `/docs`; it works without any other server. */
import type { FastifyInstance } from 'fastify'
import ApiReference from '@scalar/fastify-api-reference'
import { pagePolicy } from './page-policy.ts'

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
