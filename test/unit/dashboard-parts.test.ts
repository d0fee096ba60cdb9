/** What the dashboard counts and cuts by itself, without a browser. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { CardLine } from '../../src/client/client.ts'
import { ThroughputWindow, throughputSeconds } from '../../web/src/live/throughput.ts'
import { csvOf } from '../../web/src/parts/csv.ts'
import { durationOf } from '../../web/src/parts/duration.ts'
import { fromLocal, toLocal } from '../../web/src/parts/local-time.ts'
import { mergeLines } from '../../web/src/views/card/merge-lines.ts'
import {
  heldFilters,
  movementFilters,
  transitFilters,
  withBeginning,
  withCardOrWarehouse,
} from '../../web/src/views/filters.ts'
import { chooseLanguage, localeOf } from '../../web/src/words/words.ts'

const warehouse = '25718666-6af6-4281-b5a6-3016e36fa557'
const product = '4705204f-498f-4f96-b4ba-df17fb56bf55'
const none = { booked: 0, released: 0, held: 0, duplicate: 0, quarantined: 0 }

function total({ booked, other }: { booked: readonly number[]; other: readonly number[] }): [number, number] {
  const sum = (counts: readonly number[]): number => Math.round(counts.reduce((all, count) => all + count, 0))
  return [sum(booked), sum(other)]
}

test('events are counted in the second in which they came, and none is lost between two', () => {
  const startMs = 1_800_000_000_000
  const window = new ThroughputWindow(startMs)
  for (let message = 1; message <= 20; message += 1) {
    window.add({ ...none, booked: 7, released: 1, held: 2, duplicate: 1 }, startMs + message * 490)
  }
  const shown = window.read(startMs + 10_000)
  assert.equal(shown.seconds.length, throughputSeconds)
  assert.deepEqual(total(shown), [160, 60])
  const gone = window.read(startMs + (throughputSeconds + 11) * 1000)
  assert.deepEqual(total(gone), [0, 0])
})

test('what the service knows from before is shown once, however often it is told', () => {
  const startMs = 1_800_000_000_000
  const window = new ThroughputWindow(startMs)
  const point = (endMs: number) => ({
    end: new Date(endMs).toISOString(),
    over_seconds: 5,
    events_per_second: 10,
    lines_per_second: 8,
  })
  window.addKnown({ points: [point(startMs - 7000), point(startMs - 2000)] })
  assert.deepEqual(total(window.read(startMs)), [80, 20])
  // The stretch in which the page came is cut where the stream begins.
  window.addKnown({ points: [point(startMs - 7000), point(startMs - 2000), point(startMs + 3000)] })
  assert.deepEqual(total(window.read(startMs)), [96, 24])
})

const lineOf = (line: number, balance = line): CardLine => ({
  line,
  event: 'arrival',
  change: 1,
  balance,
  movement_id: product,
  counterparty_warehouse_id: null,
  status: 'completed',
  timestamp: '2026-01-01T00:00:00Z',
  recorded_at: '2026-01-01T00:00:00Z',
})

test('lines come together without a gap, or say which gap there is', () => {
  const runs = fc.tuple(
    fc.integer({ min: 1, max: 50 }),
    fc.integer({ min: 1, max: 20 }),
    fc.nat(10),
    fc.nat(20),
  )
  fc.assert(
    fc.property(runs, ([oldest, olderCount, gapCount, newerCount]) => {
      const numbers = (from: number, count: number) =>
        Array.from({ length: count }, (_, index) => from + index)
      const before = numbers(oldest, olderCount)
      const newest = numbers(oldest + olderCount + gapCount, newerCount)
      const merged = mergeLines(
        newest.toReversed().map((line) => lineOf(line)),
        before.map((line) => lineOf(line)),
      )
      const shown = [...merged.lines, ...merged.belowGap].map(({ line }) => line)
      assert.deepEqual(shown, [...before, ...newest].toReversed())
      const isGap = gapCount > 0 && newerCount > 0
      const gap = { from: oldest + olderCount, to: oldest + olderCount + gapCount - 1 }
      assert.deepEqual(merged.gap, isGap ? gap : null)
    }),
  )
})

test('of two looks of one line the newer one wins', () => {
  const { lines } = mergeLines([lineOf(2, 20)], [lineOf(2, 10), lineOf(1)])
  assert.deepEqual(
    lines.map(({ balance }) => balance),
    [20, 1],
  )
})

test('rows become a file that a spreadsheet reads and does not run', () => {
  const rows = [
    { line: 1, name: 'a, "b"', other: null },
    { line: -2, name: '=1+1', other: ['x'] },
  ]
  assert.equal(csvOf(rows), 'line,name,other\r\n1,"a, ""b""",\r\n-2,\'=1+1,"[""x""]"\r\n')
})

test('a length of time is cut to its two largest units', () => {
  assert.deepEqual(durationOf(59.9), {
    unit: 'seconds',
    parts: { days: 0, hours: 0, minutes: 0, seconds: 59 },
  })
  assert.equal(durationOf(8520).unit, 'hours')
  assert.deepEqual(durationOf(90_061), { unit: 'days', parts: { days: 1, hours: 1, minutes: 1, seconds: 1 } })
})

test('a moment goes through a field for local time and comes back, to the minute', () => {
  const moment = '2026-11-28T02:11:00.000Z'
  assert.equal(fromLocal(toLocal(moment)), moment)
  assert.equal(fromLocal(''), undefined)
  assert.equal(toLocal('never'), '')
})

test('filters are read from an address, and what the API refuses is not asked for', () => {
  assert.deepEqual(transitFilters({ older_than: '3600', warehouse_id: warehouse, other: 1 }), {
    older_than: 3600,
    warehouse_id: warehouse,
  })
  assert.deepEqual(transitFilters({ older_than: -1, warehouse_id: 7 }), {})
  assert.deepEqual(heldFilters({ product_id: product }), {})
  assert.deepEqual(movementFilters({ warehouse_id: warehouse, product_id: product, status: '' }), {
    warehouse_id: warehouse,
    product_id: product,
  })
  assert.deepEqual(withCardOrWarehouse({ product_id: product }), {})
  const nowMs = Date.parse('2026-11-28T00:00:00Z')
  assert.deepEqual(withBeginning({ status: 'short' }, nowMs), {
    status: 'short',
    from: '2026-11-21T00:00:00.000Z',
  })
  const ofCard = { status: 'short', warehouse_id: warehouse, product_id: product } as const
  assert.deepEqual(withBeginning(ofCard, nowMs), ofCard)
})

test('the language is the one that was chosen, else one that the browser wishes for, else English', () => {
  assert.equal(chooseLanguage('ru', ['en-GB']), 'ru')
  assert.equal(chooseLanguage(null, ['de-DE', 'ru-RU', 'en']), 'ru')
  assert.equal(chooseLanguage('xx', ['de-DE']), 'en')
  assert.equal(localeOf('en', ['ru-RU', 'en-GB']), 'en-GB')
  assert.equal(localeOf('ru', ['en-GB']), 'ru')
})
