import { isSpanContextValid, trace } from '@opentelemetry/api'

/** The trace that a line of the log belongs to, by the names that OpenTelemetry's tools look for. */
export function traceFields(): Record<string, string> {
  const span = trace.getActiveSpan()?.spanContext()
  if (span === undefined || !isSpanContextValid(span)) return {}
  return { trace_id: span.traceId, span_id: span.spanId }
}
