/** Looks at the service from outside, twice a second: how much waits, and what its process takes of the machine. */
import type { Client } from '../src/client/client.ts'
import type { Clock } from './pace.ts'
import { readValues } from './prometheus.ts'
import type { Sender } from './sender.ts'

export interface Sample {
  /** By the clock. */
  readonly at: number
  /** Messages sent and not booked. */
  readonly lag: number
  readonly process: ProcessSample | null
}

export interface ProcessSample {
  readonly cpuSeconds: number
  readonly residentBytes: number
  /** Since the sample before. Node measures with a timer of 10 ms, so that an idle process shows 10. */
  readonly eventLoopP99Ms: number
}

/** What the process took between two times; null if its metrics cannot be read. */
export interface Usage {
  readonly cpuCores: number
  readonly residentMegabytes: number
  /** The median of its samples: one slow half second is not the step. */
  readonly eventLoopP99Ms: number
}

export interface WatchOptions {
  readonly client: Client
  readonly metricsUrl: string
  readonly sender: Sender
  readonly clock: Clock
}

const everyMs = 500
const scrapeLimitMs = 5000

export class Watch {
  readonly #options: WatchOptions
  readonly #samples: Sample[] = []
  #timer: NodeJS.Timeout | undefined
  #looking: Promise<void> | null = null

  constructor(options: WatchOptions) {
    this.#options = options
  }

  start(): void {
    this.#timer = setInterval(() => {
      // One at a time: a service that is slow to answer is not asked twice.
      this.#looking ??= this.#look().finally(() => {
        this.#looking = null
      })
    }, everyMs)
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await this.#looking
  }

  /**
   * Sent by this load, and not booked yet. From the log's ends that Kafka told the sender: those of `/api/overview` may be
   * a second old, which is a whole second's messages.
   */
  async lag(): Promise<number> {
    const { client, sender } = this.#options
    const { onTheWay } = sender
    const ends = new Map(sender.ends)
    const { lag } = await client.getOverview()
    const booked = new Map(lag.partitions.map(({ partition, next_offset }) => [partition, next_offset ?? 0]))
    const waiting = [...ends].map(([partition, end]) => Math.max(0, end - (booked.get(partition) ?? 0)))
    return waiting.reduce((sum, count) => sum + count, onTheWay)
  }

  between(from: number, to: number): Sample[] {
    return this.#samples.filter(({ at }) => at >= from && at <= to)
  }

  async #look(): Promise<void> {
    const { clock } = this.#options
    try {
      const [lag, process] = await Promise.all([this.lag(), this.#readProcess()])
      this.#samples.push({ at: clock.now(), lag, process })
    } catch {
      // Under overload an answer may come too late: this sample is missing, the next one will tell.
    }
  }

  async #readProcess(): Promise<ProcessSample | null> {
    const answer = await fetch(this.#options.metricsUrl, { signal: AbortSignal.timeout(scrapeLimitMs) })
    if (!answer.ok) return null
    const values = readValues(await answer.text())
    const cpuSeconds = values.get('process_cpu_seconds_total')
    const residentBytes = values.get('process_resident_memory_bytes')
    const eventLoopP99 = values.get('nodejs_eventloop_lag_p99_seconds')
    if (cpuSeconds === undefined || residentBytes === undefined || eventLoopP99 === undefined) return null
    return { cpuSeconds, residentBytes, eventLoopP99Ms: eventLoopP99 * 1000 }
  }
}

export function usageOf(samples: readonly Sample[]): Usage | null {
  const known = samples.flatMap(({ at, process }) => (process === null ? [] : [{ at, ...process }]))
  const [first, last] = [known.at(0), known.at(-1)]
  if (first === undefined || last === undefined || first === last) return null
  const delays = known.map(({ eventLoopP99Ms }) => eventLoopP99Ms).sort((a, b) => a - b)
  return {
    cpuCores: (last.cpuSeconds - first.cpuSeconds) / ((last.at - first.at) / 1000),
    residentMegabytes: Math.max(...known.map(({ residentBytes }) => residentBytes)) / 1e6,
    eventLoopP99Ms: delays[Math.floor(delays.length / 2)] ?? 0,
  }
}
