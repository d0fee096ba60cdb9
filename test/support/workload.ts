/** A seeded stream of movements with the nuisances of real life, and the oracle's view of its end. */
import type { MovementEvent } from '../../src/message/event.ts'
import { arrival, departure } from './events.ts'
import { toJson } from './memory-log.ts'
import { Model } from './model.ts'
import type { Sent } from './send.ts'

export interface WorkloadOptions {
  readonly seed: number
  /** Messages, duplicates included. */
  readonly messages: number
  readonly partitions: number
  /** Products of each of the 20 warehouses, some of them moved far more often than others. */
  readonly products?: number
}

export interface Workload {
  /** All of it as the producers send it, some messages that nobody can read among them. */
  readonly sent: readonly Sent[]
  /** How many of those there are. */
  readonly poison: number
  /** In the order in which they are sent; any partition. */
  readonly messages: readonly { readonly partition: number; readonly event: MovementEvent }[]
  /** What the books must be in the end, whatever the order. */
  readonly model: Model
}

const warehouses = 20
const duplicateShare = 0.05
const earlyShare = 0.05
const poisonShare = 0.01
/** Departures from cards that never get stock: they must all be held in the end. */
const hopelessShare = 0.01

/** A small, fast generator of numbers from 0 to 1, the same for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/**
 * Each card's stock comes first, then movements between the cards; some departures run ahead of all stock, some
 * reports are sent twice, and every message goes to any partition, so that the partitions race each other. But for
 * the hopeless ones, each card's reports add up to zero or more: the end does not depend on the order.
 */
export function makeWorkload({
  seed,
  messages: count,
  partitions,
  products = 50,
}: WorkloadOptions): Workload {
  const random = seededRandom(seed)
  const below = (limit: number): number => Math.floor(random() * limit)
  const skewed = (limit: number): number => Math.floor(random() ** 2 * limit)

  const early: MovementEvent[] = []
  const moves: MovementEvent[] = []
  const needed = new Map<string, { warehouse: number; product: number; quantity: number }>()
  const pairs = Math.floor((count * (1 - duplicateShare) - warehouses * products) / 2)
  for (let movement = 1; movement <= pairs; movement += 1) {
    const [from, to, product, quantity] = [
      1 + below(warehouses),
      1 + below(warehouses),
      1 + skewed(products),
      1 + below(50),
    ]
    const isHopeless = random() < hopelessShare
    const left = departure({
      movement,
      product,
      warehouse: isHopeless ? from + warehouses : from,
      at: movement,
      quantity,
    })
    const came = arrival({
      movement,
      product,
      warehouse: to,
      at: movement + 60,
      quantity: quantity - (random() < 0.02 ? 1 : 0),
    })
    const key = `${from}/${product}`
    const need = needed.get(key) ?? { warehouse: from, product, quantity: 0 }
    needed.set(key, { ...need, quantity: need.quantity + (isHopeless ? 0 : quantity) })
    if (random() < earlyShare) {
      early.push(left)
      moves.push(came)
    } else if (random() < 0.5) moves.push(left, came)
    else moves.push(came, left)
  }
  const stock = [...needed.values()].map(({ warehouse, product, quantity }, index) =>
    arrival({ movement: pairs + 1 + index, product, warehouse, at: 0, quantity }),
  )
  const reports = [...early, ...stock, ...moves]
  const model = new Model()
  for (const event of reports) model.deliver(event)
  const sent = reports.map((event) => ({ partition: below(partitions), event }))
  const repeats = Math.floor(count * duplicateShare)
  const repeated = Array.from({ length: repeats }, () => ({
    at: random(),
    event: reports[below(reports.length)],
  }))
  for (const { at, event } of repeated) {
    if (event !== undefined) sent.push({ partition: below(partitions), event })
    // Somewhere in the stream, not at its end.
    const place = Math.floor(at * sent.length)
    const [last, other] = [sent.at(-1), sent[place]]
    if (last !== undefined && other !== undefined) [sent[place], sent[sent.length - 1]] = [last, other]
  }
  const toSend: Sent[] = sent.map(({ partition, event }) => ({ partition, value: toJson(event) }))
  const poison = Math.floor(count * poisonShare)
  const faulty = Array.from({ length: poison }, (_, index) => ({
    place: below(toSend.length),
    value: poisonOf(index),
  })).sort((a, b) => b.place - a.place)
  // From behind: in one pass, and without shifting the places that are still to come.
  for (const { place, value } of faulty) toSend.splice(place, 0, { partition: below(partitions), value })
  return { messages: sent, model, sent: toSend, poison }
}

/** One message of each kind that nobody can read, in turn. */
function poisonOf(index: number): Buffer | string | null {
  const kinds: readonly (() => Buffer | string | null)[] = [
    () => `{"id":"poison ${index}"`,
    () => Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]),
    () => 'x'.repeat(70_000),
    () => toJson(arrival({ movement: index, quantity: 1 })).replace('ru.retail', 'unknown'),
    () => null,
    () => `{"__proto__":{"id":"${index}"}}`,
    () => toJson(arrival({ movement: index, quantity: 1 })).replace('"quantity":1', '"quantity":1e400'),
  ]
  return kinds[index % kinds.length]?.() ?? null
}
