/** A thread of `run-seeds.ts`: takes every so-manieth seed, and sums up. */
import { parentPort, workerData } from 'node:worker_threads'
import { simulate } from './simulate.ts'

export interface WorkerTask {
  readonly first: number
  readonly end: number
  readonly stride: number
  readonly steps: number
}

export interface WorkerSums {
  readonly seeds: number
  readonly steps: number
  readonly counts: ReadonlyMap<string, number>
  readonly violations: readonly { readonly seed: number; readonly text: string }[]
}

// A fault is made for every trouble, and nobody reads where.
Error.stackTraceLimit = 0
const sums = await sumUp(workerData as WorkerTask)
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port of a thread, not a window
parentPort?.postMessage(sums)

async function sumUp({ first, end, stride, steps: chaosSteps }: WorkerTask): Promise<WorkerSums> {
  const counts = new Map<string, number>()
  const violations: { seed: number; text: string }[] = []
  let [seeds, steps] = [0, 0]
  for (let seed = first; seed < end; seed += stride) {
    const simulated = await simulate({ seed, steps: chaosSteps })
    seeds += 1
    steps += simulated.steps
    for (const [what, count] of simulated.counts) counts.set(what, (counts.get(what) ?? 0) + count)
    if (simulated.violation !== null) violations.push({ seed, text: simulated.violation })
  }
  return { seeds, steps, counts, violations }
}
