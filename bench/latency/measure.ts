import { createClient } from '../../src/client/client.ts'
import type { Database } from '../../src/store/database.ts'
import { StackError } from '../../stack/stack-error.ts'
import { ensureTopic } from '../../stack/topic.ts'
import { realClock } from '../../open-loop/clock.ts'
import type { Percentiles } from '../../open-loop/latencies.ts'
import { startsIn, type Pace } from '../../open-loop/pace.ts'
import { lingerMs, Sender } from '../../open-loop/sender.ts'
import { openDatabase, using, type Databases } from '../databases.ts'
import type { Figures, Goal } from '../figures.ts'
import { startProcess } from '../process.ts'
import { seededRandom, shuffled } from '../random.ts'
import { bookBefore } from '../write/contestants.ts'
import { makeStream, partitions, type Stream } from '../write/stream.ts'
import { untilBooked } from '../write/until-booked.ts'
import { invalidity, latencyStep, type Step } from './step.ts'

export interface LatencyOptions {
  readonly databases: Databases
  readonly kafkaServers: string
  readonly redis: { readonly host: string; readonly port: number }
  readonly rounds: number
  readonly seed: number
  readonly stepSeconds: number
  readonly signal: AbortSignal
  readonly say: (line: string) => void
}

/** Messages a second. */
const rates = [1000, 5000] as const
type Rate = (typeof rates)[number]
/** In milliseconds. */
const goals: Readonly<Record<Rate, { readonly p50: Goal | null; readonly p99: Goal | null }>> = {
  1000: { p50: { atMost: 15 }, p99: { atMost: 60 } },
  5000: { p50: null, p99: null },
}
/** One process for all steps, as a service runs in life: its code is compiled before the first of them. */
const warmUp: Pace = { perSecond: 5000, seconds: 5 }
const topic = 'bench-latency'
const template = 'latency'
/** The default of the setting: the cache is on, as in production. */
const cacheTtlSeconds = '60'

/** Produced to visible, by rate, each round in another order; goods are on the road for 50,000 messages. */
export async function measureLatency(options: LatencyOptions, figures: Figures): Promise<void> {
  const { databases, kafkaServers, redis, rounds, seed, stepSeconds } = options
  const inRound = rates.reduce((sum, perSecond) => sum + startsIn({ perSecond, seconds: stepSeconds }), 0)
  const stream = makeStream('apart', { messages: startsIn(warmUp) + rounds * inRound, seed })
  await databases.template(template, (database) => bookBefore(database, stream))
  await ensureTopic(kafkaServers, topic, partitions)
  await databases.copyOf(template, async (address) => {
    const environment = {
      REDIS_HOST: redis.host,
      REDIS_PORT: String(redis.port),
      CACHE_TTL: cacheTtlSeconds,
    }
    const program = 'src/main.ts serve'
    const service = await startProcess({ program, database: address, kafkaServers, topic, environment })
    const sender = new Sender({ clientId: 'bincard-bench', kafka: kafkaServers, topic })
    try {
      await using(openDatabase(address, { poolSize: 1 }), (database) =>
        measureRounds({ ...options, database, sender, origin: service.origin, stream }, figures),
      )
    } finally {
      await sender.close()
      await service.stop()
    }
  })
}

interface Measuring extends LatencyOptions {
  readonly database: Database
  readonly sender: Sender
  /** Of the service. */
  readonly origin: string
  readonly stream: Stream
}

async function measureRounds(
  { database, sender, origin, stream, rounds, seed, stepSeconds, signal, say }: Measuring,
  figures: Figures,
): Promise<void> {
  const random = seededRandom(seed)
  const client = createClient({ baseUrl: origin })
  const parts = { client, sender, topic, clock: realClock(lingerMs), random, signal }
  let next = 0
  const step = async (pace: Pace): Promise<Step> => {
    const messages = stream.messages.slice(next, next + startsIn(pace))
    next += messages.length
    const result = await latencyStep(parts, pace, messages)
    signal.throwIfAborted()
    const reason = invalidity(result)
    if (reason !== null) throw new StackError(`Latency at ${pace.perSecond} messages/s: ${reason}.`)
    await untilBooked({ database, topic, messages: next, signal })
    return result
  }
  await step(warmUp)
  for (let round = 1; round <= rounds; round += 1) {
    for (const perSecond of shuffled(rates, random)) {
      const { visible, acknowledged } = await step({ perSecond, seconds: stepSeconds })
      for (const share of ['p50', 'p99'] as const)
        figures.add(figureName(perSecond, share), 'ms', visible[share] ?? Number.NaN, goals[perSecond][share])
      const what = `visible ${textOf(visible)}; acknowledged ${textOf(acknowledged)}`
      say(`round ${round} of ${rounds}: ${perSecond} messages/s: ${what}`)
    }
  }
}

function figureName(perSecond: Rate, share: 'p50' | 'p99'): string {
  return `latency/${perSecond} per second/${share}`
}

function textOf({ count, p50, p99 }: Percentiles): string {
  return `p50 ${p50?.toFixed(1)} ms, p99 ${p99?.toFixed(1)} ms of ${count}`
}
