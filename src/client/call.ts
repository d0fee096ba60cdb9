/** One request and its answer. What is sent where, and which answers there are, comes from the description. */
import type { Operation, Problem } from './description.ts'
import { BincardProblem, UnexpectedAnswer } from './problem.ts'

/** What goes with one call. */
export interface CallOptions {
  /** Ends the call: `AbortSignal.timeout(5_000)`. Without one, a call waits as long as `fetch` does. */
  readonly signal?: AbortSignal | undefined
  /** Sent besides those of the client, and before them where the names are the same. */
  readonly headers?: Readonly<Record<string, string>> | undefined
}

/** What sends a request. The global `fetch` is one. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>

/** Where the service is, and how it is spoken to. */
export interface Connection {
  readonly baseUrl: string
  readonly headers: Readonly<Record<string, string>>
  readonly fetch: Fetch
}

/** The arguments of any operation: `body` and `mediaType`, those named in its path, and the rest is its query. */
export interface Arguments {
  readonly body?: unknown
  readonly mediaType?: string
  readonly [parameter: string]: unknown
}

const problemMediaType = 'application/problem+json'
const jsonMediaType = 'application/json'

/**
 * @throws {BincardProblem} when the service answers with a problem
 * @throws {UnexpectedAnswer} when something else answers
 * @throws what `fetch` throws: a TypeError when nobody answers, the signal's reason when the call is ended
 */
export async function call(
  { baseUrl, headers, fetch }: Connection,
  operation: Operation,
  args: Arguments,
  options: CallOptions = {},
): Promise<unknown> {
  const { body, mediaType = jsonMediaType, ...parameters } = args
  const content = body === undefined ? {} : { 'content-type': mediaType }
  const response = await fetch(baseUrl + addressOf(operation, parameters), {
    method: operation.method,
    headers: { accept: `${jsonMediaType}, ${problemMediaType}`, ...headers, ...content, ...options.headers },
    ...(body === undefined ? {} : { body: textOf(body) }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  })
  return await readAnswer(operation, response)
}

function addressOf({ path }: Operation, parameters: Readonly<Record<string, unknown>>): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined && !path.includes(`{${name}}`)) query.append(name, textOf(value))
  }
  const place = path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(textOf(parameters[name])),
  )
  return query.size === 0 ? place : `${place}?${query.toString()}`
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

async function readAnswer({ answers }: Operation, response: Response): Promise<unknown> {
  const { status, headers } = response
  const mediaType = headers.get('content-type')?.split(';', 1)[0]?.trim() ?? ''
  const text = await response.text()
  if (status === 204 && answers.includes(status)) return undefined
  const body = mediaType === jsonMediaType || mediaType === problemMediaType ? parse(text) : undefined
  if (mediaType === problemMediaType && isProblem(body)) {
    throw new BincardProblem(body, secondsOf(headers.get('retry-after')))
  }
  if (mediaType === jsonMediaType && body !== undefined && answers.includes(status)) return body
  throw new UnexpectedAnswer({ status, mediaType, text })
}

/** Undefined for what is no JSON. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isProblem(value: unknown): value is Problem {
  return typeof value === 'object' && value !== null && 'code' in value && typeof value.code === 'string'
}

function secondsOf(retryAfter: string | null): number | null {
  return retryAfter !== null && /^\d+$/.test(retryAfter) ? Number(retryAfter) : null
}
