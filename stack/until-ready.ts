import type { Part } from './part.ts'
import { StackError } from './stack-error.ts'
import { waitUntil } from './wait.ts'
import type { Waiting } from './wait.ts'

/**
 * Asks a part that was just started until it is of use. One that is not is stopped.
 *
 * @throws {StackError} with its last words as soon as it has ended; when the limit passes
 */
export async function untilReady(
  part: Part,
  isReady: () => Promise<boolean>,
  { limitMs, everyMs, signal }: Omit<Waiting, 'what'>,
): Promise<void> {
  const ending = new AbortController()
  let isWaiting = true
  const noteEnd = async (): Promise<void> => {
    await part.ended
    if (isWaiting) ending.abort(new StackError(`${part.name} did not start:\n${part.lastWords()}`))
  }
  void noteEnd()
  const either = AbortSignal.any([signal, ending.signal])
  try {
    await waitUntil(isReady, { what: `The start of ${part.name}`, limitMs, everyMs, signal: either })
  } catch (error) {
    await part.stop()
    throw error
  } finally {
    isWaiting = false
  }
}
