import { reaches, spreadOf, type Figure, type Goal, type Ratio } from './figures.ts'
import { markdownTable } from './table.ts'

export interface BenchResult {
  readonly figures: readonly Figure[]
  readonly ratios: readonly Ratio[]
}

/** Two tables: what was measured, and what it comes to. */
export function reportOf({ figures, ratios }: BenchResult): string {
  const measured = markdownTable(
    ['Measured', 'Unit', 'Median', 'Least', 'Most'],
    figures.map(({ name, unit, values }) => [name, unit, ...spreadTexts(values)]),
    { texts: 2 },
  )
  const compared = markdownTable(
    ['Ratio', 'Goal', 'Median', 'Least', 'Most'],
    ratios.map(({ name, values, goal }) => [
      name,
      goal === null ? '' : `${goalText(goal)}${reaches(values, goal) ? '' : ', missed'}`,
      ...spreadTexts(values),
    ]),
    { texts: 2 },
  )
  return `${measured}\n\n${compared}`
}

function spreadTexts(values: readonly number[]): string[] {
  const { median, min, max } = spreadOf(values)
  return [median, min, max].map(numberText)
}

/** Three digits that say something. */
function numberText(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3)
}

function goalText({ atLeast, atMost }: Goal): string {
  return atLeast === undefined ? `at most ${atMost}` : `at least ${atLeast}`
}
