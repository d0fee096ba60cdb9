/**
 * A chain that trades for as long as it is asked to: departures, and some thousands of movements later their arrivals.
 * Nothing of it is kept but what is under way, and all of it follows from the seed.
 */
import type {
  CardKey,
  EventKind,
  Micros,
  MovementEvent,
  MovementId,
  ProductId,
  WarehouseId,
} from '../../src/message/event.ts'
import { openingMovement, openingSource } from '../../src/message/opening-stock.ts'
import { below, uuid, type Random } from '../random.ts'

export interface TradeShape {
  readonly random: Random
  readonly warehouses: number
  /** Each warehouse has a card of each. */
  readonly products: number
}

/** So many movements are under way at any time: both sides of one are never in the same batch. */
export const underWay = 10_000
/** One in so many never arrives, and stays open. */
const lostOneIn = 50
const shortOneIn = 100
const overOneIn = 200
/** More than ever leaves a card: nothing is held. */
const openingQuantity = 1_000_000_000
/** 2025-01-01T00:00:00Z. */
const beginning = 1_735_689_600_000_000
const arrivalSeconds = 7200

interface Goods {
  readonly movementId: MovementId
  readonly product: number
  readonly quantity: number
}

export class Trade {
  readonly #random: Random
  readonly #warehouses: readonly WarehouseId[]
  readonly #products: readonly ProductId[]
  readonly #underWay: (MovementEvent | null)[] = []
  #due: MovementEvent | null = null
  #departed = 0

  constructor({ random, warehouses, products }: TradeShape) {
    this.#random = random
    this.#warehouses = Array.from({ length: warehouses }, () => uuid(random) as WarehouseId)
    this.#products = Array.from({ length: products }, () => uuid(random) as ProductId)
  }

  /** Movements that have begun. */
  get departed(): number {
    return this.#departed
  }

  /** Each card is opened. */
  *openingStock(): Generator<MovementEvent> {
    for (const warehouse of this.#warehouses.keys()) {
      for (const product of this.#products.keys()) {
        const goods = { movementId: this.#newMovement(), product, quantity: openingQuantity }
        const stock = this.#report('arrival', goods, { warehouse, seconds: -86_400 })
        const movementId = openingMovement(stock)
        yield { ...stock, movementId, messageId: movementId, source: openingSource }
      }
    }
  }

  /** The next message. */
  next(): MovementEvent {
    if (this.#due !== null) {
      const due = this.#due
      this.#due = null
      return due
    }
    const { left, came } = this.#move(this.#departed)
    const place = this.#departed % underWay
    this.#due = this.#underWay[place] ?? null
    this.#underWay[place] = came
    this.#departed += 1
    return left
  }

  /** Any card. */
  anyCard(random: Random): CardKey {
    return {
      warehouseId: chosen(this.#warehouses, below(random, this.#warehouses.length)),
      productId: chosen(this.#products, below(random, this.#products.length)),
    }
  }

  #move(seconds: number): { left: MovementEvent; came: MovementEvent | null } {
    const random = this.#random
    // Some goods are more in demand than others: a quarter of the products is in half of the movements.
    const product = Math.floor(random() ** 2 * this.#products.length)
    const goods = { movementId: this.#newMovement(), product, quantity: 2 + below(random, 9) }
    const [from, to] = [below(random, this.#warehouses.length), below(random, this.#warehouses.length)]
    const left = this.#report('departure', goods, { warehouse: from, seconds })
    if (below(random, lostOneIn) === 0) return { left, came: null }
    const quantity = goods.quantity + this.#difference()
    const arrival = { warehouse: to, seconds: seconds + arrivalSeconds }
    return { left, came: this.#report('arrival', { ...goods, quantity }, arrival) }
  }

  #difference(): number {
    if (below(this.#random, shortOneIn) === 0) return -1
    return below(this.#random, overOneIn) === 0 ? 1 : 0
  }

  #newMovement(): MovementId {
    return uuid(this.#random) as MovementId
  }

  #report(
    kind: EventKind,
    { movementId, product, quantity }: Goods,
    { warehouse, seconds }: { readonly warehouse: number; readonly seconds: number },
  ): MovementEvent {
    return {
      kind,
      movementId,
      productId: chosen(this.#products, product),
      warehouseId: chosen(this.#warehouses, warehouse),
      occurredAt: (beginning + seconds * 1_000_000) as Micros,
      quantity,
      source: `WH-${String(warehouse).padStart(4, '0')}`,
      messageId: uuid(this.#random),
    }
  }
}

function chosen<Id extends string>(ids: readonly Id[], at: number): Id {
  const id = ids[at]
  if (id === undefined) throw new RangeError(`there are ${ids.length} ids, and none at ${at}`)
  return id
}
