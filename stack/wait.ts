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
 * Asks until the answer is yes.
 *
 * @throws {StackError} when the limit passes; whatever `isSo` throws; the signal's reason when it is aborted
 */
export async function waitUntil(isSo: () => Promise<boolean>, waiting: Waiting): Promise<void> {
  const giveUpAt = Date.now() + waiting.limitMs
  while (!(await isSo())) {
    if (Date.now() > giveUpAt) {
      throw new StackError(`${waiting.what} did not happen within ${waiting.limitMs / 1000} s.`)
    }
    await sleep(waiting.everyMs, undefined, { signal: waiting.signal })
  }
}
