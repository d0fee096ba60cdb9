import { cpus, totalmem } from 'node:os'
import { createClient } from '../src/client/client.ts'
import type { Progress } from '../stack/progress.ts'
import { realClock } from '../open-loop/clock.ts'
import { Sender } from '../open-loop/sender.ts'
import { runCampaign } from './campaign.ts'
import type { GivenService } from './options.ts'
import type { Plan } from './plan.ts'
import { preflight } from './preflight.ts'
import { ReadLoad } from './read-load.ts'
import type { LoadResults, Machine } from './results.ts'
import { createStream } from './stream.ts'
import { createSums } from './sums.ts'
import { createSupply, type Prepared } from './supply.ts'
import { Watch } from './watch.ts'

export interface Measuring {
  readonly service: GivenService
  readonly plan: Plan
  readonly seed: string
  /** Begins every id, so that the same load may be made again against the same books. */
  readonly runId: string
  /** Whether the run started the service, and nobody else sends to it. */
  readonly ownStack: boolean
  readonly progress: Progress
  readonly signal: AbortSignal
}

/** Makes one run. Throws what stands in its way; what it finds, good or bad, is the result. */
export async function measure(measuring: Measuring): Promise<LoadResults> {
  const { service, plan, seed, runId, ownStack, progress, signal } = measuring
  const { url, metricsUrl, kafka, topic, key } = service
  const startedAt = new Date()
  const stream = createStream(`${seed} ${runId}`, plan.shape)
  const sums = createSums(plan.shape)
  const sender = new Sender<Prepared>({
    clientId: 'bincard-load',
    kafka,
    topic,
    onHanded: (messages) => {
      for (const { card, change } of messages) sums.add(card, change)
    },
  })
  const client = createClient({ baseUrl: url, apiKey: key })
  const watch = new Watch({ client, metricsUrl, sender, clock: realClock(1) })
  const reads = new ReadLoad({ url, key })
  try {
    const partitions = await preflight(service, { client, sender })
    const supply = createSupply({ stream, topic, partitions, runId, clock: () => new Date() })
    watch.start()
    const parts = { plan, seed, client, stream, sums, supply, sender, reads, watch, progress, signal }
    const measured = await runCampaign({ ...parts, isAlone: ownStack })
    return {
      seed,
      runId,
      kind: plan.kind,
      startedAt: startedAt.toISOString(),
      seconds: (Date.now() - startedAt.getTime()) / 1000,
      machine: machine(),
      ownStack,
      partitions,
      backgroundPerSecond: plan.backgroundPerSecond,
      ...measured,
    }
  } finally {
    watch.stop()
    await reads.close()
    await sender.close()
  }
}

function machine(): Machine {
  const [first] = cpus()
  return {
    processors: cpus().length,
    model: first?.model.trim() ?? 'unknown',
    memoryGigabytes: Math.round(totalmem() / 1e9),
    platform: `${process.platform} ${process.arch}`,
    node: process.version,
  }
}
