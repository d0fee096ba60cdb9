/**
 * The reports that the books of a bench are made of: some weeks of a chain that supplies its shops from depots, with what
 * goes wrong in real life, and with the worst that each question can meet. Everything follows from a number, so that
 * whoever asks can name what was booked without having kept it.
 */
import { hash } from 'node:crypto'
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

/** How large the books are. */
export interface Shape {
  /** Each is one product on its way; those of a truck share the id of their movement. */
  readonly movements: number
  readonly depots: number
  readonly shops: number
  readonly products: number
}

/** More warehouses than one page looks at; 330,000 cards. */
export const fullShape: Shape = { movements: 1_000_000, depots: 50, shops: 1150, products: 2000 }

/** Products that a shop has. */
const assortment = 200
/** The most that a movement may have. */
const mostProducts = 1000
/** Arrivals come after so many further departures: the two sides are booked in different batches. */
export const underWay = 20_000
const tripSeconds = 2
const arrivalSeconds = 10_800
const openingQuantity = 1_000_000

/** 2025-01-01T00:00:00Z, when the first one leaves. */
const beginning = 1_735_689_600_000_000
const second = 1_000_000

export const warehouseId = (n: number): WarehouseId => idOf('warehouse', n) as WarehouseId
export const productId = (n: number): ProductId => idOf('product', n) as ProductId

/** Each twentieth trip leaves this card: it has the most lines. */
export const busiestCard: CardKey = { warehouseId: warehouseId(0), productId: productId(0) }
/** Only trucks leave this depot. */
export const truckDepot = 1
/** Each has so many products: the first ones. */
export const truckLoad = ({ products }: Shape): number => Math.min(mostProducts, products)
/** Each tenth trip leaves this card, on which nothing ever arrives: all of them are held. */
export const pileCard = ({ depots, shops }: Shape): CardKey => ({
  warehouseId: warehouseId(depots + shops),
  productId: productId(0),
})
/** Where further departures are held, a few on the card of each product. */
export const emptyWarehouse = ({ depots, shops }: Shape): WarehouseId => warehouseId(depots + shops + 1)

export interface Trip extends Sides {
  readonly movementId: MovementId
  readonly productId: ProductId
  readonly quantity: number
  readonly ending: Ending
}

interface Sides {
  /** Numbers of warehouses. */
  readonly from: number
  readonly to: number
}

/** What became of a trip. `mistaken`: another product was reported at the arrival; `unannounced`: no departure. */
type Ending = 'complete' | 'lost' | 'short' | 'over' | 'in two parts' | 'mistaken' | 'unannounced'

/** The n-th trip. */
export function tripOf(n: number, shape: Shape): Trip {
  const { depots, shops, products } = shape
  const to = depots + spread(n, 1, shops)
  const usual = { movementId: idOf('movement', n) as MovementId, quantity: 1 + spread(n, 2, 10), to }
  if (n % 20 === 7) return truckTrip(Math.floor(n / 20), shape)
  if (n % 20 === 3) return { ...usual, ...busiestCard, from: 0, ending: 'complete' }
  if (n % 10 === 9) return { ...usual, ...pileCard(shape), from: depots + shops, ending: 'complete' }
  const product = productId((to * 37 + spread(n, 3, assortment)) % products)
  const from = n % 100 === 12 ? depots + shops + 1 : 2 + spread(n, 4, depots - 2)
  return { ...usual, productId: product, from, ending: endingOf(n) }
}

/** One in fifty never arrives; about as many differ in one way or another. */
function endingOf(n: number): Ending {
  if (n % 50 === 1) return 'lost'
  if (n % 100 === 2) return 'short'
  if (n % 100 === 4) return 'in two parts'
  if (n % 200 === 6) return 'over'
  if (n % 500 === 8) return 'mistaken'
  return n % 500 === 14 ? 'unannounced' : 'complete'
}

function truckTrip(item: number, shape: Shape): Trip {
  const { depots, shops } = shape
  const load = truckLoad(shape)
  const truck = Math.floor(item / load)
  return {
    movementId: idOf('truck', truck) as MovementId,
    productId: productId(item % load),
    quantity: 5,
    from: truckDepot,
    to: depots + spread(truck, 5, shops),
    ending: 'complete',
  }
}

/** A message: what it says, or that it says nothing that can be read. */
export type Report = MovementEvent | 'unreadable'

/** All messages in the order in which they come: the stock of the depots, all at one time and few of it as opening stock, then the trips. */
export function* reportsOf(shape: Shape): Generator<Report> {
  const { movements, depots, products } = shape
  for (let card = 0; card < depots * products; card += 1) {
    const movementId = idOf('opening', card) as MovementId
    const product = productId(card % products)
    const trip = { movementId, productId: product, quantity: openingQuantity }
    const stock = report('arrival', trip, { at: Math.floor(card / products), seconds: -86_400 })
    yield card % 100 === 0 ? asOpening(stock) : stock
  }
  for (let n = 0; n < movements + underWay; n += 1) {
    if (n < movements) yield* reportsAtDeparture(n, shape)
    if (n >= underWay) yield* reportsAtArrival(n - underWay, shape)
    if (n % 50 === 0) yield 'unreadable'
  }
}

function asOpening(stock: MovementEvent): MovementEvent {
  const movementId = openingMovement(stock)
  return { ...stock, movementId, messageId: movementId, source: openingSource }
}

function* reportsAtDeparture(n: number, shape: Shape): Generator<Report> {
  const trip = tripOf(n, shape)
  if (trip.ending === 'unannounced') return
  const departure = report('departure', trip, { at: trip.from, seconds: n * tripSeconds })
  yield departure
  // Another departure of the same: it waits in quarantine.
  if (n % 5000 === 0)
    yield { ...departure, quantity: trip.quantity + 1, messageId: `${departure.messageId}-again` }
}

function* reportsAtArrival(n: number, shape: Shape): Generator<Report> {
  const trip = tripOf(n, shape)
  const arrival = (quantity: number, product = trip.productId, later = 0): MovementEvent =>
    report(
      'arrival',
      { ...trip, productId: product, quantity },
      { at: trip.to, seconds: n * tripSeconds + arrivalSeconds + later },
    )
  const { quantity, ending } = trip
  if (ending === 'short') yield arrival(quantity - 1)
  else if (ending === 'over') yield arrival(quantity + 1)
  else if (ending === 'mistaken') yield arrival(quantity, productId(shape.products))
  else if (ending === 'in two parts') {
    yield arrival(1)
    yield arrival(quantity - 1, trip.productId, 3600)
  } else if (ending !== 'lost') yield arrival(quantity)
}

function report(
  kind: EventKind,
  { movementId, productId: product, quantity }: Pick<Trip, 'movementId' | 'productId' | 'quantity'>,
  { at, seconds }: { readonly at: number; readonly seconds: number },
): MovementEvent {
  return {
    kind,
    movementId,
    productId: product,
    warehouseId: warehouseId(at),
    occurredAt: (beginning + seconds * second) as Micros,
    quantity,
    source: `WH-${String(at).padStart(4, '0')}`,
    messageId: `${movementId.slice(0, 8)}-${kind}-${seconds}`,
  }
}

/** A number below a limit that looks like chance, and is the same each time. */
function spread(n: number, salt: number, below: number): number {
  let mixed = Math.imul(n + 1, 0x9e3779b1) ^ Math.imul(salt, 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x45d9f3b)
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x45d9f3b)
  return ((mixed ^ (mixed >>> 16)) >>> 0) % below
}

/** As random as those of real life: neighbours in time are nowhere near each other in an index. */
function idOf(kind: string, n: number): string {
  const digits = hash('md5', `${kind} ${n}`)
  const part = (from: number, to: number): string => digits.slice(from, to)
  return `${part(0, 8)}-${part(8, 12)}-4${part(13, 16)}-8${part(17, 20)}-${part(20, 32)}`
}
