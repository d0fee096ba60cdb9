import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { timePattern } from '../../src/api/schema.ts'
import { parseTimestamp } from '../../src/message/timestamp.ts'

const pattern = new RegExp(timePattern)

test('a text that fits the pattern is read, unless its day does not exist or is out of range', () => {
  fc.assert(
    fc.property(fc.stringMatching(pattern), (text) => {
      const day = Number(text.slice(8, 10))
      const read = parseTimestamp(text)
      assert(
        typeof read === 'number' ||
          read === 'timestamp_out_of_range' ||
          (day > 28 && read === 'timestamp_invalid'),
      )
    }),
  )
})

test('a text that does not fit the pattern is not read', () => {
  const digits = (min: number, max: number) => fc.integer({ min, max }).map((n) => String(n).padStart(2, '0'))
  const nearlyTimes = fc
    .tuple(
      fc.integer({ min: 1600, max: 2300 }),
      digits(0, 13),
      digits(0, 32),
      fc.constantFrom('T', 't', ' ', '_'),
      digits(0, 24),
      digits(0, 60),
      digits(0, 60),
      fc.constantFrom('', '.', '.5', '.123456', '.1234560', '.1234567', '.0000000'),
      fc.constantFrom('', 'Z', 'z', '+03:00', '-23:59', '+24:00', '+03:60', '+03', 'Z '),
    )
    .map(
      ([year, month, day, between, hour, minute, second, fraction, zone]) =>
        `${year}-${month}-${day}${between}${hour}:${minute}:${second}${fraction}${zone}`,
    )
  fc.assert(
    fc.property(nearlyTimes, (text) => {
      if (!pattern.test(text)) assert.equal(typeof parseTimestamp(text), 'string')
    }),
    { numRuns: 5000 },
  )
})
