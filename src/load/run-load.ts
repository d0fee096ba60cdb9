/**
 * A trial of a running service: messages go to the topic at a rate, cards are read by HTTP meanwhile, and at the end each
 * card is compared with what was sent. It proves that the installation works, and tells roughly how fast; for figures that
 * can be compared, `npm run load` of the repository measures with more care.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from '../client/client.ts'
import type { NewMessage, ProducedAt, Producer } from '../kafka/producer.ts'
import type { LoadStream } from './load-stream.ts'

export interface LoadOptions {
  readonly stream: LoadStream
  readonly producer: Pick<Producer, 'produce'>
  readonly client: Client
  /** Messages a second. */
  readonly rate: number
  readonly onProgress: (label: string, done: number) => void
  readonly signal: AbortSignal
}

export interface LoadResult {
  /** Messages without the openings. */
  readonly events: number
  readonly sendSeconds: number
  /** From the first message until all are booked. */
  readonly bookedSeconds: number
  /** Of the reads meanwhile, in milliseconds; null if there were none. */
  readonly readMedianMs: number | null
  readonly readP99Ms: number | null
  readonly reads: number
  readonly cards: number
  /** Cards whose stock is not what was sent. */
  readonly wrong: number
}

const tickMs = 50
const mostAtOnce = 1000
const cardsAtOnce = 1000
/** Between two reads. */
const readPauseMs = 20

export async function runLoad(options: LoadOptions): Promise<LoadResult> {
  const { stream, onProgress } = options
  await awaitBooked(options, await sendAll(options, [...stream.openings()], 'openings'))
  const cards = stream.expected()
  const reading = new AbortController()
  const times = readMeanwhile(options, cards, reading.signal)
  const startedAt = performance.now()
  let sent: { events: number; last: Map<number, ProducedAt> }
  let sendSeconds: number
  try {
    sent = await sendAtRate(options, stream.movements())
    sendSeconds = secondsSince(startedAt)
    onProgress('wait until all is booked', sent.events)
    await awaitBooked(options, sent.last)
  } finally {
    reading.abort()
  }
  const bookedSeconds = secondsSince(startedAt)
  const sorted = (await times).sort((a, b) => a - b)
  return {
    events: sent.events,
    sendSeconds,
    bookedSeconds,
    readMedianMs: sorted[Math.floor(sorted.length / 2)] ?? null,
    readP99Ms: sorted[Math.floor(sorted.length * 0.99)] ?? null,
    reads: sorted.length,
    cards: cards.length,
    wrong: await countWrong(options),
  }
}

async function sendAll(
  { producer, onProgress, signal }: LoadOptions,
  messages: readonly NewMessage[],
  label: string,
): Promise<Map<number, ProducedAt>> {
  const last = new Map<number, ProducedAt>()
  for (let from = 0; from < messages.length; from += mostAtOnce) {
    signal.throwIfAborted()
    const part = messages.slice(from, from + mostAtOnce)
    for (const place of await producer.produce(part, 'command')) last.set(place.partition, place)
    onProgress(label, from + part.length)
  }
  return last
}

/** As many as are due at each tick; a topic that is slower than the rate is not driven ahead of. */
async function sendAtRate(
  { producer, rate, onProgress, signal }: LoadOptions,
  messages: Generator<NewMessage>,
): Promise<{ events: number; last: Map<number, ProducedAt> }> {
  const last = new Map<number, ProducedAt>()
  const startedAt = performance.now()
  let events = 0
  for (;;) {
    signal.throwIfAborted()
    const due = Math.min(mostAtOnce, Math.floor(secondsSince(startedAt) * rate) - events)
    const part = take(messages, due)
    if (due > 0 && part.length === 0) return { events, last }
    if (part.length > 0)
      for (const place of await producer.produce(part, 'command')) last.set(place.partition, place)
    events += part.length
    onProgress('events sent', events)
    if (part.length < mostAtOnce) await sleep(tickMs, undefined, { signal })
  }
}

function take(messages: Generator<NewMessage>, count: number): NewMessage[] {
  const taken: NewMessage[] = []
  while (taken.length < count) {
    const next = messages.next()
    if (next.done === true) break
    taken.push(next.value)
  }
  return taken
}

async function awaitBooked(
  { client, signal }: LoadOptions,
  last: ReadonlyMap<number, ProducedAt>,
): Promise<void> {
  for (const { partition, offset } of last.values()) {
    for (;;) {
      signal.throwIfAborted()
      try {
        await client.listWarehouses({ after: `${partition}:${offset}`, limit: 1 })
        break
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'not_yet_booked')) throw error
      }
    }
  }
}

async function readMeanwhile(
  { client }: LoadOptions,
  cards: ReturnType<LoadStream['expected']>,
  signal: AbortSignal,
): Promise<number[]> {
  const times: number[] = []
  for (let read = 0; !signal.aborted; read += 1) {
    const card = cards[read % cards.length]
    if (card === undefined) break
    const startedAt = performance.now()
    try {
      await client.getCard({ warehouse_id: card.warehouseId, product_id: card.productId })
      times.push(performance.now() - startedAt)
      await sleep(readPauseMs, undefined, { signal })
    } catch (error) {
      if (signal.aborted) break
      throw error
    }
  }
  return times
}

async function countWrong({ client, stream }: LoadOptions): Promise<number> {
  const cards = stream.expected()
  let wrong = 0
  for (let from = 0; from < cards.length; from += cardsAtOnce) {
    const part = cards.slice(from, from + cardsAtOnce)
    const { items } = await client.queryCards({
      body: {
        cards: part.map(({ warehouseId, productId }) => ({
          warehouse_id: warehouseId,
          product_id: productId,
        })),
      },
    })
    for (const [index, { quantity }] of items.entries()) if (part[index]?.quantity !== quantity) wrong += 1
  }
  return wrong
}

function secondsSince(startedAt: number): number {
  return (performance.now() - startedAt) / 1000
}
