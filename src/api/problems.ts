/** Everything that can go wrong at the HTTP interface, by its stable code. */

export interface ProblemKind {
  readonly status: number
  /** The same for every occurrence (RFC 9457 `title`). */
  readonly title: string
  /** For the documentation: what the client should do about it. */
  readonly remedy: string
}

export const problems = {
  malformed_id: {
    status: 400,
    title: 'An id is no UUID',
    remedy: 'Send 32 hexadecimal digits in the form 8-4-4-4-12, in either case.',
  },
  malformed_quarantine_id: {
    status: 400,
    title: 'The number of a message in quarantine is none',
    remedy: 'Send the quarantine_id that GET /api/quarantine answers.',
  },
  malformed_cursor: {
    status: 400,
    title: 'The cursor is none of this list',
    remedy: 'Use the next_cursor of the page before, unchanged, or start again without a cursor.',
  },
  limit_out_of_range: {
    status: 400,
    title: 'The limit is out of its range',
    remedy: 'Ask for a whole number within the range that the parameter names.',
  },
  malformed_time: {
    status: 400,
    title: 'A time cannot be read',
    remedy: 'Send RFC 3339, for example 2025-02-18T12:12:56Z; in an address, a plus sign is written %2B.',
  },
  malformed_filter: {
    status: 400,
    title: 'A filter has a value that it cannot have',
    remedy: 'Send one of the values that the detail names.',
  },
  filters_unsupported: {
    status: 400,
    title: 'No index answers this combination of filters',
    remedy: 'Use the combination that the detail names.',
  },
  malformed_position: {
    status: 400,
    title: 'The position is no PARTITION:OFFSET',
    remedy: 'Send two whole numbers with a colon between them, as POST /api/events answers them.',
  },
  partition_unknown: {
    status: 400,
    title: 'The topic has no such partition',
    remedy: 'Use the partition that POST /api/events or your producer has answered.',
  },
  unknown_query_parameter: {
    status: 400,
    title: 'The route has no such query parameter',
    remedy: 'Remove it, or correct its name. It would otherwise be ignored without a word.',
  },
  malformed_url: {
    status: 400,
    title: 'The address cannot be decoded',
    remedy: 'Check the percent signs in the path.',
  },
  malformed_request: {
    status: 400,
    title: 'The request cannot be understood',
    remedy: 'Compare it with the OpenAPI description.',
  },
  malformed_body: {
    status: 400,
    title: 'The body is no JSON',
    remedy: 'Send one well-formed JSON document and the right Content-Length.',
  },
  key_missing: {
    status: 401,
    title: 'The request carries no API key',
    remedy: 'Send the header Authorization: Bearer and the key.',
  },
  key_unknown: {
    status: 401,
    title: 'The API key is not known here',
    remedy: 'Check the header Authorization: Bearer and the key, or ask who runs the service for a new key.',
  },
  role_too_low: {
    status: 403,
    title: 'The role of the API key does not allow this',
    remedy: 'Use a key with the role that the detail names.',
  },
  outside_scope: {
    status: 403,
    title: 'The API key is limited to other warehouses',
    remedy: 'Ask for a warehouse of the key, or use a key for this one.',
  },
  malformed_batch: {
    status: 400,
    title: 'The body is no batch of events',
    remedy: 'Send a JSON array of 1 to 1,000 events.',
  },
  malformed_file: {
    status: 400,
    title: 'The file cannot be read as rows',
    remedy: 'See the detail, and docs/opening-stock.md for what a file looks like. Nothing was taken.',
  },
  movement_unknown: {
    status: 404,
    title: 'No accepted event mentions this movement',
    remedy:
      'Check the id. Events that are still on their way, or in quarantine, are not counted; nor are movements that touch no warehouse of the API key.',
  },
  card_unknown: {
    status: 404,
    title: 'No accepted event mentions this product in this warehouse',
    remedy: 'Check both ids and their order: the warehouse comes first.',
  },
  warehouse_unknown: {
    status: 404,
    title: 'No accepted event mentions this warehouse',
    remedy: 'Check the id. GET /api/warehouses lists those that are known.',
  },
  product_unknown: {
    status: 404,
    title: 'No accepted event mentions this product',
    remedy: 'Check the id.',
  },
  quarantined_message_unknown: {
    status: 404,
    title: 'No message in quarantine has this number',
    remedy: 'Check the number. GET /api/quarantine lists those that are open.',
  },
  route_unknown: {
    status: 404,
    title: 'There is nothing at this address',
    remedy: 'See /docs for what there is.',
  },
  method_not_allowed: {
    status: 405,
    title: 'The address does not take this method',
    remedy: 'Use one of the methods in the Allow header.',
  },
  request_timed_out: {
    status: 408,
    title: 'The request did not arrive in time',
    remedy: 'Send it again, in one go.',
  },
  not_yet_booked: {
    status: 409,
    title: 'The message is not booked yet',
    remedy: 'Ask again. If the position does not move on, see /health/ready.',
  },
  already_redriven: {
    status: 409,
    title: 'The message was redriven in another way, and that is final',
    remedy:
      'See what was sent by whom with GET /api/quarantine/{quarantine_id}. What is wrong with it is for a new event to correct.',
  },
  already_discarded: {
    status: 409,
    title: 'The message was discarded, and that is final',
    remedy: 'If it should be booked after all, send it as an event.',
  },
  redrive_begun: {
    status: 409,
    title: 'Somebody has begun to redrive the message in another way',
    remedy:
      'What was sent may be in the log already. GET /api/quarantine/{quarantine_id} shows it: send the same to finish it.',
  },
  body_too_large: {
    status: 413,
    title: 'The body is too large',
    remedy: 'Send less at once.',
  },
  unsupported_media_type: {
    status: 415,
    title: 'The body has a media type that is not read here',
    remedy: 'Send application/json, or for events one of the media types that the route names.',
  },
  nothing_acceptable: {
    status: 422,
    title: 'No event of the request can be understood',
    remedy: 'Correct the fields that rejections names, by their code. Nothing was taken.',
  },
  file_rejected: {
    status: 422,
    title: 'Rows of the file are wrong',
    remedy:
      'Correct the rows that rejections names, by their line and code, and send it again. Nothing was taken.',
  },
  still_rejected: {
    status: 422,
    title: 'The message would be rejected again',
    remedy: 'Correct what rejections names, and send the corrected event as message. Nothing has changed.',
  },
  accept_unsupported: {
    status: 422,
    title: 'Only a possible duplicate can be accepted as it is',
    remedy: 'Correct the event, and send it as message.',
  },
  departure_counts_once: {
    status: 422,
    title: 'A movement has one departure of a product',
    remedy:
      'If the goods did leave a second time, that is another movement: send the event with its own movement_id as message. If not, discard it.',
  },
  rate_limited: {
    status: 429,
    title: 'Too many requests in one second',
    remedy: 'Wait for the seconds in Retry-After, and send fewer at once.',
  },
  headers_too_large: {
    status: 431,
    title: 'The address and headers are too large',
    remedy: 'Send a shorter address, fewer headers or smaller cookies.',
  },
  internal_error: {
    status: 500,
    title: 'Something went wrong here',
    remedy: 'It is our fault, and logged. Trying again may help; telling us does.',
  },
  database_unavailable: {
    status: 503,
    title: 'The database does not answer',
    remedy: 'Try again after the seconds in Retry-After.',
  },
  broker_unavailable: {
    status: 503,
    title: 'Kafka does not take the events',
    remedy:
      'Send the same request again after the seconds in Retry-After. What was taken nevertheless is a duplicate then.',
  },
  topic_recreated: {
    status: 503,
    title: 'The topic was made anew: the books are of another one',
    remedy:
      'Nothing was taken. Tell an operator, and send the same request again once the positions and the topic belong together.',
  },
  stream_full: {
    status: 503,
    title: 'As many clients follow the stream as may',
    remedy: 'Try again after the seconds in Retry-After; HTTP_STREAM_CLIENTS allows more.',
  },
  answer_timed_out: {
    status: 503,
    title: 'The answer took too long',
    remedy: 'Try again after the seconds in Retry-After.',
  },
} as const satisfies Record<string, ProblemKind>

export type ProblemCode = keyof typeof problems

/** One occurrence of a problem. */
export interface Problem {
  readonly code: ProblemCode
  /** A sentence about this occurrence, where there is more to say than the title. Never the text of an inner error. */
  readonly detail?: string
  /** Why each event was rejected, where the problem is about events. */
  readonly rejections?: readonly EventRejection[]
}

/** Which event of a request was rejected, and why. */
export interface EventRejection {
  readonly index: number
  /** Of a file. */
  readonly line?: number
  readonly code: string
  readonly field: string | null
  readonly detail: string
}

/** RFC 9457, with two extensions: our `code`, and `rejections` where there are any. */
export interface ProblemBody {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail: string
  readonly instance: string
  readonly code: ProblemCode
  readonly rejections?: readonly EventRejection[]
}

/** A database that restarts is back in a second or two; sooner would only add to its load. */
export const retryAfterSeconds = 2

export const problemMediaType = 'application/problem+json'

/** `url` is the one that was asked for; its query is left out, for it may hold anything. */
export function problemBody({ code, detail, rejections }: Problem, url: string): ProblemBody {
  const { status, title } = problems[code]
  const [path = ''] = url.split('?', 1)
  const body = {
    type: `/problems/${code}`,
    title,
    status,
    detail: detail ?? `${title}.`,
    instance: path,
    code,
  }
  return rejections === undefined ? body : { ...body, rejections }
}

/** The headers that belong to an answer with this problem. */
export function problemHeaders(code: ProblemCode): Record<string, string> {
  const { status } = problems[code]
  return { 'content-type': problemMediaType, ...headersByStatus[status], ...challenge(code) }
}

/** Only these say that trying the same again is of use. */
const headersByStatus: Readonly<Record<number, Record<string, string>>> = {
  // The limit counts by the second.
  429: { 'retry-after': '1' },
  503: { 'retry-after': String(retryAfterSeconds) },
}

/** RFC 6750, section 3: what kind of key is wanted and, of one that was sent, what is wrong. */
function challenge(code: ProblemCode): Record<string, string> {
  if (code === 'key_missing') return { 'www-authenticate': 'Bearer realm="bincard"' }
  return code === 'key_unknown' ? { 'www-authenticate': 'Bearer realm="bincard", error="invalid_token"' } : {}
}
