import { createHash } from 'node:crypto'

/** A report of a warehouse, before it has a message around it. */
export interface DemoEvent {
  readonly kind: 'departure' | 'arrival'
  readonly movementId: string
  readonly warehouse: Warehouse
  readonly productId: string
  readonly quantity: number
  /** How long before its report it happened: goods are on the road for hours, a demo is not. */
  readonly agoMs: number
}

export interface Warehouse {
  readonly id: string
  /** As the samples write it: `WH-3423`. */
  readonly code: string
}

const warehouseCount = 5
const productCount = 20
const openingQuantity = 500
/** A card below this gets a delivery from outside. */
const lowQuantity = 60
/** Reports between a departure and its arrival: some seconds at five a second. */
const roadReports = { least: 10, most: 60 }
const roadMs = { least: 30 * 60_000, most: 6 * 3_600_000 }

/** The same five warehouses in every story. */
export const demoWarehouses: readonly Warehouse[] = Array.from({ length: warehouseCount }, (_, index) => ({
  id: uuidOf(`warehouse ${index}`),
  code: `WH-${1001 + index}`,
}))

/** The same twenty products in every story. */
export const demoProducts: readonly string[] = Array.from({ length: productCount }, (_, index) =>
  uuidOf(`product ${index}`),
)

interface Card {
  readonly warehouse: Warehouse
  readonly productId: string
  /** What this story has brought and not taken; below zero while a departure waits for its delivery. */
  quantity: number
}

/** An arrival on the road, and the number of the report that will be it. */
interface OnTheRoad {
  readonly dueAt: number
  readonly card: Card
  readonly event: DemoEvent
}

/**
 * An endless story, the same for the same seed: first every card is filled, then goods go from card to card. Most
 * departures are covered and arrive whole; one in 12 arrives in two parts, one in 20 arrives short, and one in 40
 * is reported before the delivery that covers it, so that the service has to hold it for a while.
 */
export function* demoStory(seed: string): Generator<DemoEvent, never> {
  const chance = chancesOf(seed)
  const cards = demoWarehouses.flatMap((warehouse) =>
    demoProducts.map((productId): Card => ({ warehouse, productId, quantity: 0 })),
  )
  const movementIds = idsOf(`${seed} movement`)
  const deliver = (card: Card): DemoEvent => {
    card.quantity += openingQuantity
    const { warehouse, productId } = card
    const delivery = { warehouse, productId, quantity: openingQuantity, agoMs: 0 }
    return { ...delivery, kind: 'arrival', movementId: movementIds.next().value }
  }
  for (const card of cards) yield deliver(card)

  let road: OnTheRoad[] = []
  for (let report = 0; ; report += 1) {
    const due = road.find(({ dueAt }) => dueAt <= report)
    if (due !== undefined) {
      road = road.filter((one) => one !== due)
      due.card.quantity += due.event.quantity
      yield due.event
      continue
    }
    const from = chance.oneOf(cards)
    if (from.quantity < lowQuantity) {
      yield deliver(from)
      continue
    }
    const to = chance.oneOf(cards.filter((card) => isElsewhere(card, from)))
    const quantity = chance.oneIn(40) ? from.quantity + chance.between(1, 50) : chance.between(2, 30)
    from.quantity -= quantity
    const leg = { movementId: movementIds.next().value, productId: from.productId }
    const agoMs = chance.between(roadMs.least, roadMs.most)
    yield { ...leg, kind: 'departure', warehouse: from.warehouse, quantity, agoMs }

    const arrived = chance.oneIn(20) ? quantity - chance.between(1, 2) : quantity
    const first = chance.oneIn(12) ? Math.floor(arrived / 2) : arrived
    let dueAt = report
    for (const part of first === arrived ? [arrived] : [first, arrived - first]) {
      dueAt += chance.between(roadReports.least, roadReports.most)
      const arrival = { ...leg, kind: 'arrival' as const, warehouse: to.warehouse, quantity: part, agoMs: 0 }
      road.push({ dueAt, card: to, event: arrival })
    }
  }
}

function isElsewhere(card: Card, from: Card): boolean {
  return card.productId === from.productId && card.warehouse !== from.warehouse
}

/** A UUID of version 8, the same for the same text. */
export function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

/** UUIDs without end, none twice. */
function* idsOf(name: string): Generator<string, never> {
  for (let number = 1; ; number += 1) yield uuidOf(`${name} ${number}`)
}

interface Chances {
  /** A whole number, both ends included. */
  between(least: number, most: number): number
  oneIn(many: number): boolean
  oneOf<T>(things: readonly T[]): T
}

/** Chances that fall the same way for the same seed; a hash each, which five reports a second can afford. */
function chancesOf(seed: string): Chances {
  let drawn = 0
  const between = (least: number, most: number): number => {
    drawn += 1
    const number = createHash('sha256').update(`${seed} chance ${drawn}`).digest().readUInt32BE()
    return least + Math.floor((number / 2 ** 32) * (most - least + 1))
  }
  const oneOf = <T>(things: readonly T[]): T => {
    const thing = things[between(0, things.length - 1)]
    if (thing === undefined) throw new Error('one of nothing')
    return thing
  }
  return { between, oneIn: (many) => between(1, many) === 1, oneOf }
}
