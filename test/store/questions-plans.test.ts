/**
 * Every question is answered from an index, however many movements there are. What is asserted is PostgreSQL's plan
 * over enough rows that it would rather not scan them, never a time.
 */
import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import type { Micros, MovementEvent, MovementId, ProductId, WarehouseId } from '../../src/message/event.ts'
import { parseTimestamp } from '../../src/message/timestamp.ts'
import type { Database, Queryable } from '../../src/store/database.ts'
import type { Snapshots } from '../../src/store/page.ts'
import { readBookedBatches } from '../../src/store/read-booked-batches.ts'
import { readCard } from '../../src/store/read-card.ts'
import { readHeld } from '../../src/store/read-held.ts'
import { readCardMovements, readMovements } from '../../src/store/read-movements.ts'
import { readOverview } from '../../src/store/read-overview.ts'
import { readProductWarehouses } from '../../src/store/read-product-warehouses.ts'
import { readContradictions } from '../../src/store/read-contradictions.ts'
import { readQuarantine, readQuarantinedMessages } from '../../src/store/read-quarantine.ts'
import { readQuantities } from '../../src/store/read-quantities.ts'
import { readTransit } from '../../src/store/read-transit.ts'
import { readWarehouseProducts } from '../../src/store/read-warehouse-products.ts'
import { openDatabase } from '../support/ledger.ts'
import { toJson } from '../support/memory-log.ts'
import { freshDatabase } from '../support/environment.ts'

const movements = 1_000_000
const warehouse = idOf<WarehouseId>('a', 7)
const product = idOf<ProductId>('b', 7)
const card = { warehouseId: warehouse, productId: product }
/** Nothing else is known of it: each of its 2,000 departures is held. */
const heldCard = { warehouseId: idOf<WarehouseId>('a', 20), productId: idOf<ProductId>('b', 3) }
const movement = idOf<MovementId>('c', 5000)
const noon = parseTimestamp('2026-01-01T12:00:00Z') as Micros
const page = { after: null, limit: 50 }
const anyTime = { from: null, to: null }

suite('over 1,000,000 movements', () => {
  let database: Database
  const owned: (() => Promise<void>)[] = []

  before(async () => {
    const owner = { after: (tidyUp: () => Promise<void>) => void owned.push(tidyUp) }
    const address = await freshDatabase(owner)
    database = openDatabase(owner, address, { statementTimeoutMs: 300_000 })
    for (const statement of rows) await database.query(statement)
  })
  after(async () => {
    for (const tidyUp of owned.toReversed()) await tidyUp()
  })

  const questions: readonly [string, readonly string[], (db: Explained) => Promise<unknown>][] = [
    [
      'the products of a warehouse',
      ['card_line_key', 'held_by_'],
      (db) => readWarehouseProducts(db, warehouse, page),
    ],
    [
      'its next products',
      ['card_line_key', 'held_by_'],
      (db) => readWarehouseProducts(db, warehouse, { ...page, after: product }),
    ],
    [
      'the warehouses of a product',
      ['card_line_key', 'held_by_'],
      (db) => readProductWarehouses(db, { productId: product, within: null }, page),
    ],
    [
      'the quantities of 1,000 cards',
      ['card_line_key'],
      (db) =>
        readQuantities(
          db,
          Array.from({ length: 1000 }, (_, n) => cardNumber(n)),
        ),
    ],
    ['what is under way', ['transit_by_age', 'movement_leg_key'], (db) => readTransit(db, transit({}), page)],
    [
      'what is under way since long, of a warehouse, on a later page',
      ['transit_by_age', 'movement_leg_key'],
      (db) =>
        readTransit(db, transit({ olderThanSeconds: 60, warehouseId: warehouse }), {
          ...page,
          after: { since: noon, movementId: movement, productId: product },
        }),
    ],
    [
      'the differences',
      ['transit_by_age', 'movement_leg_key'],
      (db) => readTransit(db, transit({ bothSides: true }), page),
    ],
    [
      'what is held',
      ['held_by_age', 'card_line_key'],
      (db) => readHeld(db, { warehouseId: null, productId: null }, page),
    ],
    [
      'what is held on a card, on a later page',
      ['held_by_age', 'card_line_key'],
      (db) =>
        readHeld(db, heldCard, { ...page, after: { ...heldCard, occurredAt: noon, movementId: movement } }),
    ],
    [
      'what the latest batches changed',
      ['booked_batch_key'],
      (db) => readBookedBatches(db, 'movements', { after: batches(500), upTo: batches(512), limit: 100 }),
    ],
    [
      'the overview',
      ['held_by_time', 'transit_by_age', 'quarantine_by_code'],
      (db) => readOverview(db, 'movements'),
    ],
    [
      'the newest movements',
      ['leg_by_recording', 'movement_leg_key'],
      (db) => readMovements(db, { ...anyTime, status: null, warehouseId: null }, page),
    ],
    [
      'movements by status, warehouse and time, on a later page',
      ['leg_by_recording', 'movement_leg_key'],
      (db) =>
        readMovements(
          db,
          { from: noon, to: null, status: 'completed', warehouseId: warehouse },
          { ...page, after: { recordedAt: later(60), movementId: movement, productId: product, leg: 0 } },
        ),
    ],
    [
      'the movements of a card within a time',
      ['card_line_key', 'movement_leg_key'],
      (db) => readCardMovements(db, card, { from: noon, to: later(3600), status: 'completed' }, page),
    ],
    [
      'the arrivals of a card within a time',
      ['card_line_key', 'movement_leg_key', 'held_by_'],
      (db) =>
        readCard(db, card, {
          before: null,
          limit: 50,
          filter: { from: noon, to: later(3600), event: 'arrival' },
        }),
    ],
    [
      'the messages in quarantine that are open',
      ['quarantine_by_status'],
      (db) => readQuarantine(db, { status: 'open', code: null }, page),
    ],
    [
      'those of a rare code that were discarded, on a later page',
      ['quarantine_by_code'],
      (db) =>
        readQuarantine(db, { status: 'discarded', code: 'departure_conflict' }, { ...page, after: 500 }),
    ],
    [
      'one message in quarantine, and what speaks against it',
      ['quarantine_key', 'movement_leg_key'],
      async (db) => {
        const [message] = await readQuarantinedMessages(db, [1000], { maxValueBytes: 1000 })
        assert(message !== undefined)
        assert.equal((await readContradictions(db, message)).length, 1)
      },
    ],
  ]
  for (const [name, indexes, ask] of questions) {
    test(`${name}: read from an index, and no ledger is scanned`, async () => {
      const explained = new Explained(database)
      await ask(explained)
      assert.deepEqual(explained.scanned, [])
      for (const index of indexes)
        assert(
          [...explained.used].some((used) => used.startsWith(index)),
          `${index} is not among ${[...explained.used].join(', ')}`,
        )
    })
  }

  test('no question reads more than its page needs', async () => {
    const explained = new Explained(database)
    for (const [, , ask] of questions) await ask(explained)
    assert(explained.mostRows <= 10_000, `${explained.mostRows} rows came out of one part of a plan`)
  })
})

/** Asks PostgreSQL for the plan of every statement as it is asked, and runs it. */
class Explained implements Queryable, Snapshots {
  readonly #db: Queryable
  /** Tables of the ledger that were read from end to end. */
  readonly scanned: string[] = []
  readonly used = new Set<string>()
  mostRows = 0

  constructor(db: Queryable) {
    this.#db = db
  }

  async query<Row>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    const [row] = await this.#db.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(
      `explain (analyze, timing off, format json) ${text}`,
      values,
    )
    if (row !== undefined) this.#note(row['QUERY PLAN'][0].Plan)
    return await this.#db.query<Row>(text, values)
  }

  async snapshot<Result>(work: (db: Queryable) => Promise<Result>): Promise<Result> {
    return await work(this)
  }

  #note(plan: Plan): void {
    const ledgers = ['movement_leg', 'card_line', 'transit', 'quarantine', 'booked_batch']
    const table = plan['Relation Name'] ?? ''
    if (plan['Node Type'] === 'Seq Scan' && ledgers.includes(table)) this.scanned.push(table)
    if (plan['Index Name'] !== undefined) this.used.add(plan['Index Name'])
    this.mostRows = Math.max(this.mostRows, plan['Actual Rows'] * plan['Actual Loops'])
    for (const part of plan.Plans ?? []) this.#note(part)
  }
}

interface Plan {
  readonly 'Node Type': string
  readonly 'Relation Name'?: string
  readonly 'Index Name'?: string
  readonly 'Actual Rows': number
  readonly 'Actual Loops': number
  readonly Plans?: readonly Plan[]
}

function transit(changes: Partial<Parameters<typeof readTransit>[1]>): Parameters<typeof readTransit>[1] {
  return { olderThanSeconds: null, warehouseId: null, bothSides: false, ...changes }
}

function batches(last: number): Map<number, number> {
  return new Map(Array.from({ length: 12 }, (_, partition) => [partition, last]))
}

function later(seconds: number): Micros {
  return (noon + seconds * 1_000_000) as Micros
}

function cardNumber(n: number) {
  return { warehouseId: idOf<WarehouseId>('a', n % 20), productId: idOf<ProductId>('b', n % 50) }
}

function idOf<Id extends string>(kind: string, number: number): Id {
  return `${kind.repeat(8)}-0000-4000-8000-${String(number).padStart(12, '0')}` as Id
}

const idSql = (kind: string, number: string): string =>
  `('${kind.repeat(8)}-0000-4000-8000-' || lpad((${number})::text, 12, '0'))::uuid`

/**
 * Movement n takes product n % 50 from warehouse n % 20 to another. Each tenth is under way, each hundredth short, and
 * each fiftieth is held at a warehouse of which nothing else is known. 500 are recorded at one time.
 */
const reportSql = (leg: number): string => `
select ${idSql('c', 'n')} as movement_id, ${idSql('b', 'n % 50')} as product_id, ${leg}::smallint as leg,
  ${leg === 0 ? `case when n % 50 = 3 then ${idSql('a', '20')} else ${idSql('a', 'n % 20')} end` : idSql('a', '(n / 50) % 20')} as warehouse_id,
  ${leg === 0 ? '10' : 'case when n % 100 = 1 then 9 else 10 end'} as quantity,
  timestamptz '2026-01-01 00:00Z' + n * interval '1 s' as occurred_at,
  n * 2 + ${leg} as kafka_offset,
  timestamptz '2026-01-01 00:00Z' + (n / 500) * interval '500 s' as recorded_at,
  ${leg === 0 ? 'n % 50 = 3' : 'false'} as is_held
from generate_series(1, ${movements}) n ${leg === 0 ? '' : 'where n % 10 <> 0'}`

const conflicting: MovementEvent = {
  kind: 'departure',
  movementId: movement,
  productId: idOf<ProductId>('b', 0),
  warehouseId: warehouse,
  occurredAt: noon,
  quantity: 7,
  source: 'WH-1',
  messageId: 'm',
}
const valueSql = `convert_to('${toJson(conflicting)}', 'UTF8')`

const rows = [
  `insert into warehouse (warehouse_id, token, last_recorded_at)
   select ${idSql('a', 'n')}, gen_random_uuid(), now() from generate_series(0, 20) n`,
  // Once, with the numbers of the lines: an update of all legs would take longer than all else here.
  `create unlogged table report as
   select *, case when not is_held then row_number() over (
     partition by warehouse_id, product_id, is_held order by recorded_at, leg desc, movement_id) end as line
   from (${reportSql(0)} union all ${reportSql(1)}) both_sides`,
  `insert into movement_leg
   select movement_id, product_id, leg, warehouse_id, quantity, occurred_at, 'WH-1', 'm' || kafka_offset / 2, 0, kafka_offset,
     recorded_at, line
   from report order by kafka_offset`,
  `insert into card_line
   select warehouse_id, product_id, line, movement_id, leg, case when leg = 0 then -quantity else quantity end, 1000,
     occurred_at, recorded_at
   from report where line is not null order by kafka_offset`,
  'drop table report',
  `insert into transit
   select movement_id, product_id, sum(case when leg = 0 then quantity else -quantity end), min(occurred_at)
   from movement_leg group by movement_id, product_id having sum(case when leg = 0 then quantity else -quantity end) <> 0`,
  // Each thousandth is open and says that movement 5000 left elsewhere; nearly all have one code.
  `insert into quarantine (topic, topic_id, kafka_partition, kafka_offset, value, header_names, header_values, code, detail,
     received_at, status, settled_at, settled_by)
   select 'movements', gen_random_uuid(), 0, n, ${valueSql}, '{}', '{}',
     case when n % 1000 = 0 then 'departure_conflict' else 'not_json' end, 'why', now(),
     case when n % 1000 = 0 then 'open' else 'discarded' end,
     case when n % 1000 <> 0 then now() end, case when n % 1000 <> 0 then 'anna' end
   from generate_series(1, 100000) n`,
  `insert into kafka_position (topic, kafka_partition, topic_id, leader_epoch, next_offset)
   select 'movements', n, gen_random_uuid(), 0, 0 from generate_series(0, 11) n`,
  `insert into booked_batch select 'movements', p, n, '{}' from generate_series(0, 11) p, generate_series(1, 512) n`,
  'vacuum analyze',
]
