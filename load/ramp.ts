import type { Verdict } from './verdict.ts'

/**
 * One rate after the other, until two in a row were too much: a single one may be a stumble of the machine, and the second
 * shows how the service behaves beyond what it can do. A rate that the generator itself cannot keep ends it, too: it is
 * left out if the rate before was too much already, for then it is not missed.
 */
export async function raise<Step extends { readonly verdict: Verdict }>(
  rates: readonly number[],
  run: (perSecond: number) => Promise<Step>,
): Promise<Step[]> {
  const steps: Step[] = []
  for (const perSecond of rates) {
    const wasSaturated = steps.at(-1)?.verdict === 'saturated'
    const step = await run(perSecond)
    if (wasSaturated && step.verdict === 'generator behind') break
    steps.push(step)
    if (step.verdict === 'generator behind' || (wasSaturated && step.verdict === 'saturated')) break
  }
  return steps
}
