/** What a call may throw besides what `fetch` itself throws. */
import type { Problem } from './description.ts'

/** The service's own answer to a request that it cannot fulfil (RFC 9457). */
export class BincardProblem extends Error {
  override readonly name = 'BincardProblem'
  /** Stable, and what programs should look at. A newer service may know more codes than this client. */
  readonly code: Problem['code'] | (string & {})
  /** The HTTP status. */
  readonly status: number
  /** What is wrong with this request, for people. */
  readonly detail: string
  /** After how many seconds trying again is of use; null if the service names no time. */
  readonly retryAfterSeconds: number | null
  /** The whole answer. */
  readonly problem: Problem

  constructor(problem: Problem, retryAfterSeconds: number | null) {
    super(`${problem.code}: ${problem.detail}`)
    this.code = problem.code
    this.status = problem.status
    this.detail = problem.detail
    this.retryAfterSeconds = retryAfterSeconds
    this.problem = problem
  }
}

/** An answer that the description of the service does not have: mostly that of a gateway between it and here. */
export class UnexpectedAnswer extends Error {
  override readonly name = 'UnexpectedAnswer'
  readonly status: number
  readonly mediaType: string
  /** The body, as it came. */
  readonly text: string

  constructor(answer: { readonly status: number; readonly mediaType: string; readonly text: string }) {
    super(
      `An answer that the service does not give: ${answer.status} ${answer.mediaType || 'without a type'}`,
    )
    this.status = answer.status
    this.mediaType = answer.mediaType
    this.text = answer.text
  }
}
