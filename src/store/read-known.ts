/** What a batch must know before it can be decided; read under the warehouses' locks. */
import {
  cardId,
  cardsOf,
  pairId,
  reachOf,
  type CardOfBatch,
  type CardState,
  type HeldDeparture,
  type HeldPage,
  type HeldRequest,
  type Known,
  type Leg,
} from '../booking/ledger.ts'
import { formatTimestamp } from '../message/timestamp.ts'
import type { CardKey, MovementEvent, MovementId, ProductId } from '../message/event.ts'
import { int8Array, uuidArray } from './binary-array.ts'
import type { Queryable } from './database.ts'
import type { NearState } from './near-state.ts'

/** Enough for nearly every release, and little to read in vain. */
const firstPageSize = 100
const nextPageSize = 1000

export async function readKnown(
  db: Queryable,
  events: readonly MovementEvent[],
  near: NearState,
): Promise<Known> {
  const touched = cardsOf(events)
  const [{ legs, products }, cards] = await Promise.all([readLegs(db, events), readCards(db, touched, near)])
  const held = await readHeld(db, withinReach(touched, cards))
  return { cards, legs, products, held }
}

/** All legs of the events' products; of other products the first ones, so that they can be counted. */
async function readLegs(
  db: Queryable,
  events: readonly MovementEvent[],
): Promise<Pick<Known, 'legs' | 'products'>> {
  const movements = new Set(events.map(({ movementId }) => movementId))
  const legs = new Map<string, Leg[]>()
  const products = new Map<MovementId, number>()
  if (movements.size === 0) return { legs, products }
  const rows = await db.query<Leg & { movementId: MovementId; productId: ProductId }>(
    `select movement_id as "movementId", product_id as "productId", leg, warehouse_id as "warehouseId",
       quantity, occurred_at as "occurredAt", source, message_id as "messageId"
     from movement_leg
     where movement_id = any($1::uuid[]) and (leg <= 1 or product_id = any($2::uuid[]))`,
    [uuidArray([...movements]), uuidArray([...new Set(events.map(({ productId }) => productId))])],
    { name: 'legs_of_batch' },
  )
  for (const row of rows) {
    const pair = pairId(row)
    const others = legs.get(pair)
    if (others !== undefined) {
      others.push(row)
      continue
    }
    legs.set(pair, [row])
    products.set(row.movementId, (products.get(row.movementId) ?? 0) + 1)
  }
  return { legs, products }
}

/** The cards, as remembered where that is proven, else as their last lines say. */
async function readCards(
  db: Queryable,
  touched: ReadonlyMap<string, CardOfBatch>,
  near: NearState,
): Promise<Map<string, CardState>> {
  const cards = new Map<string, CardState>()
  const missing = new Map<string, CardKey>()
  for (const [id, card] of touched) {
    const state = near.card(card, id)
    if (state === undefined) missing.set(id, card)
    else cards.set(id, state)
  }
  if (missing.size === 0) return cards

  const keys = [...missing.values()]
  const [lines, floors] = await Promise.all([
    readLastLines(db, keys),
    readHeldFloors(
      db,
      keys.map(({ warehouseId, productId }) => ({ warehouseId, productId, above: 0 })),
    ),
  ])
  for (const id of missing.keys()) {
    const { line, balance } = lines.get(id) ?? { line: 0, balance: 0 }
    cards.set(id, { lastLine: line, balance, heldFloor: floors.get(id) ?? Infinity })
  }
  return cards
}

async function readLastLines(
  db: Queryable,
  keys: readonly CardKey[],
): Promise<Map<string, { line: number; balance: number }>> {
  const rows = await db.query<CardKey & { line: number; balance: number }>(
    `select u.warehouse_id as "warehouseId", u.product_id as "productId", l.line, l.balance
     from warehouse h
     join unnest($1::uuid[], $2::uuid[]) as u (warehouse_id, product_id) on u.warehouse_id = h.warehouse_id
     cross join lateral (
       select c.line, c.balance from card_line c
       where c.warehouse_id = h.warehouse_id and c.product_id = u.product_id
       order by c.line desc limit 1
     ) l`,
    columnsOf(keys),
    { name: 'last_lines_of_batch' },
  )
  return new Map(rows.map((row) => [cardId(row), row]))
}

/** The smallest held departure of each card that is larger than `above`; cards without one are left out. */
async function readHeldFloors(
  db: Queryable,
  cards: readonly (CardKey & { readonly above: number })[],
): Promise<Map<string, number>> {
  if (cards.length === 0) return new Map()
  const rows = await db.query<CardKey & { quantity: number }>(
    `select u.warehouse_id as "warehouseId", u.product_id as "productId", s.quantity
     from unnest($1::uuid[], $2::uuid[], $3::bigint[]) as u (warehouse_id, product_id, above)
     cross join lateral (
       select m.quantity from movement_leg m
       where m.warehouse_id = u.warehouse_id and m.product_id = u.product_id and m.line is null
         and m.quantity > u.above
       order by m.quantity limit 1
     ) s`,
    [...columnsOf(cards), int8Array(cards.map(({ above }) => above))],
    { name: 'held_floors_of_batch' },
  )
  return new Map(rows.map((row) => [cardId(row), row.quantity]))
}

interface CardInReach extends CardKey {
  readonly reach: number
}

/** The cards on which this batch may release something. */
function withinReach(
  touched: ReadonlyMap<string, CardOfBatch>,
  cards: ReadonlyMap<string, CardState>,
): CardInReach[] {
  const found: CardInReach[] = []
  for (const [id, { warehouseId, productId, toCome }] of touched) {
    const card = cards.get(id)
    if (card === undefined || toCome === 0) continue
    const reach = reachOf({ balance: card.balance, toCome })
    if (card.heldFloor <= reach) found.push({ warehouseId, productId, reach })
  }
  return found
}

type HeldRow = CardKey & HeldDeparture

async function readHeld(db: Queryable, cards: readonly CardInReach[]): Promise<Map<string, HeldPage>> {
  if (cards.length === 0) return new Map()
  const rows = await db.query<HeldRow>(
    `select u.warehouse_id as "warehouseId", u.product_id as "productId",
       m.movement_id as "movementId", m.quantity, m.occurred_at as "occurredAt"
     from unnest($1::uuid[], $2::uuid[], $3::bigint[]) as u (warehouse_id, product_id, reach)
     cross join lateral (
       select m.movement_id, m.quantity, m.occurred_at from movement_leg m
       where m.warehouse_id = u.warehouse_id and m.product_id = u.product_id and m.line is null
         and m.quantity <= u.reach
       order by m.occurred_at, m.movement_id limit ${firstPageSize + 1}
     ) m`,
    [...columnsOf(cards), int8Array(cards.map(({ reach }) => reach))],
    { name: 'held_of_batch' },
  )
  const found = Map.groupBy(rows, cardId)
  const complete = cards.filter((card) => (found.get(cardId(card)) ?? []).length <= firstPageSize)
  const floors = await readHeldFloors(
    db,
    complete.map((card) => ({ ...card, above: card.reach })),
  )
  return new Map(
    cards.map((card) => {
      const id = cardId(card)
      const nextFloor = floors.get(id) ?? Infinity
      return [id, toPage(found.get(id) ?? [], { size: firstPageSize, atMost: card.reach, nextFloor })]
    }),
  )
}

/** The next page, where a decision needs more than was read beforehand. */
export async function readMoreHeld(db: Queryable, { card, after, atMost }: HeldRequest): Promise<HeldPage> {
  const from = after === null ? [] : [formatTimestamp(after.occurredAt), after.movementId]
  const rows = await db.query<HeldDeparture>(
    `select movement_id as "movementId", quantity, occurred_at as "occurredAt"
     from movement_leg
     where warehouse_id = $1 and product_id = $2 and line is null and quantity <= $3
       ${after === null ? '' : 'and (occurred_at, movement_id) > ($4::timestamptz, $5::uuid)'}
     order by occurred_at, movement_id limit ${nextPageSize + 1}`,
    [card.warehouseId, card.productId, atMost, ...from],
  )
  const floors = rows.length > nextPageSize ? null : await readHeldFloors(db, [{ ...card, above: atMost }])
  return toPage(rows, { size: nextPageSize, atMost, nextFloor: floors?.get(cardId(card)) ?? Infinity })
}

/** One row more than a page was asked for: if it came, there is more. */
function toPage(
  rows: readonly HeldDeparture[],
  { size, atMost, nextFloor }: { size: number; atMost: number; nextFloor: number },
): HeldPage {
  return { departures: rows.slice(0, size), atMost, complete: rows.length <= size, nextFloor }
}

function columnsOf(keys: readonly CardKey[]): [Buffer, Buffer] {
  return [
    uuidArray(keys.map(({ warehouseId }) => warehouseId)),
    uuidArray(keys.map(({ productId }) => productId)),
  ]
}
