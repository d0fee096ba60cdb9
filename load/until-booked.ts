import { setTimeout as sleep } from 'node:timers/promises'
import { StackError } from '../stack/stack-error.ts'
import type { Watch } from './watch.ts'

/** No overload of this load is so long that a service that lives needs more. */
const limitMs = 300_000
const lookAgainMs = 100

/**
 * Waits until nothing that was sent waits. A service that answers late is asked again.
 *
 * @throws {StackError} when it takes too long
 */
export async function untilBooked(watch: Watch, signal: AbortSignal): Promise<void> {
  const giveUpAt = performance.now() + limitMs
  let last = 'no answer'
  while (performance.now() < giveUpAt) {
    signal.throwIfAborted()
    try {
      const lag = await watch.lag()
      if (lag === 0) return
      last = `${lag} messages wait`
    } catch (error) {
      last = String(error)
    }
    await sleep(lookAgainMs, undefined, { signal })
  }
  throw new StackError(`The service did not book what was sent within ${limitMs / 1000} s: ${last}.`)
}
