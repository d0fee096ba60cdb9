/** The events of a request, by the CloudEvents HTTP binding: one in structured or binary mode, or a batch. */
import type { IncomingHttpHeaders } from 'node:http'
import type { GivenEvent } from '../ingest.ts'
import type { MessageHeader } from '../message/message.ts'
import { maxBatchEvents, splitBatch } from './split-batch.ts'
import type { Problem } from './problems.ts'

/** The media types that are read. `application/json` is a whole event, or only its data if `ce-` headers hold the rest. */
export const eventMediaTypes = {
  event: 'application/cloudevents+json',
  batch: 'application/cloudevents-batch+json',
  json: 'application/json',
} as const

/** The events as messages for the topic, in the form that they came in; or why there are none. */
export function readGivenEvents(body: Buffer, headers: IncomingHttpHeaders): readonly GivenEvent[] | Problem {
  const mediaType = headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase()
  if (body.length === 0) return { code: 'malformed_body', detail: 'The body is empty.' }
  if (mediaType === eventMediaTypes.batch) return readBatch(body)
  const attributes = mediaType === eventMediaTypes.json ? attributeHeaders(headers) : []
  const contentType = attributes.length > 0 ? eventMediaTypes.json : eventMediaTypes.event
  return [{ value: body, headers: [header('content-type', Buffer.from(contentType)), ...attributes] }]
}

function readBatch(body: Buffer): readonly GivenEvent[] | Problem {
  const elements = splitBatch(body)
  if (elements === 'not_json') return { code: 'malformed_body' }
  if (elements === 'not_a_batch')
    return {
      code: 'malformed_batch',
      detail: `A batch is a JSON array of 1 to ${maxBatchEvents} events.`,
    }
  const contentType = header('content-type', Buffer.from(eventMediaTypes.event))
  return elements.map((value) => ({ value, headers: [contentType] }))
}

/** Binary mode: `ce-id` here is `ce_id` in Kafka. Empty without `ce-specversion`, for then the body is the event. */
function attributeHeaders(headers: IncomingHttpHeaders): readonly MessageHeader[] {
  if (headers['ce-specversion'] === undefined) return []
  return Object.entries(headers).flatMap(([name, value]) =>
    name.startsWith('ce-') && typeof value === 'string'
      ? [header(`ce_${name.slice(3)}`, percentDecoded(value))]
      : [],
  )
}

function header(name: string, value: Buffer): MessageHeader {
  return { name: Buffer.from(name), value }
}

/**
 * The binding has everything beyond ASCII percent-encoded. What is no such encoding stands for itself. Node gives a
 * header as Latin-1, so that bytes beyond ASCII are the bytes that came; whether they are UTF-8 is for decoding to say.
 */
function percentDecoded(value: string): Buffer {
  const latin1 = value.replaceAll(/%([0-9a-f]{2})/gi, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  )
  return Buffer.from(latin1, 'latin1')
}
