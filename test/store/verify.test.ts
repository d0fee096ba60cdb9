import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { product, movement } from '../support/events.ts'
import { checkBooks } from '../support/books.ts'
import { card, codesOf, damages, findingsOf, ofCard, smallBooks } from '../support/damaged-books.ts'
import { freshLedger } from '../support/ledger.ts'
import { makeWorkload } from '../support/workload.ts'

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
