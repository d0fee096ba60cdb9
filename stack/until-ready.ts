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
  waiting: Omit<Waiting, 'what'>,
): Promise<void> {
  // A flag, since a promise cannot be asked whether it is settled.
  let hasEnded = false
  void part.ended.then(() => (hasEnded = true))
  const isReadyYet = async (): Promise<boolean> => {
    if (hasEnded) throw new StackError(`${part.name} did not start:\n${part.lastWords()}`)
    return await isReady()
  }
  try {
    await waitUntil(isReadyYet, { ...waiting, what: `The start of ${part.name}` })
  } catch (error) {
    await part.stop()
    throw error
  }
}
