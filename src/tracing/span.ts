/** Spans of this program. */
import {
  context,
  INVALID_SPAN_CONTEXT,
  ROOT_CONTEXT,
  SpanStatusCode,
  trace,
  type Context,
  type Span,
  type SpanOptions,
  type Tracer,
} from '@opentelemetry/api'
import { Fault } from '../fault.ts'

export function tracer(): Tracer {
  return trace.getTracer('bincard')
}

export interface NewSpan extends SpanOptions {
  readonly name: string
  /** What is above it; if left out, whatever is being traced. */
  readonly parent?: Context
}

/** Does the work in a span that ends with it, and that tells whether it failed. */
export async function during<Result>(
  { name, parent = context.active(), ...options }: NewSpan,
  work: (span: Span) => Promise<Result>,
): Promise<Result> {
  const span = tracer().startSpan(name, options, parent)
  try {
    return await context.with(trace.setSpan(parent, span), () => work(span))
  } catch (error) {
    markFailed(span, error)
    throw error
  } finally {
    span.end()
  }
}

/** The same, but only beneath a span that is open: work in the background, which belongs to no request, has none. */
export async function duringBeneath<Result>(
  span: NewSpan,
  work: (span: Span) => Promise<Result>,
): Promise<Result> {
  const above = trace.getActiveSpan()
  return above?.isRecording() === true ? await during(span, work) : await work(unrecorded)
}

const unrecorded = trace.wrapSpanContext(INVALID_SPAN_CONTEXT)

/** Only a fault's text is known to have no payload and no secret; of all else the name must do. */
function markFailed(span: Span, error: unknown): void {
  const isFault = error instanceof Fault
  const name = error instanceof Error ? error.name : 'unknown'
  span.setAttribute('error.type', isFault ? error.code : name)
  span.setStatus({ code: SpanStatusCode.ERROR, message: isFault ? error.message : name })
}

/** No trace: a batch is of many messages, and in the trace of none of them. */
export const ownTrace = ROOT_CONTEXT
