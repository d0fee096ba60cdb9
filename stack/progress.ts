/** Says what is going on, a line for each step that takes a person's time. */
export interface Progress {
  /** One line, as it is. */
  say(line: string): void
  /** Says that the step has begun, does it, and says how long it took. */
  step<T>(name: string, work: () => Promise<T>): Promise<T>
}

/**
 * Writes one line to `print` when a step begins and one when it is done. On a pipe as on a terminal: steps may
 * overlap, and a log without control characters can be read later.
 */
export function createProgress(print: (line: string) => void, now: () => number): Progress {
  return {
    say: (line) => print(`… ${line}`),
    step: async (name, work) => {
      const startedAt = now()
      print(`… ${name}`)
      const result = await work()
      print(`✓ ${name} (${((now() - startedAt) / 1000).toFixed(1)} s)`)
      return result
    },
  }
}
