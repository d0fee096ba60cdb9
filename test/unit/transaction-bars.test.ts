import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { OpenTransactions } from '../../src/cache/open-transactions.ts'
import { TransactionBars } from '../../src/cache/transaction-bars.ts'
import { movementPage } from '../../src/booking/changed-pages.ts'
import { movement } from '../support/events.ts'

const pages = new Set([movementPage(movement(1))])

/** A transaction whose command to Redis has no answer yet. */
function begin(lifeMs = 60_000) {
  const open = new OpenTransactions()
  const answer = Promise.withResolvers<void>()
  const lost: unknown[] = []
  const bars = new TransactionBars({
    store: { bar: () => answer.promise, lift: async () => {} },
    trust: { state: 'trusted', lose: (error) => lost.push(error) },
    open,
    epoch: 'now',
    lifeMs,
    pageLifeMs: 60_000,
    keysOf: (names) => (names === 'all' ? ['all'] : [...names]),
    dropFlights: () => {},
    leave: () => {},
  })
  return { bars, open, answer, lost }
}

test('a bar that fails keeps the cache out of use until its transaction is over', async () => {
  const { bars, open, answer, lost } = begin()
  bars.raise(pages)
  assert.equal(open.allBarUnder('now'), true)
  answer.reject(new Error('away'))
  await bars.raised()
  assert.deepEqual([open.allBarUnder('now'), lost.length, bars.wanted], [false, 1, false])
  bars.end('known')
  assert.equal(open.allBarUnder('now'), true)
})

test('a bar that fails after its transaction was rolled back keeps nothing out of use', async () => {
  const { bars, open, answer, lost } = begin()
  bars.raise(pages)
  bars.end('known')
  answer.reject(new Error('away'))
  await bars.raised()
  assert.deepEqual([open.allBarUnder('now'), lost.length], [true, 1])
})

test('a transaction whose end is not known counts as open for as long as its bars live', async () => {
  const { bars, open, answer } = begin(0)
  bars.raise(pages)
  bars.end('unknown')
  answer.reject(new Error('away'))
  await bars.raised()
  assert.equal(open.allBarUnder('now'), false)
  while (!open.allBarUnder('now')) await turn()
})

test('bars under another epoch do not count', () => {
  const { bars, open } = begin()
  assert.equal(open.allBarUnder('another'), false)
  bars.end('known')
  assert.equal(open.allBarUnder('another'), true)
})
