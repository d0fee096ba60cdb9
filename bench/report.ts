import { reaches, spreadOf, type Figure, type Ratio } from './figures.ts'
import { markdownTable } from './table.ts'

export interface BenchResult {
  readonly figures: readonly Figure[]
  readonly ratios: readonly Ratio[]
}

/** Two tables: what was measured, and what it comes to. */
export function reportOf({ figures, ratios }: BenchResult): string {
  const measured = markdownTable(
    ['Measured', 'Unit', 'Goal', 'Median', 'Least', 'Most'],
    figures.map((figure) => [figure.name, figure.unit, goalText(figure), ...spreadTexts(figure.values)]),
    { texts: 3 },
  )
  const compared = markdownTable(
    ['Ratio', 'Goal', 'Median', 'Least', 'Most'],
    ratios.map((ratio) => [ratio.name, goalText(ratio), ...spreadTexts(ratio.values)]),
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

function goalText({ values, goal }: Pick<Ratio, 'values' | 'goal'>): string {
  if (goal === null) return ''
  const text = goal.atLeast === undefined ? `at most ${goal.atMost}` : `at least ${goal.atLeast}`
  return reaches(values, goal) ? text : `${text}, missed`
}
