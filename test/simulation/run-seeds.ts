/** Many seeds on all cores: what happened, what must not have, and which faults never took place. */
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { faultNames } from './faults.ts'
import type { WorkerSums, WorkerTask } from './worker.ts'

export interface SeedsOptions {
  readonly first: number
  readonly seeds: number
  /** Steps of chaos for each seed. */
  readonly steps: number
}

export interface SeedsRun extends WorkerSums {
  readonly seconds: number
  /** Of all threads together: on a busy machine, what the run took. */
  readonly processorSeconds: number
  /** What must take place in a run that is to prove anything, and did not. */
  readonly missing: readonly string[]
}

/** What befalls a message or a batch, beside what befalls the world. */
const events = [
  'message',
  'booked',
  'held',
  'release',
  'duplicate',
  'possible_duplicate',
  'departure_conflict',
  'arrival_conflict',
  'message_too_large',
  'not_json',
  'refused_by_database',
  'halted by refusals',
  'fence',
  'conflict',
  'key_collision',
  'lock wait',
  'connection lost',
  'commit lost, applied',
  'commit lost, not applied',
  'commit answered late',
  'commit of a killed process',
  'manual insert',
  'rude insert',
]

/** Where a process waited when it was killed: before, inside and after a transaction. */
const crashPoints = [
  'read bounds',
  'read_position',
  'read log',
  'wait',
  'begin',
  'advance_position',
  'lock_warehouses',
  'legs_of_batch',
  'last_lines_of_batch',
  'held_floors_of_batch',
  'copy_legs',
  'copy_lines',
  'add_to_transit',
  'add_to_tally',
  'commit',
  'answer of commit',
].map((what) => `killed at ${what}`)

const required = [...events, ...crashPoints, ...faultNames]

export async function runSeeds({ first, seeds, steps }: SeedsOptions): Promise<SeedsRun> {
  const startedMs = performance.now()
  const startedCpu = process.cpuUsage()
  const threads = Math.min(availableParallelism(), seeds)
  const all = await Promise.all(
    Array.from({ length: threads }, async (_, thread): Promise<WorkerSums> => {
      const task: WorkerTask = { first: first + thread, end: first + seeds, stride: threads, steps }
      const worker = new Worker(new URL('worker.ts', import.meta.url), { workerData: task })
      const ended = once(worker, 'exit').then(([code]) => {
        throw new Error(`a thread ended with code ${String(code)}, and no sums`)
      })
      const [sums] = await Promise.race([once(worker, 'message'), ended])
      ended.catch(() => undefined)
      return sums as WorkerSums
    }),
  )
  const counts = new Map<string, number>()
  for (const [what, count] of all.flatMap((one) => [...one.counts]))
    counts.set(what, (counts.get(what) ?? 0) + count)
  const { user, system } = process.cpuUsage(startedCpu)
  return {
    seeds: all.reduce((sum, one) => sum + one.seeds, 0),
    steps: all.reduce((sum, one) => sum + one.steps, 0),
    counts,
    violations: all.flatMap(({ violations }) => violations).sort((a, b) => a.seed - b.seed),
    seconds: (performance.now() - startedMs) / 1000,
    processorSeconds: (user + system) / 1_000_000,
    missing: required.filter((what) => !counts.has(what)),
  }
}
