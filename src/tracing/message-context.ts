/** The context of a trace in the headers of a message, in whatever forms the propagators know. */
import {
  context,
  propagation,
  ROOT_CONTEXT,
  trace,
  type Context,
  type SpanContext,
  type TextMapGetter,
} from '@opentelemetry/api'
import type { MessageHeader } from '../message/message.ts'

/** A trace that a message is part of: where its spans belong, and what can be linked to. */
export interface MessageContext {
  readonly context: Context
  readonly span: SpanContext
}

/** Null if the message came without one. */
export function contextIn(headers: readonly MessageHeader[]): MessageContext | null {
  if (headers.length === 0) return null
  const extracted = propagation.extract(ROOT_CONTEXT, headers, getter)
  const span = trace.getSpanContext(extracted)
  return span === undefined ? null : { context: extracted, span }
}

/**
 * The message's own headers, with the context of what is being traced in place of whatever stood there. No baggage: it is
 * of the request, and what is in a message stays.
 */
export function carryContext(headers: readonly MessageHeader[]): MessageHeader[] {
  const carrier: Record<string, string> = {}
  const span = trace.getSpan(context.active())
  if (span !== undefined) propagation.inject(trace.setSpan(ROOT_CONTEXT, span), carrier)
  const carried = Object.entries(carrier).map(([name, value]) => ({
    name: Buffer.from(name),
    value: Buffer.from(value),
  }))
  return [...headers.filter(({ name }) => !Object.hasOwn(carrier, name.toString())), ...carried]
}

/**
 * By their own names, or as attributes of an event in binary mode: CloudEvents has an extension of these names, which some
 * senders use instead.
 */
const getter: TextMapGetter<readonly MessageHeader[]> = {
  keys: (headers) => headers.map(({ name }) => name.toString()),
  get: (headers, key) => valueOf(headers, key) ?? valueOf(headers, `ce_${key}`),
}

function valueOf(headers: readonly MessageHeader[], key: string): string | undefined {
  const header = headers.find(({ name }) => name.length === key.length && name.toString() === key)
  return header?.value?.toString()
}
