import { formatTimestamp } from '../message/timestamp.ts'
import type { QuarantinedMessage } from '../store/read-quarantine.ts'
import type { Problem } from './problems.ts'

/** Somebody has decided otherwise about a message: what, who and when. */
export function settledProblem(message: QuarantinedMessage): Problem {
  const { settledAt, settledBy, reason, redrivenTo, claim } = message
  const who = `by ${settledBy ?? claim?.by ?? 'somebody'}`
  if (redrivenTo !== null && settledAt !== null) {
    const place = `partition ${redrivenTo.partition}, offset ${redrivenTo.offset}`
    return {
      code: 'already_redriven',
      detail: `It was redriven ${who} at ${formatTimestamp(settledAt)}, to ${place}.`,
    }
  }
  if (settledAt !== null) {
    const detail = `It was discarded ${who} at ${formatTimestamp(settledAt)}: ${JSON.stringify(reason)}.`
    return { code: 'already_discarded', detail }
  }
  const begunAt = claim === null ? '' : ` at ${formatTimestamp(claim.at)}`
  return { code: 'redrive_begun', detail: `A redrive was begun ${who}${begunAt}.` }
}

/** For the description: one of each. */
export const settledProblems: readonly Problem[] = [
  {
    code: 'already_redriven',
    detail: 'It was redriven by anna at 2025-02-18T15:02:11.870Z, to partition 0, offset 41.',
  },
  {
    code: 'already_discarded',
    detail: 'It was discarded by anna at 2025-02-18T15:02:11.870Z: "A test message of the scanner."',
  },
  { code: 'redrive_begun', detail: 'A redrive was begun by anna at 2025-02-18T15:02:11.870Z.' },
]
