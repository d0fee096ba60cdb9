import {
  type LogFn,
  type Logger as PinoLogger,
  type LoggerOptions as PinoOptions,
  pino,
  stdTimeFunctions,
} from 'pino'
import { describeError, hideCredentials } from './describe-error.ts'

/** The log of the service; the only type of pino that leaves this folder. */
export type Logger = PinoLogger

export interface LoggerOptions {
  readonly version: string
  readonly level: 'debug' | 'info' | 'silent'
  /** Where the lines go, one JSON object each; if left out, to standard output, which is waited for. */
  readonly destination?: { write: (line: string) => void }
  /** Further fields of each line: what it belongs to at that moment. */
  readonly mixin?: () => Record<string, string>
}

/** Fields whose value never reaches the log, at whatever depth they stand and in whatever case. */
export const hiddenFields: readonly string[] = [
  'password',
  'secret',
  'authorization',
  'cookie',
  'set-cookie',
  'connectionString',
  'parameters',
  'payload',
  'body',
]

/** Deeper fields are left out of the log; also ends a loop. */
const maxDepth = 6
const hidden = '[hidden]'

/**
 * A logger that writes one JSON object a line: `time` in ISO 8601 UTC, `level` as a word, `service`, `version`.
 *
 * An error in any field is written as `describeError` has it; hidden fields and bytes are replaced.
 */
export function createLogger({ version, level, destination, mixin = () => ({}) }: LoggerOptions): Logger {
  const options: PinoOptions = {
    level,
    base: { service: 'bincard', version },
    mixin,
    timestamp: stdTimeFunctions.isoTime,
    formatters: {
      level: (label: string) => ({ level: label }),
      log: (fields) => safeFields(fields),
    },
    // Fields of child loggers pass by the formatter; these two see them.
    serializers: { err: (value: unknown) => (value instanceof Error ? describeError(value) : value) },
    redact: { paths: hiddenFields.flatMap((name) => [`["${name}"]`, `*["${name}"]`]), censor: hidden },
    hooks: {
      logMethod: withSafeMessage,
      // The last guard: also texts that somebody else has put together.
      streamWrite: hideCredentials,
    },
  }
  return destination === undefined ? pino(options) : pino(options, destination)
}

/** Where there is no text, pino takes the error's raw message; this gives it the safe one. */
function withSafeMessage(this: PinoLogger, args: Parameters<LogFn>, method: LogFn): void {
  const [first, text, ...values]: readonly unknown[] = args
  const fields: unknown = first instanceof Error ? { err: first } : first
  const error = errorIn(fields)
  if (error === undefined) method.apply(this, args)
  else method.call(this, fields, typeof text === 'string' ? text : describeError(error).message, ...values)
}

function errorIn(fields: unknown): Error | undefined {
  const isOurs = typeof fields === 'object' && fields !== null && 'err' in fields
  return isOurs && fields.err instanceof Error ? fields.err : undefined
}

function safeFields(fields: Record<string, unknown>, depth = 1): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, isHidden(name) ? hidden : safe(value, depth)]),
  )
}

function isHidden(name: string): boolean {
  return hiddenFields.some((field) => field.toLowerCase() === name.toLowerCase())
}

/** Walks plain objects and lists only: a request or a socket has its serializer, which picks what is shown. */
function safe(value: unknown, depth: number): unknown {
  if (value instanceof Error) return describeError(value)
  if (value instanceof Uint8Array) return `[${value.length} bytes]`
  const isList = Array.isArray(value)
  if (!isList && !isPlainObject(value)) return value
  if (depth > maxDepth) return hidden
  return isList ? value.map((item: unknown) => safe(item, depth + 1)) : safeFields(value, depth + 1)
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
