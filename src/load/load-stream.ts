/** Movements for a trial: cards that are opened with plenty, and goods that go to and fro between them. Pure. */
import {
  eventType,
  type CardKey,
  type Micros,
  type MovementId,
  type ProductId,
  type WarehouseId,
} from '../message/event.ts'
import { openingData, openingMessage, openingMovement, openingSource } from '../message/opening-stock.ts'
import { formatTimestamp } from '../message/timestamp.ts'
import type { NewMessage } from '../kafka/producer.ts'

export interface LoadPlan {
  readonly warehouses: number
  readonly products: number
  /** Departures and arrivals together, without the openings. */
  readonly events: number
  /** A fresh random UUID for each call. */
  readonly newId: () => string
  /** From 0 up to 1. */
  readonly random: () => number
  /** When the first goods move. */
  readonly startedAt: Micros
}

/** So much that no departure is ever held. */
const opened = 1_000_000_000
const mostMoved = 20
const microsPerSecond = 1_000_000

/** The messages of a trial one by one, and what the cards come to. */
export class LoadStream {
  readonly #plan: LoadPlan
  readonly #warehouses: readonly WarehouseId[]
  readonly #products: readonly ProductId[]
  readonly #balances = new Map<string, CardKey & { quantity: number }>()

  constructor(plan: LoadPlan) {
    this.#plan = plan
    this.#warehouses = Array.from({ length: plan.warehouses }, () => plan.newId() as WarehouseId)
    this.#products = Array.from({ length: plan.products }, () => plan.newId() as ProductId)
  }

  /** What each card must have once all messages that were taken are booked. */
  expected(): readonly (CardKey & { readonly quantity: number })[] {
    return [...this.#balances.values()]
  }

  /** First of all: one for each card. */
  *openings(): Generator<NewMessage> {
    for (const warehouseId of this.#warehouses) {
      for (const productId of this.#products) {
        const movementId = openingMovement({ warehouseId, productId })
        const data = openingData({
          kind: 'arrival',
          movementId,
          warehouseId,
          productId,
          quantity: opened,
          occurredAt: this.#plan.startedAt,
          source: openingSource,
          messageId: movementId,
        })
        this.#add({ warehouseId, productId }, opened)
        yield { key: Buffer.from(warehouseId), value: openingMessage(movementId, data), headers: structured }
      }
    }
  }

  /** A departure and its arrival by turns. */
  *movements(): Generator<NewMessage> {
    const { events, newId, random } = this.#plan
    const pick = <Item>(items: readonly Item[]): Item => {
      const item = items[Math.floor(random() * items.length)]
      if (item === undefined) throw new RangeError('nothing to pick from')
      return item
    }
    for (let sent = 0; sent + 1 < events; sent += 2) {
      const movementId = newId() as MovementId
      const productId = pick(this.#products)
      const quantity = 1 + Math.floor(random() * mostMoved)
      for (const kind of ['departure', 'arrival'] as const) {
        const warehouseId = pick(this.#warehouses)
        this.#add({ warehouseId, productId }, kind === 'departure' ? -quantity : quantity)
        const timestamp = formatTimestamp((this.#plan.startedAt + sent * microsPerSecond) as Micros)
        yield messageOf({ movementId, productId, warehouseId, kind, quantity, timestamp, id: newId() })
      }
    }
  }

  #add(card: CardKey, quantity: number): void {
    const id = `${card.warehouseId}${card.productId}`
    const before = this.#balances.get(id)
    if (before === undefined) this.#balances.set(id, { ...card, quantity })
    else before.quantity += quantity
  }
}

const structured = [{ name: Buffer.from('content-type'), value: Buffer.from('application/cloudevents+json') }]

function messageOf(report: {
  readonly movementId: MovementId
  readonly productId: ProductId
  readonly warehouseId: WarehouseId
  readonly kind: 'departure' | 'arrival'
  readonly quantity: number
  readonly timestamp: string
  readonly id: string
}): NewMessage {
  const { movementId, productId, warehouseId, kind, quantity, timestamp, id } = report
  const source = 'bincard-load'
  const data = {
    movement_id: movementId,
    warehouse_id: warehouseId,
    product_id: productId,
    event: kind,
    timestamp,
    quantity,
  }
  const value = JSON.stringify({ specversion: '1.0', type: eventType, source, id, data })
  return { key: Buffer.from(warehouseId), value: Buffer.from(value), headers: structured }
}
