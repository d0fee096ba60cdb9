/** A request is a span, in the trace of whoever asks. */
import { context, propagation, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { tracer } from './span.ts'
import type { BeginRequest } from './tracing.ts'

/** From here on it is the server's fault, by the HTTP conventions. */
const serverError = 500

export const beginRequest: BeginRequest = ({ method, route, path, headers }) => {
  const parent = propagation.extract(ROOT_CONTEXT, headers)
  const span = tracer().startSpan(
    `${method} ${route}`,
    {
      kind: SpanKind.SERVER,
      attributes: { 'http.request.method': method, 'http.route': route, 'url.path': path },
    },
    parent,
  )
  return {
    enter: (next) => context.with(trace.setSpan(parent, span), next),
    end: (status) => {
      if (status === null) span.setAttribute('error.type', 'aborted')
      else span.setAttribute('http.response.status_code', status)
      if (status !== null && status >= serverError) {
        span.setAttribute('error.type', String(status))
        span.setStatus({ code: SpanStatusCode.ERROR })
      }
      span.end()
    },
  }
}
