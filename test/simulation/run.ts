/**
 * node test/simulation/run.ts [--seeds COUNT] [--steps COUNT] [--first SEED]
 * node test/simulation/run.ts --seed SEED [--steps COUNT]
 *
 * Simulates the intake, seed by seed; one seed is told step by step. Exit code 1: something was that must never be, or
 * a kind of fault never took place, and the run proves nothing.
 */
import { parseArgs } from 'node:util'
import { runSeeds, type SeedsRun } from './run-seeds.ts'
import { simulate } from './simulate.ts'

/** Of a violation, so many of the last steps are printed; `--seed` prints all. */
const shownSteps = 40
const shownViolations = 5
/** Of fewer seeds it cannot be said which faults must be among them. */
const enoughSeeds = 200

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '10000' },
    steps: { type: 'string', default: '500' },
    first: { type: 'string', default: '1' },
    seed: { type: 'string' },
  },
})
const steps = wholeNumber('steps', values.steps)
process.exitCode =
  values.seed === undefined ? await runMany() : await replay(wholeNumber('seed', values.seed))

async function runMany(): Promise<number> {
  const run = await runSeeds({
    first: wholeNumber('first', values.first),
    seeds: wholeNumber('seeds', values.seeds),
    steps,
  })
  for (const { seed, text } of run.violations.slice(0, shownViolations)) {
    console.log(`\n✗ seed ${seed}: ${text}; its last steps:`)
    const { story } = await simulate({ seed, steps, isTold: true })
    console.log(story.slice(-shownSteps).join('\n'))
    console.log(`  all of them: npm run simulate -- --steps ${steps} --seed ${seed}`)
  }
  const isWeak = run.seeds >= enoughSeeds && run.missing.length > 0
  if (isWeak) console.log(`\n✗ never took place, so this run proves nothing: ${run.missing.join(', ')}`)
  console.log(summaryOf(run))
  return run.violations.length > 0 || isWeak ? 1 : 0
}

async function replay(seed: number): Promise<number> {
  const { story, violation, steps: taken } = await simulate({ seed, steps, isTold: true })
  console.log(story.join('\n'))
  console.log(`\nseed ${seed}: ${taken} steps, ${violation ?? 'no violation'}`)
  return violation === null ? 0 : 1
}

function summaryOf({ seeds, steps: taken, counts, violations, seconds, processorSeconds }: SeedsRun): string {
  const of = (what: string): number => counts.get(what) ?? 0
  const conflicts = of('conflict') + of('key_collision') + of('deadlock')
  const numbers = {
    seeds,
    steps: taken,
    messages: of('message'),
    crashes: of('process killed'),
    fences: of('fence'),
    conflicts,
    refusals: of('data_refused'),
    restores: of('backup restored'),
    violations: violations.length,
    seconds: Math.round(seconds),
    'processor seconds': Math.round(processorSeconds),
  }
  return `\n${Object.entries(numbers)
    .map(([name, number]) => `${name} ${number.toLocaleString('en-US')}`)
    .join(' · ')}`
}

function wholeNumber(name: string, text: string): number {
  const number = Number(text)
  if (Number.isSafeInteger(number) && number >= 1) return number
  throw new RangeError(`--${name} is a whole number from 1 on, not ${text}`)
}
