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
import { makeStream, streamNames, type Stream, type StreamName } from './stream.ts'

export interface WriteOptions extends Writing {
  readonly messages: number
  readonly rounds: number
  readonly seed: number
  readonly streams: readonly StreamName[]
  /** What a user would pick instead. */
  readonly peer: Peer | null
  readonly say: (line: string) => void
}

export interface Peer {
  readonly name: string
  readonly store: Way
}

type Way = (writing: Writing, stream: Stream) => Promise<Written>

const ways = {
  'ceiling A': copyFromMemory,
  'store alone': storeAlone,
  'ceiling B': consumeAndCopy,
  'whole path': wholePath,
} as const satisfies Record<string, Way>
type Contestant = keyof typeof ways | 'peer'

interface Heat {
  readonly stream: Stream
  readonly contestant: Contestant
  readonly way: Way
}

/** What no ceiling can hold, or what is compared with our own rate, is run by the service alone. */
const fully: readonly StreamName[] = ['pairs', 'apart']

/** Every way of booking each stream, each round in another order. */
export async function measureWriting(options: WriteOptions, figures: Figures): Promise<void> {
  const { messages, rounds, seed, streams, peer, say } = options
  const random = seededRandom(seed)
  const made = streams.map((name) => makeStream(name, { messages, seed }))
  for (const stream of made) {
    say(`stream "${stream.name}": ${streamNames[stream.name]}, ${stream.before.length} messages before it`)
    await prepareStream(options, stream)
  }
  const [first] = made
  if (peer !== null && first !== undefined) await warmUp(peer, first, options)
  const heats = made.flatMap((stream) => heatsOf(stream, peer))
  for (let round = 1; round <= rounds; round += 1) {
    for (const { stream, contestant, way } of shuffled(heats, random)) {
      const { rate, peakMemoryBytes } = await way(options, stream)
      figures.add(figureName(stream.name, contestant), 'messages/s', rate)
      if (contestant === 'whole path' && peakMemoryBytes !== null)
        figures.add(`write/${stream.name}/memory`, 'MB', peakMemoryBytes / 1e6)
      say(`round ${round} of ${rounds}: ${stream.name}, ${contestant}: ${Math.round(rate)} messages/s`)
    }
  }
}

function heatsOf(stream: Stream, peer: Peer | null): Heat[] {
  const service: Heat = { stream, contestant: 'whole path', way: ways['whole path'] }
  if (!fully.includes(stream.name)) return [service]
  const others = (['ceiling A', 'store alone', 'ceiling B'] as const).map((contestant): Heat => ({
    stream,
    contestant,
    way: ways[contestant],
  }))
  return [
    service,
    ...others,
    ...(peer === null ? [] : [{ stream, contestant: 'peer', way: peer.store } as const]),
  ]
}

/** The rate of a new worker rises until its third run. */
async function warmUp(peer: Peer, stream: Stream, options: WriteOptions): Promise<void> {
  for (let count = 0; count < 2; count += 1) {
    const { rate } = await peer.store(options, stream)
    options.say(`${peer.name} warms up: ${Math.round(rate)} messages/s`)
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
  ...fully.map((name) => ({
    over: figureName(name, 'whole path'),
    under: figureName(name, 'peer'),
    goal: { atLeast: 1.5 },
  })),
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
