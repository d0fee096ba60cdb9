import { parseArguments, wrongUse } from '../arguments.ts'
import type { Layout } from './layout.ts'
import { layoutsOf } from './layout.ts'

export interface Options {
  readonly json: boolean
  readonly layouts: readonly Layout[]
  /** Of a topic. */
  readonly messages: number
  readonly rounds: number
  /** That all replicas together write at once, shared out; null leaves each its own default. */
  readonly batchesAtOnce: number | null
  readonly seed: number
}

/** @throws {StackError} that says what is wrong, with the exit code for that */
export function readOptions(args: readonly string[]): Options {
  const values = parse(args)
  const isQuick = values.quick === true
  const replicas = wholeNumbers('replicas', values.replicas ?? '1,2,4')
  const partitions = wholeNumbers('partitions', values.partitions ?? (isQuick ? '1,12' : '1,2,4,12'))
  if (Math.max(...replicas) > Math.max(...partitions))
    throw wrongUse(
      '--replicas are at most as many as the largest of --partitions: the others would have none.',
    )
  const [messages = 0] = wholeNumbers('messages', values.messages ?? (isQuick ? '100000' : '400000'))
  const [rounds = 0] = wholeNumbers('rounds', values.rounds ?? (isQuick ? '2' : '5'))
  const [batchesAtOnce = null] = values.batches === undefined ? [] : wholeNumbers('batches', values.batches)
  const [seed = 0] = wholeNumbers('seed', values.seed ?? '1')
  // Both sides of each movement are to be in the topic.
  if (messages % 2 !== 0) throw wrongUse('--messages is an even number.')
  const layouts = layoutsOf({ replicas, partitions })
  return { json: values.json === true, layouts, messages, rounds, batchesAtOnce, seed }
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const
  return parseArguments(args, {
    quick: { type: 'boolean' },
    json: { type: 'boolean' },
    replicas: text,
    partitions: text,
    messages: text,
    rounds: text,
    batches: text,
    seed: text,
  })
}

function wholeNumbers(option: string, given: string): number[] {
  const numbers = given.split(',').map(Number)
  if (!numbers.every((number) => Number.isSafeInteger(number) && number >= 1))
    throw wrongUse(`--${option} is a whole number of 1 or more.`)
  return numbers
}
