import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bytesNeeded } from '../../bench/growth/disk.ts'
import type { Mark } from '../../bench/growth/measure.ts'
import { readOptions } from '../../bench/growth/options.ts'
import { sayEvery, secondsLeft } from '../../bench/growth/pace.ts'
import { bytesPerMovement, ratioAt, reportOf } from '../../bench/growth/report.ts'
import { Trade, underWay } from '../../bench/growth/trade.ts'
import { seededRandom } from '../../bench/random.ts'
import { StackError } from '../../stack/stack-error.ts'

const newTrade = (seed = 3): Trade => new Trade({ random: seededRandom(seed), warehouses: 4, products: 10 })

test('the marks are millions of movements, and rise', () => {
  assert.deepEqual(readOptions([]).marks, [0, 1e6, 5e6, 10e6])
  assert.deepEqual(readOptions(['--quick']).marks, [0, 50_000, 100_000, 200_000])
  assert.deepEqual(readOptions(['--marks', '0,0.5']).marks, [0, 500_000])
  for (const marks of ['1,0', '1,1', '-1', 'many'])
    assert.throws(() => readOptions(['--marks', marks]), StackError)
})

test('settings of PostgreSQL are names with values', () => {
  const { settings } = readOptions(['--set', 'max_wal_size=16GB', '--set', 'wal_compression=on'])
  assert.deepEqual(Object.fromEntries(settings), { max_wal_size: '16GB', wal_compression: 'on' })
  for (const set of ['max_wal_size', 'drop table=1', '=1'])
    assert.throws(() => readOptions(['--set', set]), StackError)
})

test('a trade is the same for the same seed, and another for another', () => {
  const messages = (trade: Trade) => [
    ...trade.openingStock(),
    ...Array.from({ length: 100 }, () => trade.next()),
  ]
  assert.deepEqual(messages(newTrade()), messages(newTrade()))
  assert.notDeepEqual(messages(newTrade()), messages(newTrade(4)))
})

test('arrivals come when so many movements are under way, and some come never, short or over', () => {
  const trade = newTrade()
  const departed = new Map<string, number>()
  const counts = { arrived: 0, short: 0, over: 0 }
  while (trade.departed < 3 * underWay) {
    const { kind, movementId, quantity } = trade.next()
    if (kind === 'departure') {
      departed.set(movementId, quantity)
      assert(quantity > 1, 'a short arrival would bring nothing')
      continue
    }
    const left = departed.get(movementId) ?? Number.NaN
    assert(trade.departed > underWay)
    counts.arrived += 1
    if (quantity === left - 1) counts.short += 1
    else if (quantity === left + 1) counts.over += 1
    else assert.equal(quantity, left)
  }
  assert.equal(departed.size, 3 * underWay)
  const lost = 2 * underWay - counts.arrived
  for (const [name, count, expected] of [
    ['lost', lost, 2 * underWay * 0.02],
    ['short', counts.short, 2 * underWay * 0.0098],
    ['over', counts.over, 2 * underWay * 0.0049],
  ] as const)
    assert(Math.abs(count - expected) < expected / 3, `${count} ${name}, some ${expected} expected`)
})

test('the opening stock is one arrival on each card, larger than what leaves', () => {
  const stock = [...newTrade().openingStock()]
  const cards = new Set(stock.map(({ warehouseId, productId }) => warehouseId + productId))
  assert.deepEqual([stock.length, cards.size], [40, 40])
  assert(stock.every(({ kind, quantity }) => kind === 'arrival' && quantity > 100 * underWay))
})

test('the time left is that of the mean rate so far', () => {
  assert.equal(secondsLeft({ done: 250, total: 1000, seconds: 10 }), 30)
  assert.equal(secondsLeft({ done: 0, total: 1000, seconds: 10 }), 0)
})

test('the pace is told every five seconds, of what was booked since', () => {
  let now = 0
  const said: string[] = []
  const pace = sayEvery({ to: 3e6, total: 1e6, now: () => now, say: (line) => said.push(line) })
  for (const missing of [900_000, 800_000, 700_000]) {
    now += 2500
    pace(50_000, missing)
  }
  assert.deepEqual(said, ['2.20 M of 3.00 M movements, 20000 messages/s, 20 s to there'])
})

const stretchesOf = (...rates: number[]) =>
  rates.map((messagesPerSecond) => ({ messagesPerSecond, walBytesPerMessage: 1000 }))
const markOf = (movements: number, megabytes: number): Mark => ({
  movements,
  messages: movements * 2,
  filledPerSecond: movements === 0 ? null : 9000,
  relations: [
    { name: 'card_line', kind: 'table', bytes: megabytes * 6e5 },
    { name: 'card_line_key', kind: 'index', bytes: megabytes * 4e5 },
  ],
  reads: [{ operation: 'getCard', about: 'any', medianMs: 1, p99Ms: 2 }],
  grown: stretchesOf(8000, 9000, 6000),
  empty: stretchesOf(10_000, 10_000, 6000),
  conflicts: 0,
})

test('a ratio is taken stretch by stretch, and held against its goal', () => {
  assert.deepEqual(ratioAt(markOf(0, 1)).values, [0.8, 0.9, 1])
  const missed = { ...markOf(1e6, 1), grown: stretchesOf(8000, 8000, 6000) }
  assert.match(reportOf([missed]), /\| 0\.80 \(0\.80 to 1\.00\), missed \|/)
  assert.match(reportOf([markOf(1e6, 1)]), /\| 1,000,000 .*\| +0\.90 \(0\.80 to 1\.00\) \|/)
})

test('bytes a movement are what was added since the first mark', () => {
  const [first, last] = [markOf(0, 100), markOf(1e6, 1100)]
  assert.equal(bytesPerMovement(last, first), 1000)
  assert.equal(bytesPerMovement(first, first), null)
  assert.match(reportOf([first, last]), /\| – `card_line_key` +\| +40\.0 \| +440\.0 \| +400 \|/)
})

test('more movements need more room', () => {
  assert(bytesNeeded(10e6) > bytesNeeded(1e6))
  assert(bytesNeeded(10e6) < 20e9)
})
