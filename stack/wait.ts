import { setTimeout as sleep } from 'node:timers/promises'
import { StackError } from './stack-error.ts'

export interface Waiting {
  /** Completes the sentence "… did not happen within 30 s". */
  readonly what: string
  readonly limitMs: number
  readonly everyMs: number
  readonly signal: AbortSignal
}

/**
 * Asks until the answer is yes. The limit and the signal hold also while a question is on its way: one that is never
 * answered is given up.
 *
 * @throws {StackError} when the limit passes; whatever `isSo` throws; the signal's reason when it is aborted
 */
export async function waitUntil(isSo: () => Promise<boolean>, waiting: Waiting): Promise<void> {
  const { what, limitMs, everyMs, signal } = waiting
  signal.throwIfAborted()
  const over = Promise.withResolvers<never>()
  const timer = setTimeout(
    () => over.reject(new StackError(`${what} did not happen within ${limitMs / 1000} s.`)),
    limitMs,
  )
  const abort = (): void => over.reject(signal.reason)
  signal.addEventListener('abort', abort)
  try {
    while (!(await Promise.race([isSo(), over.promise]))) await Promise.race([sleep(everyMs), over.promise])
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', abort)
  }
}

/**
 * What `work` answers, if it does so in time.
 *
 * @throws {Error} when the limit passes first
 */
export async function within<T>(limitMs: number, work: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error(`no answer within ${limitMs / 1000} s`)), limitMs)
  return await Promise.race([work, late.promise]).finally(() => clearTimeout(timer))
}
