/**
 * The streams of messages that the ways of booking are measured on. Each is the same for the same seed, and none has a
 * departure beyond its stock, but where that is the point: so that whoever cannot hold one can be measured beside us.
 */
import { murmur2 } from '@platformatic/kafka'
import type {
  EventKind,
  Micros,
  MovementEvent,
  MovementId,
  ProductId,
  WarehouseId,
} from '../../src/message/event.ts'
import { below, seededRandom, uuid, type Random } from '../random.ts'

export interface StreamShape {
  /** Messages that are timed. */
  readonly messages: number
  readonly seed: number
  /** Of the topic; six if nothing is said. */
  readonly topicPartitions?: number
}

/** A message, and where it goes. */
export interface StreamMessage {
  readonly partition: number
  readonly key: string | null
  readonly report: MovementEvent | 'unreadable'
}

export interface Stream {
  readonly name: StreamName
  /** More than will ever leave, an arrival for each card; the same for all streams of one shape. Booked beforehand. */
  readonly stock: readonly MovementEvent[]
  /** Booked after the stock, and not timed either. */
  readonly before: readonly MovementEvent[]
  /** In the order in which they are produced. */
  readonly messages: readonly StreamMessage[]
}

export const partitions = 6
const warehouses = 50
/** So that each card is met by some ten messages, as a process meets it that has run for a while. */
const messagesPerCard = 10
/** More than ever leaves a card. */
const openingQuantity = 1_000_000_000
/** So many messages come between the two sides of a movement. */
const apart = 50_000
const pileSize = 100_000
/** 2025-01-01T00:00:00Z. */
const beginning = 1_735_689_600_000_000

export const streamNames = {
  pairs: 'adjacent pairs, keyed by warehouse',
  apart: 'arrivals 50,000 messages after their departures, keyed by warehouse',
  'one partition': 'adjacent pairs, keyed by movement: its sides follow each other in one partition',
  unkeyed: 'adjacent pairs, any partition',
  'hot card': 'half of all events on one card',
  'one warehouse': 'all events in one warehouse',
  poison: '1 % of the messages unreadable',
  duplicates: '5 % of the messages sent twice',
  'all duplicates': 'every message is booked already',
  'held pile': 'a tenth of the arrivals on a card with 100,000 held departures',
} as const
export type StreamName = keyof typeof streamNames

export function makeStream(
  name: StreamName,
  { messages, seed, topicPartitions = partitions }: StreamShape,
): Stream {
  const random = seededRandom(seed)
  const chain = new Chain(random, Math.max(1, Math.round(messages / messagesPerCard / warehouses)))
  const stock = chain.openingStock()
  const underWay = name === 'apart' ? apart / 2 : 0
  const moves = movesOf(name, chain, Math.ceil(messages / 2) + underWay)
  // As if it had gone on like this for ever: what arrives first has left before the first message.
  const reports = moves.slice(underWay).flatMap(({ left }, n) => [left, ...cameOf(moves[n])])
  const timed = nuisances(name, reports, random).slice(0, messages)
  const before = [
    ...moves.slice(0, underWay).map(({ left }) => left),
    ...(name === 'all duplicates' ? reports : []),
    ...(name === 'held pile' ? chain.pile() : []),
  ]
  return {
    name,
    stock,
    before,
    messages: timed.map((report) => addressed(report, { name, random, topicPartitions })),
  }
}

function cameOf(move: Move | undefined): MovementEvent[] {
  return move === undefined ? [] : [move.came]
}

function addressed(
  report: StreamMessage['report'],
  { name, random, topicPartitions }: { name: StreamName; random: Random; topicPartitions: number },
): StreamMessage {
  if (name === 'unkeyed' || report === 'unreadable')
    return { report, key: null, partition: below(random, topicPartitions) }
  const key = name === 'one partition' ? report.movementId : report.warehouseId
  return { report, key, partition: partitionOfKey(key, topicPartitions) }
}

/** As Kafka's own clients choose it for a key. */
export function partitionOfKey(key: string, topicPartitions = partitions): number {
  return (murmur2(Buffer.from(key)) & 0x7fffffff) % topicPartitions
}

interface Move {
  readonly left: MovementEvent
  readonly came: MovementEvent
}

function movesOf(name: StreamName, chain: Chain, count: number): Move[] {
  return Array.from({ length: count }, (_, n) => {
    if (name === 'one warehouse') return chain.move(n, { from: 0, to: 0 })
    if (name === 'hot card')
      return chain.move(n, n % 2 === 0 ? { from: 0, product: 0 } : { to: 0, product: 0 })
    if (name === 'held pile' && n % 10 === 0) return chain.move(n, { to: warehouses, product: 0 })
    return chain.move(n, {})
  })
}

function nuisances(
  name: StreamName,
  reports: readonly MovementEvent[],
  random: Random,
): readonly StreamMessage['report'][] {
  if (name === 'poison') return reports.map((report) => (random() < 0.01 ? 'unreadable' : report))
  if (name !== 'duplicates') return reports
  return reports.flatMap((report, n) => {
    const earlier = reports[n - below(random, Math.min(n + 1, 1000))]
    return random() < 0.05 && earlier !== undefined ? [report, earlier] : [report]
  })
}

/** The warehouses and products of one stream. */
class Chain {
  readonly #random: Random
  readonly #warehouses: readonly string[]
  readonly #products: readonly string[]

  constructor(random: Random, products: number) {
    this.#random = random
    // The last one is for the pile: nothing else is known of it.
    this.#warehouses = Array.from({ length: warehouses + 1 }, () => uuid(random))
    this.#products = Array.from({ length: products }, () => uuid(random))
  }

  move(n: number, given: { readonly from?: number; readonly to?: number; readonly product?: number }): Move {
    const random = this.#random
    const to = given.to ?? below(random, warehouses)
    const product = given.product ?? below(random, this.#products.length)
    const movement = { movementId: uuid(random), product, quantity: 1 + below(random, 9) }
    return {
      left: this.#report('departure', movement, { at: given.from ?? below(random, warehouses), seconds: n }),
      came: this.#report('arrival', movement, { at: to, seconds: n + 7200 }),
    }
  }

  openingStock(): MovementEvent[] {
    return Array.from({ length: warehouses * this.#products.length }, (_, card) => {
      const product = card % this.#products.length
      const movement = { movementId: uuid(this.#random), product, quantity: openingQuantity }
      return this.#report('arrival', movement, {
        at: Math.floor(card / this.#products.length),
        seconds: -86_400,
      })
    })
  }

  /** Each larger than all that will ever come. */
  pile(): MovementEvent[] {
    return Array.from({ length: pileSize }, (_, n) => {
      const movement = {
        movementId: uuid(this.#random),
        product: 0,
        quantity: openingQuantity + below(this.#random, 1000),
      }
      return this.#report('departure', movement, { at: warehouses, seconds: n })
    })
  }

  #report(
    kind: EventKind,
    { movementId, product, quantity }: { movementId: string; product: number; quantity: number },
    { at, seconds }: { at: number; seconds: number },
  ): MovementEvent {
    return {
      kind,
      movementId: movementId as MovementId,
      productId: this.#products[product] as ProductId,
      warehouseId: this.#warehouses[at] as WarehouseId,
      occurredAt: (beginning + seconds * 1_000_000) as Micros,
      quantity,
      source: `WH-${String(at).padStart(4, '0')}`,
      messageId: uuid(this.#random),
    }
  }
}
