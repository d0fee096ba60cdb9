import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { suite, test, type TestContext } from 'node:test'
import { rebuild, type Rebuilt, type RebuildOptions } from '../../src/books/rebuild.ts'
import type { RebuiltCard } from '../../src/books/rebuild-card.ts'
import { checkBooks, readBooks } from '../support/books.ts'
import {
  card,
  codesOf,
  damages,
  findingsOf,
  never,
  ofCard,
  smallBooks,
  sqlOf,
} from '../support/damaged-books.ts'
import { arrival } from '../support/events.ts'
import { freshLedger, openDatabase, type TestLedger } from '../support/ledger.ts'
import { makeWorkload } from '../support/workload.ts'

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
    unreported: 'keep',
    newToken: () => randomUUID(),
    onFinding: () => undefined,
    onProgress: () => undefined,
    onCard: (one) => void told.push(one),
    signal: never,
    ...options,
  })
  return { ...rebuilt, told }
}

suite('rebuild', () => {
  for (const { name, sql, left = [], asked } of damages) {
    test(`${name}: what the events can tell is mended`, async (t) => {
      const ledger = await smallBooks(t)
      const before = await readBooks(ledger.database)
      await ledger.database.query(sql)
      await rebuildBooks(t, ledger, { rowsAtOnce: 2, ...(asked === undefined ? {} : { [asked]: 'remove' }) })
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

  test('the last line of an event that is gone stays unless its removal is asked for: it is all that is left of it', async (t) => {
    const ledger = await smallBooks(t)
    await ledger.database.query(sqlOf('an event is removed'))
    const { told } = await rebuildBooks(t, ledger)
    assert.deepEqual(
      told.map(({ left, gone }) => [left, gone]),
      [['The event of line 4 is gone, and the line may be all that is left of it.', 0]],
    )
    assert.deepEqual(codesOf(await findingsOf(ledger)), ['line_without_leg', 'goods_unaccounted'])
  })

  test('so does it where another event gets the number of the one that is gone', async (t) => {
    const ledger = await freshLedger(t)
    await ledger.book([
      arrival({ movement: 1, quantity: 5, at: 1 }),
      arrival({ movement: 1, warehouse: 2, quantity: 7, at: 2 }),
    ])
    await ledger.database.query('delete from movement_leg where leg = 1')
    const { told, legsRenumbered } = await rebuildBooks(t, ledger)
    assert.equal(legsRenumbered, 1)
    assert.deepEqual(
      told.map(({ left }) => left),
      ['The event of line 1 is gone, and the line may be all that is left of it.', null],
    )
    const { lines } = await readBooks(ledger.database)
    assert.deepEqual(
      lines.map(({ balance }) => balance),
      [5, 7],
    )
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
