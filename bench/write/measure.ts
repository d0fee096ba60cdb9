import type { MovementEvent } from '../../src/message/event.ts'
import type { Figures } from '../figures.ts'
import { ratioOf, type Goal, type Ratio } from '../figures.ts'
import { seededRandom, shuffled } from '../random.ts'
import { backlogOf } from './backlog.ts'
import {
  consumeAndCopy,
  copyFromMemory,
  prepareBacklog,
  prepareStream,
  storeAlone,
  tellingPath,
  tracedPath,
  wholePath,
  type Prepared,
  type Writing,
  type Written,
} from './contestants.ts'
import { makeStream, streamNames, type Stream, type StreamName } from './stream.ts'

export interface WriteOptions extends Writing {
  /** Of a stream. */
  readonly messages: number
  /** Of the backlog; null for none. */
  readonly backlog: number | null
  readonly rounds: number
  readonly seed: number
  readonly streams: readonly StreamName[]
  /** What a user would pick instead. */
  readonly peer: Peer | null
  readonly say: (line: string) => void
}

export interface Peer {
  readonly name: string
  store(writing: Writing, prepared: Prepared, stock: readonly MovementEvent[]): Promise<Written>
}

type Contestant =
  | 'whole path'
  | 'whole path, telling'
  | 'whole path, traced'
  | 'ceiling A'
  | 'store alone'
  | 'ceiling B'
  | 'peer'

interface Heat {
  readonly stream: string
  readonly contestant: Contestant
  readonly run: () => Promise<Written>
  /** In megabytes. */
  readonly memoryGoal?: Goal
}

/** What no ceiling can hold, or what is compared with our own rate, is run by the service alone. */
const fully: readonly StreamName[] = ['pairs', 'apart']
/** What the others are compared with. */
const keyed: StreamName = 'pairs'
/** While it eats a backlog, in megabytes. */
const backlogMemory: Goal = { atMost: 300 }

/** Every way of booking each stream, each round in another order. */
export async function measureWriting(options: WriteOptions, figures: Figures): Promise<void> {
  const { rounds, seed, streams, backlog, say } = options
  const random = seededRandom(seed)
  const heats: Heat[] = []
  for (const name of streams) heats.push(...(await heatsOf(name, options)))
  if (backlog !== null) heats.push(await backlogHeat(backlog, options))
  for (let round = 1; round <= rounds; round += 1) {
    for (const { stream, contestant, run, memoryGoal } of shuffled(heats, random)) {
      const beganAt = performance.now()
      const { rate, peakMemoryBytes } = await run()
      const seconds = ((performance.now() - beganAt) / 1000).toFixed(1)
      figures.add(figureName(stream, contestant), 'messages/s', rate)
      if (contestant === 'whole path' && peakMemoryBytes !== null)
        figures.add(memoryName(stream), 'MB', peakMemoryBytes / 1e6, memoryGoal)
      const what = `${stream}, ${contestant}: ${Math.round(rate)} messages/s`
      say(`round ${round} of ${rounds}: ${what} (${seconds} s with what is not timed)`)
    }
  }
}

/** A stream that nobody books from memory does not stay there. */
async function heatsOf(name: StreamName, options: WriteOptions): Promise<Heat[]> {
  const { messages, seed, say } = options
  const stream = makeStream(name, { messages, seed })
  say(`stream "${name}": ${streamNames[name]}, ${stream.before.length} messages before it`)
  const prepared = await prepareStream(options, stream)
  const others = fully.includes(name) ? await heatsBeside(stream, prepared, options) : []
  return [
    serviceHeat(name, prepared, options),
    ...(name === keyed ? extraHeats(prepared, options) : []),
    ...others,
  ]
}

function serviceHeat(stream: string, prepared: Prepared, options: WriteOptions): Heat {
  return { stream, contestant: 'whole path', run: () => wholePath(options, prepared) }
}

/** What a user may switch on, beside the service without it. */
function extraHeats(prepared: Prepared, options: WriteOptions): Heat[] {
  return [
    { stream: keyed, contestant: 'whole path, telling', run: () => tellingPath(options, prepared) },
    { stream: keyed, contestant: 'whole path, traced', run: () => tracedPath(options, prepared) },
  ]
}

async function heatsBeside(stream: Stream, prepared: Prepared, options: WriteOptions): Promise<Heat[]> {
  const { peer, streams, say } = options
  const { name } = stream
  const ceilings: Heat[] = [
    { stream: name, contestant: 'ceiling A', run: () => copyFromMemory(options, stream) },
    { stream: name, contestant: 'store alone', run: () => storeAlone(options, prepared, stream) },
    { stream: name, contestant: 'ceiling B', run: () => consumeAndCopy(options, prepared) },
  ]
  if (peer === null) return ceilings
  const store = (): Promise<Written> => peer.store(options, prepared, stream.stock)
  if (name === streams.find((one) => fully.includes(one))) await warmUp(peer, store, say)
  return [...ceilings, { stream: name, contestant: 'peer', run: store }]
}

async function backlogHeat(messages: number, options: WriteOptions): Promise<Heat> {
  const stream = `backlog of ${messages.toLocaleString('en-US')}`
  options.say(`stream "${stream}": pairs, and their stock before them`)
  const prepared = await prepareBacklog(options, backlogOf(messages, options.seed))
  return { ...serviceHeat(stream, prepared, options), memoryGoal: backlogMemory }
}

/** The rate of a new worker rises until its third run. */
async function warmUp(peer: Peer, store: () => Promise<Written>, say: (line: string) => void): Promise<void> {
  for (let count = 0; count < 2; count += 1) {
    const { rate } = await store()
    say(`${peer.name} warms up: ${Math.round(rate)} messages/s`)
  }
}

interface Comparison {
  readonly over: string
  readonly under: string
  readonly goal: Goal
}

const besideKeyed = (
  name: StreamName,
  atLeast: number,
  contestant: Contestant = 'whole path',
): Comparison => ({
  over: figureName(name, contestant),
  under: figureName(keyed, 'whole path'),
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
  besideKeyed(keyed, 0.6, 'whole path, telling'),
  besideKeyed(keyed, 0.95, 'whole path, traced'),
]

export function ratiosOfWriting(figures: Figures): Ratio[] {
  return comparisons.flatMap(({ over, under, goal }) => {
    const [upper, lower] = [figures.get(over), figures.get(under)]
    return upper === undefined || lower === undefined ? [] : [ratioOf(upper, lower, goal)]
  })
}

function figureName(stream: string, contestant: Contestant): string {
  return `write/${stream}/${contestant}`
}

function memoryName(stream: string): string {
  return `write/${stream}/memory`
}
