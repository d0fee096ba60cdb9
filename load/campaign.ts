/**
 * One run of the load: open the cards, raise the intake until it is too much, watch the recovery, raise the reads until
 * they are too much, let everything arrive, and look at the books.
 */
import type { Client } from '../src/client/client.ts'
import type { Progress } from '../stack/progress.ts'
import { realClock } from '../open-loop/clock.ts'
import { keepPace, startsIn, type Pace } from '../open-loop/pace.ts'
import { lingerMs, type Sender } from '../open-loop/sender.ts'
import { checkBooks, readTotals } from './books.ts'
import { intakeStep, type IntakeStep } from './intake-step.ts'
import { raise } from './ramp.ts'
import { readPaths } from './paths.ts'
import type { Plan } from './plan.ts'
import type { ReadLoad } from './read-load.ts'
import { readStep } from './read-step.ts'
import type { BooksResult, IntakeResult, ReadResult, Recovery } from './results.ts'
import { intakeLine, readLine } from './say-step.ts'
import type { LoadStream } from './stream.ts'
import type { Sums } from './sums.ts'
import type { Prepared, Supply } from './supply.ts'
import { untilBooked } from './until-booked.ts'
import type { Watch } from './watch.ts'

export interface CampaignParts {
  readonly plan: Plan
  readonly seed: string
  readonly client: Client
  readonly stream: LoadStream
  readonly sums: Sums
  readonly supply: Supply
  readonly sender: Sender<Prepared>
  readonly reads: ReadLoad
  readonly watch: Watch
  /** Whether nobody else sends to the service. */
  readonly isAlone: boolean
  readonly progress: Progress
  readonly signal: AbortSignal
}

export interface CampaignResult {
  readonly intake: readonly IntakeResult[]
  readonly recovery: Recovery | null
  readonly reads: readonly ReadResult[]
  readonly books: BooksResult
}

/** As fine as Node's timers are. */
const readTickMs = 1
/** So many at a time where nothing is measured. */
const calmly = 2000

export async function runCampaign(parts: CampaignParts): Promise<CampaignResult> {
  const { progress, supply, watch, client, stream, sums, sender, isAlone, signal } = parts
  const totalsBefore = isAlone ? await readTotals(client) : null
  await progress.step('Cards: open', async () => {
    await sendCalmly(parts, supply.openings())
    await untilBooked(watch, signal)
  })
  const { intake, recovery } = await raiseIntake(parts)
  const reads = await raiseReads(parts)
  const books = await progress.step('Books: let everything arrive, then compare every card', async () => {
    await sendCalmly(parts, supply.lastArrivals())
    await untilBooked(watch, signal)
    return await checkBooks({ client, stream, sums, sent: sender.sent, totalsBefore })
  })
  return { intake, recovery, reads, books }
}

async function raiseIntake(parts: CampaignParts): Promise<Pick<CampaignResult, 'intake' | 'recovery'>> {
  const { plan, progress, watch, signal } = parts
  const clock = realClock(lingerMs)
  await sendInBackground(parts, plan.warmUp)
  await untilBooked(watch, signal)
  let recovery: Recovery | null = null
  const intake = await raise(plan.intakeRates, async (perSecond) => {
    signal.throwIfAborted()
    const step = await intakeStep({ ...parts, clock }, { perSecond, seconds: plan.stepSeconds })
    await sendCalmly(parts, step.unsent)
    await untilBooked(watch, signal)
    progress.say(intakeLine(step.result))
    if (step.result.verdict === 'saturated') recovery = recoveryOf(step, watch)
    return step.result
  })
  return { intake, recovery }
}

/** From the samples that were taken while the step ran and its lag was worked off. */
function recoveryOf({ result, beganAt, endedAt, bookedAt }: IntakeStep, watch: Watch): Recovery {
  const { offeredPerSecond, lagAtEnd } = result
  const lag = watch.lags
    .filter(({ at }) => at >= beganAt && at <= bookedAt)
    .map((sample) => ({ seconds: (sample.at - endedAt) / 1000, messages: sample.lag }))
  return { offeredPerSecond, lagAtEnd, seconds: (bookedAt - endedAt) / 1000, lag }
}

async function raiseReads(parts: CampaignParts): Promise<ReadResult[]> {
  const { plan, progress, stream, supply, seed, signal } = parts
  const clock = realClock(readTickMs)
  const paths = readPaths(stream, { movementIds: supply.arrived(), seed: `${seed} reads` })
  const step = async (pace: Pace): Promise<ReadResult> => {
    const inBackground = sendInBackground(parts, {
      perSecond: plan.backgroundPerSecond,
      seconds: pace.seconds,
    })
    const result = await readStep({ ...parts, clock, paths }, pace)
    await inBackground
    return result
  }
  await step({ ...plan.warmUp, perSecond: plan.readRates[0] ?? 1 })
  return await raise(plan.readRates, async (perSecond) => {
    signal.throwIfAborted()
    const result = await step({ perSecond, seconds: plan.stepSeconds })
    progress.say(readLine(result))
    return result
  })
}

async function sendInBackground({ supply, sender, signal }: CampaignParts, pace: Pace): Promise<void> {
  const messages = supply.prepare(startsIn(pace))
  await keepPace({
    pace,
    clock: realClock(lingerMs),
    isEnough: () => signal.aborted,
    start: ({ from, to }) => sender.send(messages.slice(from, to)),
  })
  await sender.settle()
}

async function sendCalmly({ sender }: CampaignParts, messages: readonly Prepared[]): Promise<void> {
  for (let from = 0; from < messages.length; from += calmly) {
    sender.send(messages.slice(from, from + calmly))
    await sender.settle()
  }
}
