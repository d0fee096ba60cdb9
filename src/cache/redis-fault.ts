import { AbortError, ErrorReply, TimeoutError } from '@redis/client'
import { Fault } from '../fault.ts'

/** Every fault of Redis by its stable code: what it means. None of them is more than a cache that is not used. */
export const redisFaults = {
  redis_unreachable: 'Redis does not accept connections, or the connection broke off.',
  redis_timed_out: 'Redis did not answer within REDIS_TIMEOUT_MS.',
  redis_refused: 'Redis refuses a command: it is full, read-only, or wants a password.',
} as const satisfies Record<string, string>

export type RedisFaultCode = keyof typeof redisFaults

export function redisFault(code: RedisFaultCode, cause?: unknown): Fault {
  return new Fault({ part: 'redis', kind: 'outage', code, message: redisFaults[code], cause })
}

/** The one place where an error of the Redis client becomes a Fault; a Fault stays what it is. */
export function toRedisFault(error: unknown): Fault {
  if (error instanceof Fault) return error
  if (error instanceof ErrorReply) return redisFault('redis_refused', error)
  const isLate = error instanceof TimeoutError || error instanceof AbortError
  return redisFault(isLate ? 'redis_timed_out' : 'redis_unreachable', error)
}
