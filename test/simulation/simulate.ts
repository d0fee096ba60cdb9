/** One seed: chaos, then calm, then the verdict. */
import { chaos, giveAway } from './faults.ts'
import { eventOf, hopeless, sentEvent } from './stream.ts'
import { Violation } from './tables.ts'
import { judge } from './verdict.ts'
import { World } from './world.ts'

export interface SimulationOptions {
  readonly seed: number
  /** Steps of chaos. */
  readonly steps: number
  /** Keep every step as a line of text. */
  readonly isTold?: boolean
}

export interface Simulated {
  readonly seed: number
  /** All steps, those to the rest among them. */
  readonly steps: number
  readonly counts: ReadonlyMap<string, number>
  /** What must never be, and was. */
  readonly violation: string | null
  /** Empty unless it was asked for. */
  readonly story: readonly string[]
}

/** A world that has not come to rest by then never will. A calm one takes some 2,000 steps. */
const mostCalmSteps = 20_000
/** Enough for each lane to hear that there is nothing to read, look where the database is, and hear it again. */
const calmRounds = 2
/** Some worlds end with an error of ours: three events in a row that the database refuses. */
const brokenShare = 0.1

export async function simulate({ seed, steps, isTold = false }: SimulationOptions): Promise<Simulated> {
  const world = new World({ seed, isTold })
  let taken = 0
  let violation: string | null = null
  try {
    await settled()
    for (; taken < steps; taken += 1) {
      chaos(world)
      await settled()
    }
    calm(world)
    taken += await rest(world)
    if (restartHalted(world)) taken += await rest(world)
    judge(world)
    if (world.draw.chance(brokenShare)) {
      taken += await breakAndMend(world)
      judge(world)
    }
  } catch (error) {
    if (!(error instanceof Violation)) throw error
    violation = error.message
    world.tell(() => `✗ ${error.message}`)
  }
  return { seed, steps: taken, counts: world.counts, violation, story: world.story ?? [] }
}

/** Everybody has done what can be done without waiting. */
async function settled(): Promise<void> {
  await new Promise<void>((resolve) => setImmediate(resolve))
}

/** All faults end, all messages come, each partition has one owner that lives. */
function calm(world: World): void {
  world.tell(() => '— calm —')
  world.isLogAway = false
  world.postgres.isAway = false
  world.postgres.isTroubled = false
  for (const process of world.processes) if (process.isFrozen) world.wake(process)
  if (world.processes.length === 0) world.begin()
  giveAway(world)
  if (world.isRude) world.sendLast()
  while (world.toCome.length > 0) world.send()
}

/** Where a lane has stopped because its log was cut short, a new one looks again, and finds the same. */
function restartHalted(world: World): boolean {
  let isAny = false
  for (const [partition, owner] of world.owners.entries()) {
    if (owner?.lanes.get(partition)?.state.name !== 'halted') continue
    owner.replaceLane(partition)
    isAny = true
  }
  return isAny
}

/** Until nothing more can go on. */
async function rest(world: World): Promise<number> {
  let taken = 0
  for (let round = 0; round <= calmRounds; round += 1) {
    for (; taken < mostCalmSteps && world.step(); taken += 1) await settled()
    world.passTime()
  }
  if (taken === mostCalmSteps) throw new Violation('the world does not come to rest')
  if (world.postgres.open.size > 0) throw new Violation('a transaction is left open')
  if (world.processes.some(({ ending }) => ending.size > 0)) throw new Violation('a lane does not stop')
  return taken
}

/**
 * Three events in a row that were understood and are refused: two are quarantined, the third stops the partition. Once
 * the database takes them, a new process goes on.
 */
async function breakAndMend(world: World): Promise<number> {
  const log = world.draw.pick(world.logs)
  const state = log === undefined ? undefined : world.owners[log.partition]?.lanes.get(log.partition)?.state
  if (log === undefined || state?.name !== 'running' || world.logs.some(({ isCut }) => isCut)) return 0
  // Should the log end with such events: these are not in a row with them.
  const plain = { kind: 'arrival', movement: 449, warehouse: 1, product: 1, quantity: 1, at: 7 } as const
  log.append(sentEvent(log.partition, eventOf(plain)))
  const first = log.end
  const three = [0, 1, 2].map((n) => hopeless(log.partition, 450 + n))
  for (const [n, sent] of three.entries()) log.append(n < 2 ? sent : { ...sent, isHopeless: false })
  let taken = await rest(world)
  const halted = world.owners[log.partition]?.lanes.get(log.partition)?.state
  const position = world.postgres.tables.positions[log.partition]?.nextOffset
  if (halted?.name !== 'halted' || halted.fault.code !== 'events_refused' || position !== first + 2)
    throw new Violation(
      `three refused events in a row leave partition ${log.partition} ${halted?.name} at ${position}`,
    )
  world.count('halted by refusals')
  world.postgres.isMended = true
  for (const process of world.processes.slice()) world.kill(process)
  world.begin()
  giveAway(world)
  taken += await rest(world)
  return taken
}
