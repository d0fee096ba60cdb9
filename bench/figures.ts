/** What was measured, several times, and what it comes to beside each other. */

export interface Figure {
  /** `write/pairs/whole path`. */
  readonly name: string
  readonly unit: string
  /** One for each round, in their order. */
  readonly values: readonly number[]
  readonly goal: Goal | null
}

/** One figure over another, of the same round. */
export interface Ratio {
  readonly name: string
  readonly values: readonly number[]
  readonly goal: Goal | null
}

/** What a median should reach at least, or stay at or below. */
export interface Goal {
  readonly atLeast?: number
  readonly atMost?: number
}

export interface Spread {
  readonly median: number
  readonly min: number
  readonly max: number
}

export function spreadOf(values: readonly number[]): Spread {
  if (values.length === 0) throw new RangeError('the spread of no values')
  const sorted = [...values].sort((a, b) => a - b)
  const middle = (sorted.length - 1) / 2
  const [low = 0, high = 0] = [sorted[Math.floor(middle)], sorted[Math.ceil(middle)]]
  return { median: (low + high) / 2, min: sorted[0] ?? 0, max: sorted.at(-1) ?? 0 }
}

/** The smallest value that so many of the values do not exceed; `share` is above 0 and at most 1. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  const found = sorted[Math.ceil(share * sorted.length) - 1]
  if (found === undefined) throw new RangeError('a quantile of no values')
  return found
}

/** Round by round: what disturbs a round disturbs both. */
export function ratioOf(over: Figure, under: Figure, goal: Goal | null = null): Ratio {
  const values = over.values.map((value, round) => value / (under.values[round] ?? Number.NaN))
  return { name: `${over.name} : ${under.name}`, values, goal }
}

export function reaches(values: readonly number[], { atLeast, atMost }: Goal): boolean {
  const { median } = spreadOf(values)
  return (atLeast === undefined || median >= atLeast) && (atMost === undefined || median <= atMost)
}

/** Collects the values of figures, by name, as they come. */
export class Figures {
  readonly #figures = new Map<string, Figure & { readonly values: number[] }>()

  add(name: string, unit: string, value: number, goal: Goal | null = null): void {
    const figure = this.#figures.get(name) ?? { name, unit, values: [], goal }
    figure.values.push(value)
    this.#figures.set(name, figure)
  }

  get(name: string): Figure | undefined {
    return this.#figures.get(name)
  }

  get all(): readonly Figure[] {
    return [...this.#figures.values()]
  }
}
