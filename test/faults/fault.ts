/**
 * A fault that the service must survive, as a test named by its promise (`F11 …`). In `npm test` it runs in short, or not
 * at all where its promise needs the time; in `npm run test:faults` whole, and its figures go into the table.
 */
import { appendFileSync } from 'node:fs'
import { test, type TestContext } from 'node:test'
import { setScene, type Scene, type SceneOptions } from '../support/scene.ts'

/** One row of the table: what was done, and what came of it. */
export interface FaultReport {
  readonly id: string
  readonly promise: string
  readonly passed: boolean
  readonly seconds: number
  readonly seed: number
  /** Times that the fault was inflicted. */
  readonly inflicted: number
  readonly messages: number
  /** What was measured, in a few words: `consuming again after 2.1 s`. */
  readonly measured: readonly string[]
}

export interface FaultRun {
  readonly t: TestContext
  readonly seed: number
  /** Nothing else runs, and the fault has all the time that its promise names. */
  readonly isWhole: boolean
  /** `whole` in the full suite, `share` in `npm test`. */
  choose<Value>(values: { readonly whole: Value; readonly share: Value }): Value
  /** A limit of the promise. The full suite takes it by its word; beside other tests a machine may be several times as slow. */
  limit(ms: number): number
  /** Counts that the fault was inflicted. */
  inflict(times?: number): void
  /** Counts messages that were sent beside those of `scene`. */
  sent(messages: number): void
  /** For the table. */
  measured(text: string): void
  /** A scene with this run's seed, whose messages are counted. */
  scene(options: Omit<SceneOptions, 'seed'>): Promise<Scene>
}

export interface FaultOptions {
  /** Why it does not run in `npm test`: it takes minutes, or needs a machine for itself. */
  readonly onlyWhole?: string
  readonly timeoutMs?: number
}

/** Set by run.ts. */
const isWhole = process.env['BINCARD_FAULTS'] === 'whole'
const reportFile = process.env['BINCARD_FAULT_REPORT']
/** Other tests run on the second core, and parts are started and stopped beside them. */
const busyFactor = 6
const timeoutMs = { whole: 20 * 60_000, share: 6 * 60_000 }

/** `promise` completes the sentence of the title: `a killed service loses nothing and doubles nothing`. */
export function fault(
  id: string,
  promise: string,
  work: (run: FaultRun) => Promise<void>,
  options: FaultOptions = {},
): void {
  const skip = !isWhole && options.onlyWhole !== undefined && `npm run test:faults only: ${options.onlyWhole}`
  const limitMs = options.timeoutMs ?? (isWhole ? timeoutMs.whole : timeoutMs.share)
  test(`${id} ${promise}`, { skip, timeout: limitMs }, async (t) => {
    const seed = seedOf()
    t.diagnostic(`seed ${seed}: npm run test:faults -- --only ${id} --seed ${seed}`)
    const startedMs = performance.now()
    let [inflicted, messages, passed] = [0, 0, false]
    const measured: string[] = []
    const run: FaultRun = {
      t,
      seed,
      isWhole,
      choose: ({ whole, share }) => (isWhole ? whole : share),
      limit: (ms) => (isWhole ? ms : ms * busyFactor),
      inflict: (times = 1) => void (inflicted += times),
      sent: (count) => void (messages += count),
      measured: (text) => {
        measured.push(text)
        t.diagnostic(text)
      },
      scene: async (sceneOptions) => {
        const scene = await setScene(t, { ...sceneOptions, seed })
        messages += scene.total
        return scene
      },
    }
    try {
      await work(run)
      if (inflicted === 0) throw new Error('nothing was inflicted')
      passed = true
    } finally {
      const seconds = (performance.now() - startedMs) / 1000
      const report: FaultReport = { id, promise, passed, seconds, seed, inflicted, messages, measured }
      if (reportFile !== undefined) appendFileSync(reportFile, `${JSON.stringify(report)}\n`)
    }
  })
}

/** BINCARD_TEST_SEED replays a run; otherwise each one has its own. */
function seedOf(): number {
  const given = process.env['BINCARD_TEST_SEED']
  return given === undefined || given === '' ? Date.now() % 1_000_000 : Number(given)
}

/*
 * Now and then Node 24 does not come to the end of tidying up after clients with many sockets, and spins. Everything
 * has been told by then: after some turns in which nothing is left to do, the process ends at once.
 */
const quietTurns = 5
let turns = 0
process.on('beforeExit', () => {
  turns += 1
  if (turns > quietTurns) process.exit()
  setImmediate(() => undefined)
})
