import type { Micros } from '../message/event.ts'
import { parseTimestamp } from '../message/timestamp.ts'
import type { RecordedWithin } from '../store/read-line-range.ts'
import { parameterProblem } from './parameters.ts'
import type { Problem } from './problems.ts'

/** The parameters `from` and `to` of a query, or what is wrong with the first that cannot be read. */
export function readRange(query: { readonly from?: string; readonly to?: string }): RecordedWithin | Problem {
  const [from, to] = [readTime(query.from), readTime(query.to)]
  if (from === undefined) return parameterProblem('from')
  return to === undefined ? parameterProblem('to') : { from, to }
}

/** Null where there is none; undefined where it cannot be read. */
function readTime(text: string | undefined): Micros | null | undefined {
  if (text === undefined) return null
  const time = parseTimestamp(text)
  return typeof time === 'number' ? time : undefined
}
