/** How soon a scene's messages are booked again. */
import type { Scene } from './scene.ts'
import { waitFor } from './wait.ts'

/** Beyond any promise: then nothing comes any more. */
const limitMs = 180_000

/** Milliseconds from now until something more is booked. */
export async function untilConsuming(scene: Scene): Promise<number> {
  const startedMs = performance.now()
  const before = await scene.booked()
  await waitFor('anything to be booked', async () => (await scene.booked()) > before, {
    limitMs,
    everyMs: 50,
  })
  return performance.now() - startedMs
}

export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`
}
