import { isUtf8 } from 'node:buffer'
import type { Message } from './message.ts'
import { reject, type Rejection } from './rejection.ts'

/** A message's CloudEvents attributes and data, not validated yet. */
export interface Envelope {
  readonly kind: 'envelope'
  readonly attributes: Readonly<Record<string, unknown>>
  readonly data: unknown
}

/** The longest value that is read. */
export const maxValueBytes = 64 * 1024

/**
 * Opens a message by the CloudEvents Kafka binding: in binary mode (a `ce_specversion` header) the attributes are
 * headers and the value is the data; else the value is the whole event (structured mode).
 */
export function openEnvelope(message: Message): Envelope | Rejection {
  const { value } = message
  if (value === null || value.length === 0) return reject('message_empty')
  if (value.length > maxValueBytes) return reject('message_too_large')
  if (!isUtf8(value)) return reject('not_utf8')
  const body = parseJson(value.toString())
  if (body === undefined) return reject('not_json')

  const attributes = readAttributeHeaders(message)
  if (attributes === 'not_utf8') return reject('not_utf8', 'headers')
  if (attributes !== null) return { kind: 'envelope', attributes, data: body }
  if (!isObject(body)) return reject('not_an_object')
  return { kind: 'envelope', attributes: body, data: body['data'] }
}

/** A JSON object, as far as reading its own fields goes. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** JSON has no `undefined`: it stands for "not JSON" here. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The `ce_*` headers of binary mode; null when the message is in structured mode. */
function readAttributeHeaders({ headers }: Message): Record<string, string> | 'not_utf8' | null {
  if (headers.length === 0) return null
  const attributes: Record<string, string> = Object.create(null) as Record<string, string>
  for (const { name, value } of headers) {
    const key = name.toString('latin1')
    if (!key.startsWith('ce_') || value === null) continue
    if (!isUtf8(value)) return 'not_utf8'
    attributes[key.slice(3)] = value.toString()
  }
  return attributes['specversion'] === undefined ? null : attributes
}
