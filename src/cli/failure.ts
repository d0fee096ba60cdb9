/** The one place where whatever ends a command becomes a sentence and an exit code. */
import { CommanderError } from 'commander'
import { RebuildRefused } from '../books/rebuild-refused.ts'
import { BincardProblem, UnexpectedAnswer } from '../client/problem.ts'
import { SettingsError } from '../config/settings.ts'
import { Fault } from '../fault.ts'
import { describeError } from '../telemetry/describe-error.ts'
import type { CommandContext } from './context.ts'
import { CommandFailure, type ExitName } from './exit-codes.ts'

/** How a command ended, and what is said of it on standard error; null if it has been said already. */
export interface Failure {
  readonly exit: ExitName
  readonly message: string | null
}

/** Answers that come of a machine and not of the request. */
const firstServerStatus = 500

export function failureOf(error: unknown, { isEnding }: Pick<CommandContext, 'isEnding'>): Failure {
  if (error instanceof CommandFailure) return { exit: error.exit, message: error.message }
  if (error instanceof RebuildRefused) return { exit: 'wrong', message: error.message }
  if (error instanceof CommanderError) return { exit: error.exitCode === 0 ? 'done' : 'usage', message: null }
  if (isEnding()) return { exit: 'interrupted', message: 'Interrupted.' }
  if (error instanceof SettingsError) return { exit: 'usage', message: error.message }
  if (error instanceof Fault) return { exit: 'away', message: `${error.code}: ${error.message}` }
  if (error instanceof BincardProblem) {
    const exit = error.status >= firstServerStatus ? 'away' : 'refused'
    return { exit, message: `${error.code}: ${error.detail}` }
  }
  if (error instanceof UnexpectedAnswer) return { exit: 'away', message: error.message }
  if (isUnanswered(error))
    return {
      exit: 'away',
      message: 'The service does not answer. Is its address right (--url, BINCARD_URL)?',
    }
  if (isFileError(error)) return { exit: 'usage', message: error.message }
  return { exit: 'bug', message: JSON.stringify(describeError(error), null, 2) }
}

/** What `fetch` throws when nobody answers, or not in time. */
function isUnanswered(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return error.name === 'TimeoutError' || (error instanceof TypeError && error.message === 'fetch failed')
}

const fileErrors = ['ENOENT', 'EACCES', 'EISDIR', 'ENOTDIR', 'ENOSPC', 'EEXIST']

function isFileError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error && fileErrors.includes(String(error.code))
}
