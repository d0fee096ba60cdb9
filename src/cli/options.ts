/** How the texts of options become values; commander tells what is wrong with one. */
import { InvalidArgumentError, type Command } from 'commander'
import { parseUuid } from '../message/uuid.ts'

/** How a command reads a whole ledger. */
export interface WalkFlags {
  readonly json?: true
  readonly rows: number
}

/** `--rows`, for whatever reads a whole ledger. */
export function walkOptions(command: Command): Command {
  const about = 'rows that are read at once, about 1 KB of memory each'
  return command.option('--rows <number>', about, wholeNumber(1, 100_000), 10_000)
}

/** A whole number within bounds. */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const number = Number(text)
    if (/^\d+$/.test(text) && number >= min && number <= max) return number
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`)
  }
}

/** A UUID, answered in lower case. */
export function uuid(text: string): string {
  const id = parseUuid(text)
  if (id === null) throw new InvalidArgumentError('It must be a UUID.')
  return id
}
