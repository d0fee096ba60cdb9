/** A seeded mix of faults: each is inflicted on one target, holds for a while, and is healed. */
import { setTimeout as sleep } from 'node:timers/promises'
import { seededRandom } from './workload.ts'

export interface Affliction {
  /** `postgres: crash` */
  readonly name: string
  /** Two afflictions of one target never meet. */
  readonly target: string
  /** Inflicts it; answers how to heal it. */
  inflict(random: () => number): Promise<() => Promise<void>>
  /** It holds so long at most. */
  readonly mostMs: number
}

export interface ChaosOptions {
  readonly seed: number
  readonly forMs: number
  readonly afflictions: readonly Affliction[]
  /** So many hold at the same time. */
  readonly atOnce: number
  readonly onInflicted: (name: string, heldMs: number) => void
}

const leastMs = 200
const restMs = 1_500

/** Resolves when all is healed. Names and times come from the seed; what the machine makes of them does not. */
export async function unleash(options: ChaosOptions): Promise<void> {
  const { seed, forMs, afflictions, atOnce, onInflicted } = options
  const taken = new Set<string>()
  let endsAtMs = performance.now() + forMs
  const one = async (random: () => number): Promise<void> => {
    while (performance.now() < endsAtMs) {
      const affliction = afflictions[Math.floor(random() * afflictions.length)]
      const [holdShare, restShare] = [random(), random()]
      if (affliction === undefined || taken.has(affliction.target)) {
        await sleep(leastMs)
        continue
      }
      taken.add(affliction.target)
      const heldMs = leastMs + holdShare * (affliction.mostMs - leastMs)
      onInflicted(affliction.name, heldMs)
      const heal = await affliction.inflict(random)
      await sleep(heldMs)
      await heal()
      taken.delete(affliction.target)
      await sleep(restShare * restMs)
    }
  }
  const ones = Array.from({ length: atOnce }, (_, index) => one(seededRandom(seed * 31 + index)))
  try {
    await Promise.all(ones)
  } finally {
    // One has failed: the others heal what they have done, and end as well.
    endsAtMs = 0
    await Promise.allSettled(ones)
  }
}
