import { setTimeout as sleep } from 'node:timers/promises'

/** Looks until the condition gives something truthy; after the limit the test fails with what it waited for. */
export async function waitFor<T>(
  what: string,
  condition: () => T | Promise<T>,
  { limitMs = 20_000, everyMs = 20 }: { limitMs?: number; everyMs?: number } = {},
): Promise<Exclude<T, false | null | undefined>> {
  const deadline = Date.now() + limitMs
  for (;;) {
    const found = await condition()
    if (found !== false && found !== null && found !== undefined) {
      return found as Exclude<T, false | null | undefined>
    }
    if (Date.now() > deadline) throw new Error(`Waited in vain for ${what}.`)
    await sleep(everyMs)
  }
}
