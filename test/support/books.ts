/** Reads the whole ledger from PostgreSQL and checks what must always be true of it. */
import assert from 'node:assert/strict'
import { isOpening } from '../../src/message/opening-stock.ts'
import type { Queryable } from '../../src/store/database.ts'
import { readTally } from '../../src/store/position.ts'
import type { Model } from './model.ts'

export interface StoredLine {
  readonly warehouse_id: string
  readonly product_id: string
  readonly line: number
  readonly movement_id: string
  readonly leg: number
  readonly change: number
  readonly balance: number
}

export interface StoredLeg {
  readonly movement_id: string
  readonly product_id: string
  readonly leg: number
  readonly warehouse_id: string
  readonly quantity: number
  readonly source: string
  readonly line: number | null
}

export interface StoredTransit {
  readonly movement_id: string
  readonly product_id: string
  readonly quantity: number
}

export interface Books {
  readonly lines: readonly StoredLine[]
  readonly legs: readonly StoredLeg[]
  readonly transit: readonly StoredTransit[]
}

export async function readBooks(db: Queryable): Promise<Books> {
  return {
    lines: await db.query<StoredLine>(
      `select warehouse_id, product_id, line, movement_id, leg, change, balance from card_line
       order by warehouse_id, product_id, line`,
    ),
    legs: await db.query<StoredLeg>(
      `select movement_id, product_id, leg, warehouse_id, quantity, source, line from movement_leg
       order by movement_id, product_id, leg`,
    ),
    transit: await db.query<StoredTransit>('select movement_id, product_id, quantity from transit'),
  }
}

/**
 * Lines gapless, each balance the one before plus the change, none below zero; each booked leg has its one line and
 * each line its leg; every held quantity larger than its card's balance; transit as the legs say; nothing is lost
 * between the cards, the way and the held, but for what the cards began with; the counters beside the positions agree with what they count.
 */
export async function checkBooks(db: Queryable): Promise<Books> {
  const books = await readBooks(db)
  const balances = new Map<string, number>()
  const lineOfLeg = new Map<string, number>()
  const nextLine = new Map<string, number>()
  for (const { warehouse_id: w, product_id: p, line, movement_id: m, leg, change, balance } of books.lines) {
    const card = `${w}/${p}`
    assert.equal(line, nextLine.get(card) ?? 1, `a gap in the lines of ${card}`)
    assert.equal(balance, (balances.get(card) ?? 0) + change, `line ${line} of ${card} does not add up`)
    assert.ok(balance >= 0, `${card} is below zero`)
    assert.equal(lineOfLeg.has(`${m}/${p}/${leg}`), false, `leg ${m}/${p}/${leg} is booked twice`)
    nextLine.set(card, line + 1)
    balances.set(card, balance)
    lineOfLeg.set(`${m}/${p}/${leg}`, line)
  }
  const legsOf = new Map<string, number>()
  const transit = new Map<string, number>()
  let held = 0
  let opened = 0
  for (const { movement_id: m, product_id: p, leg, warehouse_id: w, quantity, source, line } of books.legs) {
    assert.equal(
      line,
      lineOfLeg.get(`${m}/${p}/${leg}`) ?? null,
      `leg ${m}/${p}/${leg} and its line disagree`,
    )
    if (line === null) {
      held += quantity
      assert.ok(quantity > (balances.get(`${w}/${p}`) ?? 0), `a departure of ${quantity} is held in vain`)
    }
    const arrivals = legsOf.get(`${m}/${p}`) ?? 0
    if (leg > 0) {
      assert.equal(leg, arrivals + 1, `a gap in the legs of ${m}/${p}`)
      legsOf.set(`${m}/${p}`, leg)
    }
    if (isOpening({ source })) opened += quantity
    else transit.set(`${m}/${p}`, (transit.get(`${m}/${p}`) ?? 0) + (leg === 0 ? quantity : -quantity))
  }
  assert.equal(
    lineOfLeg.size,
    books.legs.filter(({ line }) => line !== null).length,
    'a line without its leg',
  )
  const underWay = [...transit].filter(([, quantity]) => quantity !== 0)
  const stored = books.transit.map(({ movement_id: m, product_id: p, quantity }) => [`${m}/${p}`, quantity])
  assert.deepEqual(new Map(stored as [string, number][]), new Map(underWay))
  const sum = (numbers: Iterable<number>): number => [...numbers].reduce((total, n) => total + n, 0)
  assert.equal(sum(balances.values()) + sum(transit.values()), held + opened, 'goods were made or lost')
  const [counted] = await db.query<{ warehouses: number; open: number }>(
    `select (select count(*) from warehouse) as warehouses,
       (select count(*) from quarantine where status = 'open') as open`,
  )
  const { messagesSettled, ...totals } = await readTally(db)
  const { legs, lines } = books
  assert.deepEqual(totals, {
    warehouses: counted?.warehouses,
    cards: lines.filter(({ line }) => line === 1).length,
    lines: lines.length,
    movementsDeparted: legs.filter(({ leg }) => leg === 0).length,
    movementsArrived: legs.filter(({ leg }) => leg === 1).length,
    movementsInTransit: books.transit.length,
    departuresHeld: legs.filter(({ line }) => line === null).length,
    messagesQuarantined: counted?.open,
  })
  assert.ok(
    messagesSettled >= legs.length + (counted?.open ?? 0),
    'events were booked that were never counted',
  )
  return books
}

/** The oracle's cards and movements, where each card's reports add up to zero or more, are the stored ones. */
export function assertSameAsModel(books: Books, model: Model): void {
  const balances = new Map<string, number>()
  for (const { warehouse_id: w, product_id: p, balance } of books.lines) balances.set(`${w}/${p}`, balance)
  const stored = [...model.cards.keys()].map((key) => `${key} ${balances.get(key) ?? 0}`)
  const expected = [...model.cards].map(([key, { balance }]) => `${key} ${balance}`)
  assertSameTexts(sorted(stored), sorted(expected))
  const modelLegs = [...model.movements].flatMap(([key, events]) =>
    events.map(({ kind, warehouseId, quantity }) => [key, kind, warehouseId, quantity].join(' ')),
  )
  const storedLegs = books.legs.map(({ movement_id: m, product_id: p, leg, warehouse_id: w, quantity }) =>
    [`${m}/${p}`, leg === 0 ? 'departure' : 'arrival', w, quantity].join(' '),
  )
  assertSameTexts(sorted(storedLegs), sorted(modelLegs))
}

const sorted = (texts: readonly string[]): string[] => texts.toSorted((a, b) => (a < b ? -1 : 1))

/** One by one: the difference of two lists of 100,000 texts would take more memory than there is. */
function assertSameTexts(actual: readonly string[], expected: readonly string[]): void {
  for (const [index, text] of expected.entries()) assert.equal(actual[index], text)
  assert.equal(actual.length, expected.length)
}
