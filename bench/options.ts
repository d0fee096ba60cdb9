import { parseArguments, wholeNumber, wrongUse } from './arguments.ts'
import { resolve } from 'node:path'
import { streamNames, type StreamName } from './write/stream.ts'

export interface Options {
  readonly json: boolean
  readonly parts: ReadonlySet<Part>
  readonly peer: 'connect' | null
  readonly streams: readonly StreamName[]
  /** Of a stream. */
  readonly messages: number
  /** Messages of the backlog; null if it is not to be measured. */
  readonly backlog: number | null
  /** For which one way of reading is asked. */
  readonly seconds: number
  /** For which messages come at one rate. */
  readonly stepSeconds: number
  /** Where V8 profiles of the service go, an absolute path; null for none. */
  readonly profileFolder: string | null
  readonly rounds: number
  readonly seed: number
}

const parts = ['write', 'read', 'latency'] as const
export type Part = (typeof parts)[number]

const backlog = 'backlog'
const full = { messages: 400_000, backlog: 1_000_000, seconds: 5, stepSeconds: 15, rounds: 5 }
/** Below five minutes in all on two cores, so that it is run before each change: shorter, not fewer rounds. */
const quick = { messages: 45_000, backlog: 60_000, seconds: 1, stepSeconds: 2, rounds: 3 }

/** @throws {StackError} that says what is wrong, with the exit code for that */
export function readOptions(args: readonly string[]): Options {
  const values = parse(args)
  const by = values.quick === true ? quick : full
  const streams = chosen('streams', values.streams, [...(Object.keys(streamNames) as StreamName[]), backlog])
  return {
    json: values.json === true,
    parts: new Set(chosen('only', values.only, parts)),
    peer: values.peer === undefined ? null : (chosen('peer', values.peer, ['connect'] as const)[0] ?? null),
    streams: streams.filter((name) => name !== backlog),
    messages: wholeNumber('messages', values.messages, { otherwise: by.messages, least: 20_000 }),
    backlog: streams.includes(backlog) ? by.backlog : null,
    seconds: wholeNumber('seconds', values.seconds, { otherwise: by.seconds, least: 1 }),
    stepSeconds: wholeNumber('step-seconds', values['step-seconds'], {
      otherwise: by.stepSeconds,
      least: 2,
    }),
    profileFolder: values.profile === undefined ? null : resolve(values.profile),
    rounds: wholeNumber('rounds', values.rounds, { otherwise: by.rounds, least: 1 }),
    seed: wholeNumber('seed', values.seed, { otherwise: 1, least: 0 }),
  }
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const
  return parseArguments(args, {
    quick: { type: 'boolean' },
    json: { type: 'boolean' },
    only: text,
    peer: text,
    streams: text,
    messages: text,
    seconds: text,
    'step-seconds': text,
    profile: text,
    rounds: text,
    seed: text,
  })
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
    if (found === undefined) throw wrongUse(`--${option} knows ${known.join(', ')}.`)
    return found
  })
}
