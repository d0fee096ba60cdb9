/** What went wrong with a question, in terms of what a view does about it. */
import { BincardProblem } from '../../../src/client/client.ts'

/** Asked for, and not there: the id was never mentioned, or is none. */
export function isUnknown(error: unknown): boolean {
  return error instanceof BincardProblem && (error.status === 404 || error.status === 400)
}

/** The service wants a key, or another one. */
export function wantsKey(error: unknown): boolean {
  return error instanceof BincardProblem && error.status === 401
}

/** The same question may be answered a moment later. */
export function mayPass(error: unknown): boolean {
  return !(error instanceof BincardProblem) || error.status >= 500 || error.status === 429
}
