import type { Figures } from '../figures.ts'
import { ratioOf, type Goal, type Ratio } from '../figures.ts'
import { seededRandom, shuffled } from '../random.ts'
import {
  consumeAndCopy,
  copyFromMemory,
  prepareStream,
  storeAlone,
  wholePath,
  type Writing,
  type Written,
} from './contestants.ts'
import { makeStream, streamNames, type StreamName } from './stream.ts'

export interface WriteOptions extends Writing {
  readonly messages: number
  readonly rounds: number
  readonly seed: number
  readonly streams: readonly StreamName[]
  readonly say: (line: string) => void
}

type Contestant = 'ceiling A' | 'store alone' | 'ceiling B' | 'whole path'
const run: Record<Contestant, (writing: Writing, stream: ReturnType<typeof makeStream>) => Promise<Written>> =
  {
    'ceiling A': copyFromMemory,
    'store alone': storeAlone,
    'ceiling B': consumeAndCopy,
    'whole path': wholePath,
  }
/** What no ceiling can hold, or what is compared with our own rate, is run by the service alone. */
const fully: readonly StreamName[] = ['pairs', 'apart']

/** Every way of booking each stream, each round in another order. */
export async function measureWriting(options: WriteOptions, figures: Figures): Promise<void> {
  const { messages, rounds, seed, streams, say } = options
  const random = seededRandom(seed)
  const heats = streams.flatMap((name) => {
    const contestants = fully.includes(name) ? (Object.keys(run) as Contestant[]) : (['whole path'] as const)
    return contestants.map((contestant) => ({ name, contestant }))
  })
  const made = new Map(streams.map((name) => [name, makeStream(name, { messages, seed })]))
  for (const [name, stream] of made) {
    say(`stream "${name}": ${streamNames[name]}, ${stream.before.length} messages before it`)
    await prepareStream(options, stream)
  }
  for (let round = 1; round <= rounds; round += 1) {
    for (const { name, contestant } of shuffled(heats, random)) {
      const stream = made.get(name)
      if (stream === undefined) continue
      const { rate, peakMemoryBytes } = await run[contestant](options, stream)
      figures.add(figureName(name, contestant), 'messages/s', rate)
      if (contestant === 'whole path' && peakMemoryBytes !== null)
        figures.add(`write/${name}/memory`, 'MB', peakMemoryBytes / 1e6)
      say(`round ${round} of ${rounds}: ${name}, ${contestant}: ${Math.round(rate)} messages/s`)
    }
  }
}

interface Comparison {
  readonly over: string
  readonly under: string
  readonly goal: Goal
}

const keyed = figureName('pairs', 'whole path')
const besideKeyed = (name: StreamName, atLeast: number): Comparison => ({
  over: figureName(name, 'whole path'),
  under: keyed,
  goal: { atLeast },
})
const besideCeilings = (name: StreamName, atLeast: number): Comparison[] => [
  { over: figureName(name, 'store alone'), under: figureName(name, 'ceiling A'), goal: { atLeast } },
  { over: figureName(name, 'whole path'), under: figureName(name, 'ceiling B'), goal: { atLeast: 0.8 } },
]
const comparisons: readonly Comparison[] = [
  ...besideCeilings('pairs', 0.6),
  ...besideCeilings('apart', 0.5),
  ...(['unkeyed', 'hot card', 'one warehouse'] as const).map((name) => besideKeyed(name, 0.6)),
  ...(['poison', 'duplicates', 'held pile'] as const).map((name) => besideKeyed(name, 0.8)),
]

export function ratiosOfWriting(figures: Figures): Ratio[] {
  return comparisons.flatMap(({ over, under, goal }) => {
    const [upper, lower] = [figures.get(over), figures.get(under)]
    return upper === undefined || lower === undefined ? [] : [ratioOf(upper, lower, goal)]
  })
}

function figureName(stream: StreamName, contestant: Contestant): string {
  return `write/${stream}/${contestant}`
}
