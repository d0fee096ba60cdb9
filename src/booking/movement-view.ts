/**
 * What can be said of a movement, computed from its legs at every reading and stored nowhere.
 *
 * The order is that of the warehouses' clocks, never the order in which the reports came here: so every delivery
 * order of the same reports gives the same view, but for which departures are held.
 */
import type { EventKind, Micros, ProductId, WarehouseId } from '../message/event.ts'
import { isOpening } from '../message/opening-stock.ts'
import type { Leg } from './ledger.ts'

/** The first that fits, in this order. */
export const movementStatuses = [
  'opening_stock',
  'mismatched',
  'departure_held',
  'awaiting_departure',
  'in_transit',
  'completed',
  'short',
  'over',
] as const
export type MovementStatus = (typeof movementStatuses)[number]

export const movementFlags = [
  'product_mismatch',
  'clock_skew',
  'same_warehouse',
  'partial_deliveries',
  'future_timestamp',
] as const
export type MovementFlag = (typeof movementFlags)[number]

/** A leg with all that is stored of it. */
export interface RecordedLeg extends Leg {
  readonly productId: ProductId
  /** Its line on the card; null while it is held. */
  readonly line: number | null
  readonly partition: number
  readonly offset: number
  readonly recordedAt: Micros
}

export interface Sender {
  readonly warehouseId: WarehouseId
  readonly source: string
  readonly occurredAt: Micros
  readonly quantity: number
}

/** All deliveries as one: the first one's place, the last one's time, the sum. */
export interface Receiver extends Sender {
  readonly deliveries: number
}

/** One product of a movement. */
export interface MovementEntry {
  readonly status: MovementStatus
  readonly productId: ProductId
  readonly sender: Sender | null
  readonly receiver: Receiver | null
  /** From the departure to the last arrival, to the microsecond; negative where the clocks disagree. */
  readonly elapsedSeconds: number | null
  /** Arrived minus departed; null until both are known. */
  readonly quantityDifference: number | null
  readonly flags: readonly MovementFlag[]
}

export interface MovementView extends MovementEntry {
  readonly events: readonly RecordedLeg[]
  /** One entry for each product, the first to depart first; null for a movement of one product. */
  readonly products: readonly MovementEntry[] | null
}

/**
 * What a status depends on. `opened`: it is what a card began with, and has no other side. `mismatched`: it has one
 * side only, and another product of the movement only the other side.
 */
export interface MovementSides {
  readonly opened: boolean
  readonly departed: number | null
  readonly departureHeld: boolean
  readonly arrived: number | null
  readonly mismatched: boolean
}

/** The status of one product of a movement. */
export function statusOf(sides: MovementSides): MovementStatus {
  const { opened, departed, departureHeld, arrived, mismatched } = sides
  if (opened) return 'opening_stock'
  if (mismatched) return 'mismatched'
  if (departureHeld) return 'departure_held'
  if (departed === null) return 'awaiting_departure'
  if (arrived === null) return 'in_transit'
  if (arrived === departed) return 'completed'
  return arrived < departed ? 'short' : 'over'
}

/** Whether a leg is the departure or an arrival. */
export function kindOf({ leg }: { readonly leg: number }): EventKind {
  return leg === 0 ? 'departure' : 'arrival'
}

/** The view of all the legs of one movement, given in any order; null if there are none. */
export function viewMovement(legs: readonly RecordedLeg[]): MovementView | null {
  const events = [...legs].sort(byTime)
  const departures = events.filter((leg) => kindOf(leg) === 'departure')
  const arrivals = events.filter((leg) => kindOf(leg) === 'arrival')
  const parts = gatherParts([...departures, ...arrivals])
  const [first, second] = parts
  if (first === undefined) return null
  if (second === undefined) return { ...entryOf(first, false), events, products: null }

  // One product only departed and another only arrived: most likely the same goods under two names. Where there
  // are several of a kind nobody can tell which belong together, so each of them says so.
  const sent = parts.find((part) => part.arrivals.length === 0)
  const received = parts.find((part) => part.departure === null && !isOpened(part))
  const mixed = sent !== undefined && received !== undefined
  const top = mixed ? entryOf({ ...sent, arrivals: received.arrivals }, true) : entryOf(first, false)
  return { ...top, events, products: parts.map((part) => entryOf(part, mixed && isOneSided(part))) }
}

/** The legs of one product, arrivals in the order of time. */
interface Part {
  readonly productId: ProductId
  readonly departure: RecordedLeg | null
  readonly arrivals: readonly RecordedLeg[]
}

function gatherParts(legs: readonly RecordedLeg[]): Part[] {
  const byProduct = Map.groupBy(legs, (leg) => leg.productId)
  return [...byProduct].map(([productId, own]) => ({
    productId,
    departure: own.find((leg) => kindOf(leg) === 'departure') ?? null,
    arrivals: own.filter((leg) => kindOf(leg) === 'arrival'),
  }))
}

function isOneSided(part: Part): boolean {
  return (part.departure === null || part.arrivals.length === 0) && !isOpened(part)
}

function isOpened({ arrivals }: Pick<Part, 'arrivals'>): boolean {
  return arrivals.some(isOpening)
}

function entryOf({ productId, departure, arrivals }: Part, mismatched: boolean): MovementEntry {
  const receiver = receiverOf(arrivals)
  const elapsedSeconds =
    departure === null || receiver === null ? null : (receiver.occurredAt - departure.occurredAt) / 1e6
  const departed = departure?.quantity ?? null
  const arrived = receiver?.quantity ?? null
  const opened = isOpened({ arrivals })
  return {
    status: statusOf({ opened, departed, departureHeld: departure?.line === null, arrived, mismatched }),
    productId,
    sender: departure === null ? null : senderOf(departure),
    receiver,
    elapsedSeconds,
    quantityDifference: departed === null || arrived === null || mismatched ? null : arrived - departed,
    flags: movementFlags.filter((flag) => raises[flag]({ departure, arrivals, elapsedSeconds, mismatched })),
  }
}

interface Signs {
  readonly departure: RecordedLeg | null
  readonly arrivals: readonly RecordedLeg[]
  readonly elapsedSeconds: number | null
  readonly mismatched: boolean
}

const raises: Readonly<Record<MovementFlag, (signs: Signs) => boolean>> = {
  product_mismatch: ({ mismatched }) => mismatched,
  clock_skew: ({ elapsedSeconds }) => elapsedSeconds !== null && elapsedSeconds < 0,
  same_warehouse: ({ departure, arrivals }) =>
    arrivals.some((leg) => leg.warehouseId === departure?.warehouseId),
  partial_deliveries: ({ arrivals }) => arrivals.length > 1,
  future_timestamp: ({ departure, arrivals }) =>
    (departure !== null && isFromTheFuture(departure)) || arrivals.some(isFromTheFuture),
}

function isFromTheFuture({ occurredAt, recordedAt }: RecordedLeg): boolean {
  return occurredAt > recordedAt
}

function senderOf({ warehouseId, source, occurredAt, quantity }: RecordedLeg): Sender {
  return { warehouseId, source, occurredAt, quantity }
}

function receiverOf(arrivals: readonly RecordedLeg[]): Receiver | null {
  const first = arrivals.at(0)
  const last = arrivals.at(-1)
  if (first === undefined || last === undefined) return null
  const { warehouseId, source } = first
  const quantity = arrivals.reduce((sum, leg) => sum + leg.quantity, 0)
  return { warehouseId, source, occurredAt: last.occurredAt, quantity, deliveries: arrivals.length }
}

/** By (timestamp, warehouse); the leg and the product only make the order total. */
function byTime(a: RecordedLeg, b: RecordedLeg): number {
  return (
    a.occurredAt - b.occurredAt ||
    compareText(a.warehouseId, b.warehouseId) ||
    a.leg - b.leg ||
    compareText(a.productId, b.productId)
  )
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
