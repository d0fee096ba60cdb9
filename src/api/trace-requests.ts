/** Each request of the API is a span. Health, the dashboard's files and open streams are none: they say nothing of the work. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { BeginRequest, RequestSpan } from '../tracing/tracing.ts'

declare module 'fastify' {
  interface FastifyRequest {
    span: RequestSpan | null
  }
}

/**
 * To be called before the hooks that the span is to have, and after those whose timers are shared: a timer goes on in the
 * context in which it was begun.
 */
export function traceRequests(app: FastifyInstance, beginRequest: BeginRequest): void {
  app.decorateRequest('span', null)
  app.addHook('onRequest', (request, _reply, done) => {
    const { url: route, config } = request.routeOptions
    if (route?.startsWith('/api/') === true && config.isStream !== true) {
      const { method, headers } = request
      request.span = beginRequest({ method, headers, route, path: pathOf(request) })
    }
    done()
  })
  // Not earlier: a body is read by the events of its connection, which belong to no request.
  app.addHook('preValidation', (request, _reply, done) => {
    if (request.span === null) done()
    else request.span.enter(done)
  })
  app.addHook('onResponse', (request, reply, done) => {
    end(request, reply.statusCode)
    done()
  })
  app.addHook('onRequestAbort', (request, done) => {
    end(request, null)
    done()
  })
}

function end(request: FastifyRequest, status: number | null): void {
  request.span?.end(status)
  request.span = null
}

function pathOf({ url }: FastifyRequest): string {
  const [path = ''] = url.split('?', 1)
  return path
}
