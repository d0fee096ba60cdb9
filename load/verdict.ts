import { behindLimit } from '../open-loop/pace.ts'

/** What a step shows: the service keeps up, it is saturated (which is what the steps are for), or nothing, because the generator was too slow. */
export type Verdict = 'kept up' | 'saturated' | 'generator behind'

/** The share of what was offered that may wait at the end: in a step of 4 s, 0.4 s of it, which one slow commit may take. */
export const lagLimit = 0.1
/** Of what was asked, this share must have been answered well within the step. */
export const answeredLimit = 0.95
/** Beyond this nobody says that it keeps up. */
export const readLimitMs = 500

export interface IntakeFigures {
  readonly behindShare: number
  /** Messages that were sent. */
  readonly offered: number
  /** Of these, not booked when the step ended. */
  readonly waiting: number
  /** Kafka did not take what was sent. */
  readonly isRefused: boolean
}

export function judgeIntake({ behindShare, offered, waiting, isRefused }: IntakeFigures): Verdict {
  if (behindShare > behindLimit) return 'generator behind'
  return isRefused || waiting > offered * lagLimit ? 'saturated' : 'kept up'
}

export interface ReadFigures {
  readonly behindShare: number
  /** Requests that were due in the step. */
  readonly offered: number
  /** Those with a good answer before the step was over, and a moment longer for the last of them. */
  readonly answered: number
  readonly p99Ms: number | null
}

export function judgeReads({ behindShare, offered, answered, p99Ms }: ReadFigures): Verdict {
  if (behindShare > behindLimit) return 'generator behind'
  const isSlow = p99Ms === null || p99Ms > readLimitMs
  return isSlow || answered < offered * answeredLimit ? 'saturated' : 'kept up'
}
