/** The lines of a card that are loaded: the newest, which change, and older ones, which do not. */
import type { CardLine } from '../../../../src/client/client.ts'

export interface LoadedLines {
  /** The newest first, without gaps. */
  readonly lines: readonly CardLine[]
  /** Below those: lines that came between two answers and were never loaded; null if there are none. */
  readonly gap: { readonly from: number; readonly to: number } | null
  /** Below the gap; empty without one. */
  readonly belowGap: readonly CardLine[]
}

/**
 * `newest`: the first page, as it is now. `before`: what was loaded before, in any order, with an older look of some of
 * the same lines. What is newer wins.
 */
export function mergeLines(newest: readonly CardLine[], before: readonly CardLine[]): LoadedLines {
  const byNumber = new Map([...before, ...newest].map((line) => [line.line, line]))
  const all = [...byNumber.values()].toSorted((a, b) => b.line - a.line)
  const lastBeforeGap = all.findIndex((line, index) => {
    const next = all[index + 1]
    return next !== undefined && next.line !== line.line - 1
  })
  if (lastBeforeGap < 0) return { lines: all, gap: null, belowGap: [] }
  const lines = all.slice(0, lastBeforeGap + 1)
  const belowGap = all.slice(lastBeforeGap + 1)
  const gap = { from: (belowGap[0]?.line ?? 0) + 1, to: (lines.at(-1)?.line ?? 1) - 1 }
  return { lines, gap, belowGap }
}
