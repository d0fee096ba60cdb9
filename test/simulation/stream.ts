/** What the warehouses of a simulated world report, with the nuisances of real life. */
import type {
  CardKey,
  EventKind,
  Micros,
  MovementEvent,
  MovementId,
  ProductId,
  WarehouseId,
} from '../../src/message/event.ts'
import type { MessageHeader } from '../../src/message/message.ts'
import { openingMovement, openingSource } from '../../src/message/opening-stock.ts'
import type { RejectionCode } from '../../src/message/rejection.ts'
import { formatTimestamp } from '../../src/message/timestamp.ts'
import type { Draw } from './draw.ts'

/** A message, and what its author meant: the oracle goes by that and decodes nothing. */
export interface Sent {
  readonly partition: number
  readonly value: Buffer | null
  readonly headers: readonly MessageHeader[]
  /** An event, or the reason for which these bytes are none. */
  readonly says: MovementEvent | RejectionCode
  /** The database refuses it on its own, as a value that it cannot take. */
  readonly isHopeless: boolean
  /** Its outcome is a booking, or a duplicate of one, in any order of delivery. */
  readonly isPlain: boolean
}

export const partitions = 3
const stockedWarehouses = 3
/** Gets no stock: what leaves it is held for ever. */
const emptyWarehouse = 4
const products = 2
const movements = 26
/** The simulated database takes no arrival of so many. */
export const hopelessQuantity = 13

const idOf = (kind: string, n: number): string =>
  `${kind.repeat(8)}-0000-4000-8000-${n.toString(16).padStart(12, '0')}`
const table = <Id>(kind: string): readonly Id[] => Array.from({ length: 512 }, (_, n) => idOf(kind, n) as Id)
const movementIds = table<MovementId>('a')
const warehouseIds = table<WarehouseId>('b')
const productIds = table<ProductId>('c')
const startMicros = 1_735_689_600_000_000
const times = Array.from({ length: 2000 }, (_, n) => (startMicros + n * 1_000_000) as Micros)
const timeTexts = times.map(formatTimestamp)
/** Ids come from the tables above. */
const at = <Item>(items: readonly Item[], index: number): Item => items[index] as Item
export const receivedAt = at(times, 1999)

const acceptedMark: MessageHeader = { name: Buffer.from('bincard-accepted'), value: Buffer.from('true') }
const noHeaders: readonly MessageHeader[] = []

const poison: readonly (readonly [RejectionCode, Buffer | null])[] = [
  ['message_empty', null],
  ['not_json', Buffer.from('{')],
  ['not_utf8', Buffer.from([0xff, 0xfe])],
  ['not_an_object', Buffer.from('[1]')],
  ['field_missing', Buffer.from('{"__proto__":{"id":"1"}}')],
  ['message_too_large', Buffer.alloc(65 * 1024, ' ')],
]

export interface Sketch {
  readonly kind: EventKind
  readonly movement: number
  readonly warehouse: number
  readonly product: number
  readonly quantity: number
  readonly at: number
  readonly id?: string
  readonly source?: string
}

export function eventOf({
  kind,
  movement,
  warehouse,
  product,
  quantity,
  at: time,
  id,
  source,
}: Sketch): MovementEvent {
  return {
    kind,
    movementId: at(movementIds, movement),
    productId: at(productIds, product),
    warehouseId: at(warehouseIds, warehouse),
    occurredAt: at(times, time),
    quantity,
    source: source ?? `WH-000${warehouse}`,
    messageId: id ?? `message-${movement}`,
  }
}

const openings = new Map<string, MovementId>()

function openingOf(sketch: Omit<Sketch, 'kind' | 'movement'>): MovementEvent {
  const event = eventOf({ ...sketch, kind: 'arrival', movement: 0 })
  const card: CardKey = { warehouseId: event.warehouseId, productId: event.productId }
  const key = `${sketch.warehouse}/${sketch.product}`
  const movementId = openings.get(key) ?? openingMovement(card)
  openings.set(key, movementId)
  return { ...event, movementId, messageId: movementId, source: openingSource }
}

export function bytesOf(event: MovementEvent): Buffer {
  const time = timeTexts[(event.occurredAt - startMicros) / 1_000_000]
  return Buffer.from(
    `{"id":"${event.messageId}","source":"${event.source}","specversion":"1.0","type":"ru.retail.warehouses.movement",` +
      `"data":{"movement_id":"${event.movementId}","warehouse_id":"${event.warehouseId}","timestamp":"${time}",` +
      `"event":"${event.kind}","product_id":"${event.productId}","quantity":${event.quantity}}}`,
  )
}

export function sentEvent(partition: number, event: MovementEvent, isPlain = true): Sent {
  const headers = event.accepted === true ? [acceptedMark] : noHeaders
  return { partition, value: bytesOf(event), headers, says: event, isHopeless: false, isPlain }
}

export function hopeless(partition: number, movement: number, warehouse = 1): Sent {
  const sketch = { movement, warehouse, product: 1, quantity: hopelessQuantity, at: 7 }
  return { ...sentEvent(partition, eventOf({ ...sketch, kind: 'arrival' }), false), isHopeless: true }
}

/**
 * Movements between few cards, so that they meet; any order, any partition. Departures of the stocked warehouses add up
 * to what comes there. What contradicts itself stays in one partition, so that its log says which report is the first.
 */
export class Stream {
  sent: Sent[] = []
  readonly #draw: Draw
  readonly #needed = new Map<string, { warehouse: number; product: number; quantity: number }>()

  constructor(draw: Draw) {
    this.#draw = draw
    for (let movement = 1; movement <= movements; movement += 1) this.#addMovement(movement)
    this.#addStock()
    for (let n = 0; n < 3; n += 1) this.#addPoison()
    draw.shuffle(this.sent)
    this.#addHopeless()
    this.sent = withoutThreeInARow(this.sent)
  }

  #addMovement(movement: number): void {
    const draw = this.#draw
    const from = draw.chance(0.05) ? emptyWarehouse : 1 + draw.below(stockedWarehouses)
    const product = 1 + draw.below(products)
    const quantity = 1 + draw.below(9)
    const left = {
      kind: 'departure',
      movement,
      warehouse: from,
      product,
      quantity,
      at: draw.below(60),
    } as const
    const warehouse = 1 + draw.below(stockedWarehouses)
    const came = { ...left, kind: 'arrival', warehouse, at: left.at + 5 + draw.below(40) } as const
    this.#need(left)
    const story = draw.next()
    if (story < 0.5) this.#send([left, came])
    else if (story < 0.56) this.#send([left])
    else if (story < 0.6) this.#send([came])
    else if (story < 0.68) {
      const elsewhere = 1 + draw.below(stockedWarehouses)
      const later = elsewhere === warehouse ? 1 : draw.below(2)
      const rest = { ...came, warehouse: elsewhere, at: came.at + later, quantity: 1 + draw.below(3) }
      this.#send([left, { ...came, quantity: draw.below(quantity + 1) }, rest])
    } else if (story < 0.74) {
      const other = { ...left, product: 3 - product }
      this.#need(other)
      this.#send([left, came, other, { ...came, product: 3 - product }])
    } else if (story < 0.84) {
      // Sent again, as it was: by Kafka, or by a producer that did not see the answer.
      this.#send([left, came, draw.chance(0.5) ? left : came])
    } else this.#addContradiction(left, came)
  }

  #addContradiction(left: Sketch, came: Sketch): void {
    const partition = this.#draw.below(partitions)
    const kind = this.#draw.below(4)
    if (kind === 0) this.#send([left, came, { ...left, quantity: left.quantity + 1 }], partition)
    if (kind === 1) this.#send([left, came, { ...came, quantity: came.quantity + 20 }], partition)
    const copy = { ...came, ...(this.#draw.chance(0.5) ? { id: 'another' } : { source: 'WH-9999' }) }
    if (kind === 2) this.#send([left, came, copy, { ...left, id: 'again' }], partition)
    if (kind !== 3) return
    this.#send([left, came, copy], partition)
    this.sent.push(sentEvent(partition, { ...eventOf({ ...came, id: 'third' }), accepted: true }, false))
  }

  #addStock(): void {
    const draw = this.#draw
    let movement = 200
    for (const { warehouse, product, quantity } of this.#needed.values()) {
      if (warehouse === emptyWarehouse) continue
      const lots = 1 + draw.below(3)
      const lot = Math.ceil((quantity + 2) / lots)
      const sketch = {
        kind: 'arrival',
        warehouse,
        product,
        at: draw.below(60),
        quantity: unequal(lot),
      } as const
      const isOpened = draw.chance(0.4)
      for (let n = 0; n < lots; n += 1) {
        if (isOpened && n === 0) this.#addOpening(sketch)
        else this.#send([{ ...sketch, movement: (movement += 1) }])
      }
    }
  }

  #addOpening(sketch: Omit<Sketch, 'kind' | 'movement'>): void {
    const partition = this.#draw.below(partitions)
    const opening = openingOf(sketch)
    const events = [opening, opening]
    if (this.#draw.chance(0.3)) events.push({ ...opening, quantity: opening.quantity + 20 })
    for (const event of events) this.sent.push(sentEvent(partition, event, false))
  }

  #addPoison(): void {
    const [code, value] = this.#draw.pick(poison) ?? ['message_empty', null]
    const partition = this.#draw.below(partitions)
    this.sent.push({ partition, value, headers: noHeaders, says: code, isHopeless: false, isPlain: false })
  }

  /** Often two in a row: one more would be too many. */
  #addHopeless(): void {
    const draw = this.#draw
    const many = 2 + draw.below(4)
    for (let n = 0; n < many; n += 1) {
      const [place, partition] = [draw.below(this.sent.length), draw.below(partitions)]
      const pair = [0, 1].map((second) =>
        hopeless(partition, 300 + 2 * n + second, 1 + draw.below(stockedWarehouses)),
      )
      this.sent.splice(place, 0, ...pair.slice(draw.below(2)))
    }
  }

  #send(sketches: readonly Sketch[], partition?: number): void {
    for (const sketch of sketches) {
      const place = partition ?? this.#draw.below(partitions)
      this.sent.push(
        sentEvent(place, eventOf({ ...sketch, quantity: wholesome(sketch) }), partition === undefined),
      )
    }
  }

  #need({ warehouse, product, quantity }: Sketch): void {
    const key = `${warehouse}/${product}`
    const before = this.#needed.get(key)?.quantity ?? 0
    // One more, should a contradicting report of one more be the first.
    this.#needed.set(key, { warehouse, product, quantity: before + quantity + 1 })
  }
}

const unequal = (quantity: number): number => (quantity === hopelessQuantity ? quantity + 1 : quantity)
const wholesome = ({ kind, quantity }: Sketch): number => (kind === 'arrival' ? unequal(quantity) : quantity)

/** Three hopeless ones without a booking between them would stop the partition, and rightly so. */
function withoutThreeInARow(sent: readonly Sent[]): Sent[] {
  const inARow = Array.from({ length: partitions }, () => 0)
  return sent.filter(({ partition, isPlain, isHopeless }) => {
    if (isPlain) inARow[partition] = 0
    if (!isHopeless) return true
    const count = (inARow[partition] ?? 0) + 1
    if (count > 2) return false
    inARow[partition] = count
    return true
  })
}
