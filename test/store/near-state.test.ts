import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { Fault } from '../../src/fault.ts'
import { cardId, type CardState } from '../../src/booking/ledger.ts'
import type { CardKey } from '../../src/message/event.ts'
import { NearState } from '../../src/store/near-state.ts'
import { checkBooks } from '../support/books.ts'
import { arrival, departure, product, warehouse } from '../support/events.ts'
import { freshLedger, namesOf } from '../support/ledger.ts'

const card = { warehouseId: warehouse(1), productId: product(1) }
const state = { lastLine: 1, balance: 5, heldFloor: Infinity }

function byId(...cards: (CardState & CardKey)[]): Map<string, CardState & CardKey> {
  return new Map(cards.map((one) => [cardId(one), one]))
}

suite('the near state', () => {
  test('a card is remembered only while the tokens of its warehouse form a chain', () => {
    const near = new NearState(10)
    near.take({ warehouseId: card.warehouseId, token: 'a', prevToken: null })
    near.publish(
      [{ warehouseId: card.warehouseId, token: 'a', prevToken: null }],
      byId({ ...card, ...state }),
    )
    near.take({ warehouseId: card.warehouseId, token: 'b', prevToken: 'a' })
    assert.deepEqual(near.card(card), state)
    near.take({ warehouseId: card.warehouseId, token: 'd', prevToken: 'c' })
    assert.equal(near.card(card), undefined)
  })

  test('a late COMMIT publishes nothing over what another lane has published since', () => {
    const near = new NearState(10)
    const early = { warehouseId: card.warehouseId, token: 'a', prevToken: null }
    const late = { warehouseId: card.warehouseId, token: 'b', prevToken: 'a' }
    near.take(early)
    near.take(late)
    near.publish([late], byId({ ...card, ...state, lastLine: 2 }))
    near.publish([early], byId({ ...card, ...state, lastLine: 1 }))
    near.take({ warehouseId: card.warehouseId, token: 'c', prevToken: 'b' })
    assert.deepEqual(near.card(card), { ...state, lastLine: 2 })
  })

  test('a forgotten warehouse takes its cards along, and takes part in no publication of before', () => {
    const near = new NearState(10)
    const first = { warehouseId: card.warehouseId, token: 'a', prevToken: null }
    near.take(first)
    near.publish([first], byId({ ...card, ...state }))
    const second = { warehouseId: card.warehouseId, token: 'b', prevToken: 'a' }
    near.take(second)
    near.forget([card.warehouseId])
    near.publish([second], byId({ ...card, ...state, lastLine: 2 }))
    near.take({ warehouseId: card.warehouseId, token: 'c', prevToken: 'b' })
    assert.equal(near.card(card), undefined)
  })

  test('the least recently used cards are the first to go', () => {
    const near = new NearState(2)
    const taken = { warehouseId: card.warehouseId, token: 'a', prevToken: null }
    near.take(taken)
    const cards = [1, 2].map((n) => ({ ...state, warehouseId: card.warehouseId, productId: product(n) }))
    near.publish([taken], byId(...cards))
    near.take({ ...taken, token: 'b', prevToken: 'a' })
    const used = [card, { ...card, productId: product(3) }].map((key) => ({ ...key, ...state }))
    near.publish([{ ...taken, token: 'b', prevToken: 'a' }], byId(...used))
    near.take({ ...taken, token: 'c', prevToken: 'b' })
    assert.deepEqual(near.card(card), state)
    assert.equal(near.card({ ...card, productId: product(2) }), undefined)
    assert.deepEqual(near.card({ ...card, productId: product(3) }), state)
  })

  test('a batch by another process in between is seen', async (t) => {
    const ledger = await freshLedger(t)
    const other = ledger.another()
    await ledger.book([arrival({ movement: 1, quantity: 10 })])
    await other.book([departure({ movement: 2, quantity: 9 })], 1)
    assert.deepEqual(namesOf(await ledger.book([departure({ movement: 3, quantity: 2 })])), ['held'])
    await checkBooks(ledger.database)
  })

  test('a line inserted by hand, past every lock, makes a conflict and then a right line', async (t) => {
    const ledger = await freshLedger(t)
    await ledger.book([arrival({ movement: 1, quantity: 10 })])
    await ledger.database.query(
      `insert into card_line select warehouse_id, product_id, 2, movement_id, 2, 1, 11, occurred_at, recorded_at
       from card_line`,
    )
    const departs = departure({ movement: 3, quantity: 11 })
    await assert.rejects(ledger.book([arrival({ movement: 2, quantity: 1 })]), (error) => {
      return error instanceof Fault && error.kind === 'conflict' && error.code === 'key_collision'
    })
    assert.deepEqual(namesOf(await ledger.book([departs])), ['booked'])
  })

  test('a database set back under a living process never gets a wrong line', async (t) => {
    const ledger = await freshLedger(t)
    await ledger.book([arrival({ movement: 1, quantity: 10 })])
    const tables = ['warehouse', 'movement_leg', 'card_line', 'transit', 'kafka_position']
    for (const table of tables) await ledger.database.query(`create table backup_${table} as table ${table}`)
    await ledger.book([departure({ movement: 2, quantity: 4 })])
    await ledger.book([departure({ movement: 3, quantity: 4 })])
    await ledger.database.transaction(async (session) => {
      for (const table of tables) {
        await session.query(`delete from ${table}`)
        await session.query(`insert into ${table} select * from backup_${table}`)
      }
    })
    // What the process remembers says "2 left, line 3"; the database says "10, line 1" and another version, too.
    assert.deepEqual(namesOf(await ledger.book([departure({ movement: 4, quantity: 9 })])), ['booked'])
    const { lines } = await checkBooks(ledger.database)
    assert.deepEqual(
      lines.map(({ line, balance }) => [line, balance]),
      [
        [1, 10],
        [2, 1],
      ],
    )
  })

  test('a failed batch is forgotten whole', async (t) => {
    const ledger = await freshLedger(t)
    await ledger.book([arrival({ movement: 1, quantity: 10 })])
    await ledger.database.query('alter table card_line add constraint unlucky check (change <> 13)')
    const batch = [arrival({ movement: 2, quantity: 5 }), arrival({ movement: 3, quantity: 13 })]
    await assert.rejects(ledger.book(batch), (error) => error instanceof Fault && error.kind === 'refused')
    assert.deepEqual(namesOf(await ledger.book([departure({ movement: 4, quantity: 11 })])), ['held'])
    await checkBooks(ledger.database)
  })
})
