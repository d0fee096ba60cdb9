import { BincardProblem, type Client } from '../src/client/client.ts'
import { StackError } from '../stack/stack-error.ts'
import type { Sender } from '../open-loop/sender.ts'
import type { GivenService } from './options.ts'
import type { Prepared } from './supply.ts'

const answerLimitMs = 5000

/**
 * Asks everything once that the run needs, so that a wrong address is told before anything is sent.
 *
 * @returns the number of partitions of the topic
 * @throws {StackError} that names what cannot be reached
 */
export async function preflight(
  { url, metricsUrl, kafka, topic }: GivenService,
  { client, sender }: { readonly client: Client; readonly sender: Sender<Prepared> },
): Promise<number> {
  const signal = AbortSignal.timeout(answerLimitMs)
  await naming(`The service at ${url} (--url)`, () => client.getOverview({}, { signal }))
  await naming(`Its metrics at ${metricsUrl} (--metrics-url)`, async () => {
    const { status } = await fetch(metricsUrl, { signal })
    if (status !== 200) throw new Error(`status ${status}`)
  })
  return await naming(`Topic ${topic} of Kafka at ${kafka} (--kafka, --topic)`, () =>
    sender.countPartitions(),
  )
}

async function naming<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw new StackError(`${what} cannot be used: ${reasonOf(error)}`)
  }
}

/** What `fetch` throws says only that it failed; why, says its cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error instanceof BincardProblem) return error.message
  return error.cause instanceof Error
    ? `${error.message}: ${error.cause.message || error.cause.name}`
    : error.message
}
