/** Looks at the service from outside, twice a second: how much waits, and what its process takes of the machine. */
import type { Client } from '../src/client/client.ts'
import type { Clock } from '../open-loop/pace.ts'
import type { Sender } from '../open-loop/sender.ts'
import type { LagSample } from './lag.ts'
import { readValues } from './prometheus.ts'
import type { Prepared } from './supply.ts'

export interface ProcessSample {
  /** By the clock. */
  readonly at: number
  readonly cpuSeconds: number
  readonly residentBytes: number
  /** Since the sample before. Node measures with a timer of 10 ms, so that an idle process shows 10. */
  readonly eventLoopP99Ms: number
}

/** What the process took between two times. */
export interface Usage {
  readonly cpuCores: number
  readonly residentMegabytes: number
  /** The median of its samples: one slow half second is not the step. */
  readonly eventLoopP99Ms: number
}

export interface WatchOptions {
  readonly client: Client
  readonly metricsUrl: string
  readonly sender: Sender<Prepared>
  readonly clock: Clock
}

const everyMs = 500
const scrapeLimitMs = 5000

export class Watch {
  readonly #options: WatchOptions
  readonly #lags: LagSample[] = []
  readonly #processes: ProcessSample[] = []
  readonly #looks = new Set<() => Promise<unknown>>()
  #timer: NodeJS.Timeout | undefined

  constructor(options: WatchOptions) {
    this.#options = options
  }

  start(): void {
    const lag = (): Promise<unknown> => this.lag()
    const process = (): Promise<unknown> => this.#readProcess()
    this.#timer = setInterval(() => {
      for (const look of [lag, process]) void this.#look(look)
    }, everyMs)
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  /**
   * Sent by this load, and not booked yet. From the log's ends that Kafka told the sender: those of `/api/overview` may be
   * a second old, which is a whole second's messages.
   *
   * @throws what the client throws when the service has no answer
   */
  async lag(): Promise<number> {
    const { client, sender, clock } = this.#options
    const { lag: told } = await client.getOverview()
    const booked = new Map(told.partitions.map(({ partition, next_offset }) => [partition, next_offset ?? 0]))
    const waiting = [...sender.ends].map(([partition, end]) =>
      Math.max(0, end - (booked.get(partition) ?? 0)),
    )
    const lag = waiting.reduce((sum, count) => sum + count, sender.onTheWay)
    this.#lags.push({ at: clock.now(), sent: sender.sent, lag })
    return lag
  }

  get lags(): readonly LagSample[] {
    return this.#lags
  }

  /** Null if the metrics could not be read, or not twice. */
  usage(from: number, to: number): Usage | null {
    return usageOf(this.#processes.filter(({ at }) => at >= from && at <= to))
  }

  /** One at a time: a service that is slow to answer is not asked twice. */
  async #look(look: () => Promise<unknown>): Promise<void> {
    if (this.#looks.has(look)) return
    this.#looks.add(look)
    try {
      await look()
    } catch {
      // Under overload an answer may come too late, or say so: this sample is missing, the next one will tell.
    } finally {
      this.#looks.delete(look)
    }
  }

  async #readProcess(): Promise<void> {
    const answer = await fetch(this.#options.metricsUrl, { signal: AbortSignal.timeout(scrapeLimitMs) })
    if (!answer.ok) return
    const values = readValues(await answer.text())
    const cpuSeconds = values.get('process_cpu_seconds_total')
    const residentBytes = values.get('process_resident_memory_bytes')
    const eventLoopP99 = values.get('nodejs_eventloop_lag_p99_seconds')
    if (cpuSeconds === undefined || residentBytes === undefined || eventLoopP99 === undefined) return
    const at = this.#options.clock.now()
    this.#processes.push({ at, cpuSeconds, residentBytes, eventLoopP99Ms: eventLoopP99 * 1000 })
  }
}

export function usageOf(samples: readonly ProcessSample[]): Usage | null {
  const [first, last] = [samples.at(0), samples.at(-1)]
  if (first === undefined || last === undefined || first === last) return null
  const delays = samples.map(({ eventLoopP99Ms }) => eventLoopP99Ms).sort((a, b) => a - b)
  return {
    cpuCores: (last.cpuSeconds - first.cpuSeconds) / ((last.at - first.at) / 1000),
    residentMegabytes: Math.max(...samples.map(({ residentBytes }) => residentBytes)) / 1e6,
    eventLoopP99Ms: delays[Math.floor(delays.length / 2)] ?? 0,
  }
}
