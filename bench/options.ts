import { parseArgs } from 'node:util'
import { exitCodes, StackError } from '../stack/stack-error.ts'
import { streamNames, type StreamName } from './write/stream.ts'

export interface Options {
  readonly json: boolean
  readonly parts: ReadonlySet<Part>
  readonly peer: 'connect' | null
  readonly streams: readonly StreamName[]
  /** Of a stream. */
  readonly messages: number
  /** For which one way of reading is asked. */
  readonly seconds: number
  readonly rounds: number
  readonly seed: number
}

const parts = ['write', 'read'] as const
export type Part = (typeof parts)[number]

/** @throws {StackError} that says what is wrong, with the exit code for that */
export function readOptions(args: readonly string[]): Options {
  const values = parse(args)
  const isQuick = values.quick === true
  return {
    json: values.json === true,
    parts: new Set(chosen('only', values.only, parts)),
    peer: values.peer === undefined ? null : (chosen('peer', values.peer, ['connect'] as const)[0] ?? null),
    streams: chosen('streams', values.streams, Object.keys(streamNames) as StreamName[]),
    messages: wholeNumber('messages', values.messages, {
      otherwise: isQuick ? 100_000 : 400_000,
      least: 20_000,
    }),
    seconds: wholeNumber('seconds', values.seconds, { otherwise: isQuick ? 2 : 5, least: 1 }),
    rounds: wholeNumber('rounds', values.rounds, { otherwise: isQuick ? 3 : 5, least: 1 }),
    seed: wholeNumber('seed', values.seed, { otherwise: 1, least: 0 }),
  }
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const
  try {
    return parseArgs({
      args: [...args],
      options: {
        quick: { type: 'boolean' },
        json: { type: 'boolean' },
        only: text,
        peer: text,
        streams: text,
        messages: text,
        seconds: text,
        rounds: text,
        seed: text,
      },
    }).values
  } catch (error) {
    throw wrong(error instanceof Error ? error.message : String(error))
  }
}

/** All of them, if nothing is said. */
function chosen<Name extends string>(
  option: string,
  given: string | undefined,
  known: readonly Name[],
): Name[] {
  if (given === undefined) return [...known]
  return given.split(',').map((name) => {
    const found = known.find((one) => one === name)
    if (found === undefined) throw wrong(`--${option} knows ${known.join(', ')}.`)
    return found
  })
}

function wholeNumber(
  option: string,
  given: string | undefined,
  { otherwise, least }: { readonly otherwise: number; readonly least: number },
): number {
  const number = Number(given ?? otherwise)
  if (!Number.isSafeInteger(number) || number < least)
    throw wrong(`--${option} is a whole number of ${least} or more.`)
  return number
}

function wrong(what: string): StackError {
  return new StackError(what, exitCodes.wrongUse)
}
