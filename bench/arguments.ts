/** What all benches have in common of their command lines. All throw a StackError that says what is wrong. */
import { parseArgs, type ParseArgsConfig } from 'node:util'
import { exitCodes, StackError } from '../stack/stack-error.ts'

export function parseArguments<const Known extends NonNullable<ParseArgsConfig['options']>>(
  args: readonly string[],
  options: Known,
) {
  try {
    return parseArgs({ args: [...args], options }).values
  } catch (error) {
    throw wrongUse(error instanceof Error ? error.message : String(error))
  }
}

export function wholeNumber(
  option: string,
  given: string | undefined,
  { otherwise, least }: { readonly otherwise: number; readonly least: number },
): number {
  const number = Number(given ?? otherwise)
  if (!Number.isSafeInteger(number) || number < least)
    throw wrongUse(`--${option} is a whole number of ${least} or more.`)
  return number
}

export function wrongUse(what: string): StackError {
  return new StackError(what, exitCodes.wrongUse)
}
