/** Small books, what can be done to them behind Bincard's back, and what is found then. */
import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { verify, type VerifyOptions } from '../../src/books/verify.ts'
import type { Finding } from '../../src/proof/finding.ts'
import { arrival, departure, movement, opening, product, warehouse } from './events.ts'
import { freshLedger, type TestLedger } from './ledger.ts'

export const never = new AbortController().signal

export async function findingsOf(
  { database }: Pick<TestLedger, 'database'>,
  options: Partial<VerifyOptions> = {},
): Promise<Finding[]> {
  const findings: Finding[] = []
  const verified = await verify({
    database,
    onFinding: (finding) => void findings.push(finding),
    onProgress: () => undefined,
    signal: never,
    ...options,
  })
  assert.equal(verified.findings, findings.length)
  return findings
}

/** One card with four lines, another that received from it, one that was opened, and a departure that is held. */
export async function smallBooks(t: TestContext): Promise<TestLedger> {
  const ledger = await freshLedger(t)
  await ledger.book([
    arrival({ movement: 1, quantity: 100, at: 1 }),
    departure({ movement: 2, quantity: 30, at: 2 }),
    arrival({ movement: 2, warehouse: 2, quantity: 30, at: 3 }),
    departure({ movement: 3, quantity: 900, at: 3 }),
    arrival({ movement: 4, quantity: 5, at: 4 }),
    arrival({ movement: 4, quantity: 7, at: 5 }),
    opening({ warehouse: 3, quantity: 11 }),
  ])
  return ledger
}

export const card = { warehouseId: warehouse(1), productId: product(1) }
export const ofCard = `warehouse_id = '${warehouse(1)}' and product_id = '${product(1)}'`
export const codesOf = (findings: readonly Finding[]): string[] => findings.map(({ code }) => code)

export interface Damage {
  readonly name: string
  readonly sql: string
  readonly codes: readonly string[]
  /** The findings that are left after a rebuild; none unless something is said. */
  readonly left?: readonly string[]
  /** What a rebuild is to do that it does only when it is asked for. */
  readonly asked?: 'doubled' | 'unreported'
}

export const damages: readonly Damage[] = [
  {
    name: 'the last balance is altered',
    sql: `update card_line set balance = 99 where ${ofCard} and line = 4`,
    codes: ['balance_wrong'],
  },
  {
    name: 'a balance in the middle is altered',
    sql: `update card_line set balance = 99 where ${ofCard} and line = 2`,
    codes: ['balance_wrong', 'balance_wrong'],
  },
  {
    name: 'a balance is raised, and a held departure would fit',
    sql: `update card_line set balance = 2000 where ${ofCard} and line = 4`,
    codes: ['balance_wrong', 'held_in_vain'],
  },
  {
    name: 'a change is altered',
    sql: `update card_line set change = 6 where ${ofCard} and line = 3`,
    codes: ['balance_wrong', 'line_disagrees', 'goods_unaccounted'],
  },
  {
    name: 'the first line is removed',
    sql: `delete from card_line where ${ofCard} and line = 1`,
    codes: ['lines_missing', 'leg_without_line', 'goods_unaccounted', 'total_wrong', 'total_wrong'],
  },
  {
    name: 'the last line is removed',
    sql: `delete from card_line where ${ofCard} and line = 4`,
    codes: ['leg_without_line', 'goods_unaccounted', 'total_wrong'],
  },
  {
    name: 'all lines are removed',
    sql: `delete from card_line`,
    codes: [
      ...Array.from({ length: 6 }, () => 'leg_without_line'),
      'goods_unaccounted',
      'total_wrong',
      'total_wrong',
    ],
  },
  {
    name: 'a line that nobody reported is added',
    sql: `insert into card_line select warehouse_id, product_id, 5, '${movement(77)}', 1, 8, 90, occurred_at, recorded_at
      from card_line where ${ofCard} and line = 4`,
    codes: ['line_without_leg', 'goods_unaccounted', 'total_wrong'],
    asked: 'unreported',
  },
  {
    name: 'a line names another event',
    sql: `update card_line set leg = 1 where ${ofCard} and line = 4`,
    codes: ['line_disagrees', 'leg_without_line'],
  },
  {
    name: 'a line has another time',
    sql: `update card_line set occurred_at = occurred_at + interval '1 s' where ${ofCard} and line = 2`,
    codes: ['line_disagrees'],
  },
  {
    name: 'a line is recorded before its event',
    sql: `update card_line set recorded_at = recorded_at - interval '1 s' where ${ofCard} and line = 2`,
    codes: ['recorded_backwards', 'line_disagrees'],
  },
  {
    name: 'a booked departure is set back to held',
    sql: `update movement_leg set line = null where movement_id = '${movement(2)}' and leg = 0`,
    codes: ['line_disagrees', 'held_in_vain', 'goods_unaccounted', 'total_wrong'],
    // No event has line 2 any more, and those behind it keep their numbers.
    left: ['line_disagrees', 'held_in_vain', 'goods_unaccounted'],
  },
  {
    name: 'an event is removed',
    sql: `delete from movement_leg where movement_id = '${movement(4)}' and leg = 2`,
    codes: ['line_without_leg', 'transit_wrong'],
    asked: 'unreported',
  },
  {
    name: 'an event in the middle of a card is removed',
    sql: `delete from movement_leg where movement_id = '${movement(4)}' and leg = 1`,
    codes: ['line_without_leg', 'legs_missing', 'transit_wrong', 'total_wrong'],
    left: ['line_disagrees', 'goods_unaccounted'],
  },
  {
    name: 'a leg is doubled',
    sql: `insert into movement_leg (movement_id, product_id, leg, warehouse_id, quantity, occurred_at, source, message_id,
        kafka_partition, kafka_offset, recorded_at, line)
      select movement_id, product_id, 3, warehouse_id, quantity, occurred_at, source, message_id,
        kafka_partition, kafka_offset, recorded_at, line
      from movement_leg where movement_id = '${movement(4)}' and leg = 2`,
    codes: ['leg_without_line', 'booked_twice', 'transit_wrong'],
    asked: 'doubled',
  },
  {
    name: 'a leg and its line are doubled',
    sql: `insert into movement_leg (movement_id, product_id, leg, warehouse_id, quantity, occurred_at, source, message_id,
        kafka_partition, kafka_offset, recorded_at, line)
      select movement_id, product_id, 3, warehouse_id, quantity, occurred_at, source, message_id,
        kafka_partition, kafka_offset, recorded_at, 5
      from movement_leg where movement_id = '${movement(4)}' and leg = 1;
      insert into card_line select warehouse_id, product_id, 5, movement_id, 3, change, balance + change, occurred_at,
        (select max(recorded_at) from card_line)
      from card_line where ${ofCard} and line = 4;
      update card_line set change = 5, balance = 87, occurred_at = (
        select occurred_at from movement_leg where movement_id = '${movement(4)}' and leg = 3
      ) where ${ofCard} and line = 5`,
    codes: ['booked_twice', 'transit_wrong', 'goods_unaccounted', 'total_wrong'],
    asked: 'doubled',
  },
  {
    name: 'a leg and its line are doubled under another message id',
    sql: `insert into movement_leg (movement_id, product_id, leg, warehouse_id, quantity, occurred_at, source, message_id,
        kafka_partition, kafka_offset, recorded_at, line)
      select movement_id, product_id, 3, warehouse_id, quantity, occurred_at, source, 'another',
        kafka_partition, kafka_offset, (select max(recorded_at) from card_line), 5
      from movement_leg where movement_id = '${movement(4)}' and leg = 2;
      insert into card_line select warehouse_id, product_id, 5, movement_id, 3, change, balance + change, occurred_at,
        (select max(recorded_at) from card_line)
      from card_line where ${ofCard} and line = 4`,
    codes: ['booked_twice', 'transit_wrong', 'goods_unaccounted', 'total_wrong'],
    asked: 'doubled',
  },
  {
    name: 'what is under way is altered',
    sql: `update transit set quantity = quantity + 1 where movement_id = '${movement(3)}'`,
    codes: ['transit_wrong', 'goods_unaccounted'],
  },
  {
    name: 'what is under way is forgotten',
    sql: `delete from transit`,
    codes: ['transit_wrong', 'transit_wrong', 'transit_wrong', 'goods_unaccounted', 'total_wrong'],
  },
  {
    name: 'something is under way that nobody reported',
    sql: `insert into transit values ('ffffffff-0000-4000-8000-000000000000', '${product(1)}', 3, now())`,
    codes: ['transit_wrong', 'goods_unaccounted', 'total_wrong'],
  },
  {
    name: 'a warehouse loses its row',
    sql: `delete from warehouse where warehouse_id = '${warehouse(2)}'`,
    codes: ['warehouse_missing', 'total_wrong'],
  },
  {
    name: 'a total is altered',
    sql: 'update kafka_position set lines = lines + 10, departures_held = 0',
    codes: ['total_wrong', 'total_wrong'],
  },
]

export function sqlOf(name: string): string {
  const damage = damages.find((one) => one.name === name)
  assert.ok(damage !== undefined, name)
  return damage.sql
}
