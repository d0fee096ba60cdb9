/** The one place where an error becomes a problem: those of Fastify, our faults, and whatever else there is. */
import type { FastifyError } from 'fastify'
import { Fault } from '../fault.ts'
import { isParameter, parameterProblem, unknownQueryParameter } from './parameters.ts'
import type { Problem, ProblemCode } from './problems.ts'

/** Never throws; what it does not know is `internal_error`, without a word about what is inside. */
export function classifyError(error: unknown): Problem {
  if (error instanceof Fault) return classifyFault(error)
  if (!isFastifyError(error)) return internalError
  if (error.validation !== undefined)
    return classifyViolation(error.validation.at(0), error.validationContext)
  return byFastifyCode[error.code] ?? (error.statusCode === 400 ? malformedBody : internalError)
}

const internalError: Problem = { code: 'internal_error' }
const malformedBody: Problem = { code: 'malformed_body' }

const byFastifyCode: Readonly<Record<string, Problem>> = {
  FST_ERR_BAD_URL: { code: 'malformed_url' },
  FST_ERR_MAX_PARAM_LENGTH: { code: 'malformed_url' },
  FST_ERR_CTP_BODY_TOO_LARGE: { code: 'body_too_large' },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: { code: 'unsupported_media_type' },
  FST_ERR_CTP_EMPTY_JSON_BODY: malformedBody,
  FST_ERR_CTP_INVALID_JSON_BODY: malformedBody,
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: malformedBody,
  FST_ERR_HANDLER_TIMEOUT: { code: 'answer_timed_out' },
}

/** A refusal, or a halt, would be the same at the next try: that is an error of ours, not an outage. */
function classifyFault({ part, kind, code }: Fault): Problem {
  if (part === 'kafka' && code === 'topic_recreated') return { code }
  const passes = kind === 'outage' || kind === 'conflict'
  if (part === 'postgres' && passes) return { code: 'database_unavailable' }
  return part === 'kafka' && passes ? { code: 'broker_unavailable' } : internalError
}

type Violation = NonNullable<FastifyError['validation']>[number]

/** The schemas of routes refuse in Ajv's words; ours say what would be right. */
function classifyViolation(
  violation: Violation | undefined,
  part: FastifyError['validationContext'],
): Problem {
  if (part === 'querystring' && violation?.keyword === 'additionalProperties') {
    return unknownQueryParameter(String(violation.params['additionalProperty']))
  }
  const name = violation?.instancePath.slice(1) ?? ''
  if (part === 'body') {
    const place = violation?.instancePath ?? ''
    const where = place === '' ? 'as a whole' : `at ${place}`
    return { code: 'malformed_request', detail: `The body is not as the description says ${where}.` }
  }
  const inUrl = part === 'params' || part === 'querystring'
  return inUrl && isParameter(name)
    ? parameterProblem(name, allowedBy(violation))
    : { code: 'malformed_request' }
}

/** The words that the route takes, where it takes some words only: a parameter may have others elsewhere. */
function allowedBy(violation: Violation | undefined): string | undefined {
  const words: unknown = violation?.params['allowedValues']
  return Array.isArray(words) ? `one of ${words.join(', ')}` : undefined
}

function isFastifyError(error: unknown): error is FastifyError {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
}

/** Errors below HTTP, told by Node's own codes: there is no request yet that could be answered in the usual way. */
export function classifyClientError(code: string): ProblemCode {
  if (code === 'HPE_HEADER_OVERFLOW') return 'headers_too_large'
  return code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 'request_timed_out' : 'malformed_request'
}
