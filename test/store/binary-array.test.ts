import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { Micros } from '../../src/message/event.ts'
import { parseTimestamp } from '../../src/message/timestamp.ts'
import { int8Array, timestampArray, uuidArray } from '../../src/store/binary-array.ts'
import { freshLedger } from '../support/ledger.ts'

suite('arrays in binary', () => {
  test('come to the server as they are, whatever is in them', async (t) => {
    const { database } = await freshLedger(t)
    const ids = ['0123abcd-ef45-1789-abcd-00ff11223344', 'FFFFFFFF-FFFF-4FFF-BFFF-FFFFFFFFFFFF']
    const numbers = [0, 1, -1, 2 ** 31, -(2 ** 32), Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER]
    const times = ['1970-01-01T00:00:00Z', '2025-02-18T12:12:56.000001Z', '1999-12-31T23:59:59.999999Z'].map(
      (text) => parseTimestamp(text) as Micros,
    )
    const [row] = await database.query<{ ids: string; numbers: string; times: Micros }>(
      `select $1::uuid[]::text as ids, $2::bigint[]::text as numbers, ($3::timestamptz[])[2] as times`,
      [uuidArray(ids), int8Array(numbers), timestampArray(times)],
    )
    assert.equal(row?.ids, `{${ids.join(',').toLowerCase()}}`)
    assert.equal(row.numbers, `{${numbers.join(',')}}`)
    assert.equal(row.times, times[1])
  })

  test('may be empty', async (t) => {
    const { database } = await freshLedger(t)
    const rows = await database.query<{ length: number }>(
      'select cardinality($1::uuid[]) as length, cardinality($2::bigint[]) as other',
      [uuidArray([]), int8Array([])],
    )
    assert.deepEqual(rows, [{ length: 0, other: 0 }])
  })
})
