import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { suite, test, type TestContext } from 'node:test'
import { rebuild, type Rebuilt, type RebuildOptions } from '../../src/books/rebuild.ts'
import type { RebuiltCard } from '../../src/books/rebuild-card.ts'
import { verify, type VerifyOptions } from '../../src/books/verify.ts'
import type { Finding } from '../../src/proof/finding.ts'
import { checkBooks, readBooks } from '../support/books.ts'
import { arrival, departure, movement, opening, product, warehouse } from '../support/events.ts'
import { freshLedger, openDatabase, type TestLedger } from '../support/ledger.ts'
import { makeWorkload } from '../support/workload.ts'

const never = new AbortController().signal

async function findingsOf(
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

async function rebuildBooks(
  t: TestContext,
  ledger: TestLedger,
  options: Partial<RebuildOptions> = {},
): Promise<Rebuilt & { told: readonly RebuiltCard[] }> {
  const told: RebuiltCard[] = []
  const rebuilt = await rebuild({
    database: openDatabase(t, ledger.address, { poolSize: 1 }),
    end: 'commit',
    doubled: 'keep',
    newToken: () => randomUUID(),
    onFinding: () => undefined,
    onProgress: () => undefined,
    onCard: (card) => void told.push(card),
    signal: never,
    ...options,
  })
  return { ...rebuilt, told }
}

/** One card with four lines, another that received from it, one that was opened, and a departure that is held. */
async function smallBooks(t: TestContext): Promise<TestLedger> {
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

const card = { warehouseId: warehouse(1), productId: product(1) }
const ofCard = `warehouse_id = '${warehouse(1)}' and product_id = '${product(1)}'`
const codesOf = (findings: readonly Finding[]): string[] => findings.map(({ code }) => code)

interface Damage {
  readonly name: string
  readonly sql: string
  readonly codes: readonly string[]
  /** The findings that are left after a rebuild; none unless something is said. */
  readonly left?: readonly string[]
  readonly doubled?: 'remove'
}

const damages: readonly Damage[] = [
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
    doubled: 'remove',
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
    doubled: 'remove',
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

function sqlOf(name: string): string {
  const damage = damages.find((one) => one.name === name)
  assert.ok(damage !== undefined, name)
  return damage.sql
}

suite('verify', () => {
  test('books that nobody touched have no finding, in stretches of any size', async (t) => {
    const ledger = await smallBooks(t)
    for (const rowsAtOnce of [1, 2, 3, 1000]) assert.deepEqual(await findingsOf(ledger, { rowsAtOnce }), [])
  })

  test('an empty ledger has no finding', async (t) => {
    assert.deepEqual(await findingsOf(await freshLedger(t)), [])
  })

  test('books that are written by two lanes meanwhile have no finding', async (t) => {
    const ledger = await freshLedger(t)
    const { messages } = makeWorkload({ seed: 8, messages: 6000, partitions: 2 })
    const lanes = [0, 1].map(async (partition) => {
      const events = messages.filter((message) => message.partition === partition).map(({ event }) => event)
      const lane = ledger.another()
      for (let from = 0; from < events.length; from += 100) {
        for (;;) {
          try {
            await lane.book(events.slice(from, from + 100), partition)
            break
          } catch (error) {
            if (!(error instanceof Error && 'kind' in error && error.kind === 'conflict')) throw error
          }
        }
      }
    })
    const booking = { done: false }
    const booked = Promise.all(lanes).finally(() => {
      booking.done = true
    })
    let proofs = 0
    do {
      assert.deepEqual(await findingsOf(ledger, { rowsAtOnce: 300 }), [])
      proofs += 1
    } while (!booking.done)
    await booked
    assert.ok(proofs > 1, 'the books were proven while they were written')
    await checkBooks(ledger.database)
    assert.deepEqual(await findingsOf(ledger), [])
  })

  for (const { name, sql, codes } of damages) {
    test(`${name}: it is found, and where`, async (t) => {
      const ledger = await smallBooks(t)
      await ledger.database.query(sql)
      const findings = await findingsOf(ledger, { rowsAtOnce: 2 })
      assert.deepEqual(codesOf(findings), codes)
      for (const { code, card: where, movement: pair } of findings) {
        if (code === 'goods_unaccounted' || code === 'total_wrong') continue
        assert.ok(where !== undefined || pair !== undefined, `${code} does not say where`)
      }
    })
  }

  test('a finding tells card, line and numbers', async (t) => {
    const ledger = await smallBooks(t)
    await ledger.database.query(`update card_line set balance = 99 where ${ofCard} and line = 4`)
    assert.deepEqual(await findingsOf(ledger), [
      {
        code: 'balance_wrong',
        card,
        line: 4,
        movement: { movementId: movement(4), productId: product(1), leg: 2 },
        detail: 'The balance is 99; line 3 has 75 and the change is 7, which makes 82.',
      },
    ])
  })

  test('a signal ends it', async (t) => {
    const ledger = await smallBooks(t)
    const reason = new Error('enough')
    await assert.rejects(findingsOf(ledger, { signal: AbortSignal.abort(reason) }), reason)
  })
})

suite('rebuild', () => {
  for (const { name, sql, left = [], doubled } of damages) {
    test(`${name}: what the events can tell is mended`, async (t) => {
      const ledger = await smallBooks(t)
      const before = await readBooks(ledger.database)
      await ledger.database.query(sql)
      await rebuildBooks(t, ledger, { rowsAtOnce: 2, ...(doubled === undefined ? {} : { doubled }) })
      assert.deepEqual(codesOf(await findingsOf(ledger)), left)
      if (left.length > 0) return
      const after = await checkBooks(ledger.database)
      if (sql.includes('delete from movement_leg')) return
      assert.deepEqual(after.lines, before.lines)
      assert.deepEqual(after.legs, before.legs)
    })
  }

  test('books that nobody touched are not touched', async (t) => {
    const ledger = await smallBooks(t)
    const [epoch] = await ledger.database.query('select epoch from cache_epoch')
    const { cards, left, linesAdded, linesRemoved } = await rebuildBooks(t, ledger)
    assert.deepEqual(
      { cards, left, linesAdded, linesRemoved },
      { cards: 0, left: 0, linesAdded: 0, linesRemoved: 0 },
    )
    assert.deepEqual(await ledger.database.query('select epoch from cache_epoch'), [epoch])
  })

  test('a rehearsal tells what would be done, and changes nothing', async (t) => {
    const ledger = await smallBooks(t)
    await ledger.database.query(`update card_line set balance = 99 where ${ofCard} and line = 4`)
    const { cards, linesAdded, linesRemoved, told } = await rebuildBooks(t, ledger, { end: 'rehearse' })
    assert.deepEqual({ cards, linesAdded, linesRemoved }, { cards: 1, linesAdded: 1, linesRemoved: 1 })
    assert.deepEqual(told, [
      {
        card,
        left: null,
        made: 1,
        gone: 0,
        before: 99,
        after: 82,
        inOrderOfTime: { balance: 82, held: 900 },
      },
    ])
    assert.deepEqual(codesOf(await findingsOf(ledger)), ['balance_wrong'])
  })

  test('a doubled report stays unless its removal is asked for', async (t) => {
    const ledger = await smallBooks(t)
    await ledger.database.query(sqlOf('a leg is doubled'))
    const { told } = await rebuildBooks(t, ledger)
    assert.deepEqual(
      told.map(({ left }) => left),
      ['Two events have line 4.'],
    )
    assert.deepEqual(codesOf(await findingsOf(ledger)), ['leg_without_line', 'booked_twice', 'transit_wrong'])
  })

  test('a doubled report on which later lines count stays, and its missing line is made again', async (t) => {
    const ledger = await smallBooks(t)
    await ledger.database.query(sqlOf('a leg and its line are doubled'))
    await ledger.another().book([arrival({ movement: 9, quantity: 1, at: 9 })])
    await ledger.database.query(`delete from card_line where ${ofCard} and line = 5`)
    const { legsRemoved, left } = await rebuildBooks(t, ledger, { doubled: 'remove' })
    assert.deepEqual({ legsRemoved, left }, { legsRemoved: 0, left: 0 })
    const codes = codesOf(await findingsOf(ledger))
    assert.ok(codes.includes('booked_twice'))
    assert.ok(!codes.includes('lines_missing') && !codes.includes('leg_without_line'), codes.join(' '))
  })

  test('a doubled report is not removed from a card that cannot be made again: nothing is changed', async (t) => {
    const ledger = await smallBooks(t)
    await ledger.database.query(sqlOf('a leg is doubled'))
    await ledger.database.query(sqlOf('a booked departure is set back to held'))
    const before = [await readBooks(ledger.database), codesOf(await findingsOf(ledger))]
    await assert.rejects(rebuildBooks(t, ledger, { doubled: 'remove' }), /Nothing was changed/)
    assert.deepEqual([await readBooks(ledger.database), codesOf(await findingsOf(ledger))], before)
  })

  test('a process that remembers the card as it was goes on from what was made again', async (t) => {
    const ledger = await smallBooks(t)
    await ledger.database.query(`update card_line set balance = 99 where ${ofCard} and line = 4`)
    const other = ledger.another()
    await other.book([arrival({ movement: 5, quantity: 1, at: 6 })]) // on top of 99
    await rebuildBooks(t, ledger)
    await other.book([arrival({ movement: 6, quantity: 1, at: 7 })])
    await checkBooks(ledger.database)
    assert.deepEqual(await findingsOf(ledger), [])
  })

  test('books of many cards, with the same lines and times as before', async (t) => {
    const ledger = await freshLedger(t)
    const { messages } = makeWorkload({ seed: 5, messages: 5000, partitions: 1 })
    for (let from = 0; from < messages.length; from += 250) {
      await ledger.book(messages.slice(from, from + 250).map(({ event }) => event))
    }
    const all = 'select * from card_line order by warehouse_id, product_id, line'
    const before = await ledger.database.query(all)
    await ledger.database.query('delete from card_line; delete from transit')
    const { cards, left } = await rebuildBooks(t, ledger, { rowsAtOnce: 100 })
    assert.ok(cards > 500)
    assert.equal(left, 0)
    assert.deepEqual(await ledger.database.query(all), before)
    await checkBooks(ledger.database)
    assert.deepEqual(await findingsOf(ledger), [])
  })
})
