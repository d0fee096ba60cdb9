import type { Api } from './app.ts'
import { sendProblem } from './problem-answer.ts'

/**
 * Watches the routes that are added from now on. The function it returns gives each of their addresses an answer to
 * all other methods: 405 with `Allow`, before a body is read. Fastify by itself would say that nothing is there.
 */
export function refuseOtherMethods(app: Api): () => void {
  const taken = new Map<string, Set<string>>()
  let watching = true
  app.addHook('onRoute', ({ url, method }) => {
    if (!watching) return
    const methods = taken.get(url) ?? new Set()
    for (const one of [method].flat()) methods.add(one)
    taken.set(url, methods)
  })
  return () => {
    watching = false
    for (const [url, methods] of taken) addRefusal(app, { url, methods })
  }
}

function addRefusal(app: Api, { url, methods }: { url: string; methods: ReadonlySet<string> }): void {
  const allow = [...methods].sort().join(', ')
  app.route({
    url,
    method: app.supportedMethods.filter((method) => !methods.has(method)),
    schema: { hide: true },
    config: { role: 'open' },
    onRequest: async (request, reply) => {
      const detail = `This address takes ${allow}.`
      await sendProblem(request, reply.header('allow', allow), { code: 'method_not_allowed', detail })
    },
    // Never reached: the hook before has answered. Fastify wants one.
    handler: async (_request, reply) => reply,
  })
}
