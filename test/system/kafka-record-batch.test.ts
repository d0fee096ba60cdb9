import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { crc32c, createRecordsBatch } from '@platformatic/kafka'
import { takeChunk } from '../../src/kafka/chunk.ts'
import { committedBatches } from '../../src/kafka/committed-messages.ts'
import type { FetchedPartition } from '../../src/kafka/fetched-partition.ts'

const from = { partition: 0, offset: 0 }

test('a batch whose last records were compacted away still moves the position past them', () => {
  const bytes = batchOf('a', 'b')
  bytes.writeInt32BE(9, 23) // Last offset of the batch, counted from its first.
  const batches = read(sealed(bytes))
  assert.deepEqual(
    batches.map(({ messages, nextOffset }) => [messages.map(({ offset }) => offset), nextOffset]),
    [[[0, 1], 10]],
  )
})

test('a flipped bit is noticed', () => {
  const bytes = batchOf('a', 'b')
  bytes.writeUInt8(bytes.readUInt8(bytes.length - 3) ^ 1, bytes.length - 3)
  assert.throws(() => read(bytes), { name: 'Fault', kind: 'outage', code: 'record_batch_corrupt' })
})

test('what lies before a damaged batch is handed out, and only then the damage is reported', () => {
  const damaged = batchOf('b')
  damaged.writeBigInt64BE(1n, 0)
  damaged.writeUInt8(damaged.readUInt8(damaged.length - 3) ^ 1, damaged.length - 3)
  const fetched = fetchedOf(Buffer.concat([batchOf('a'), damaged]))
  const restFrom = (offset: number) => {
    const batches = committedBatches(
      { ...fetched, records: fetched.records.subarray(offset * damaged.length) },
      from,
    )
    return { nextOffset: offset, endOffset: 2, batches }
  }

  const { messages, ...chunk } = takeChunk(restFrom(0), { offset: 0, leaderEpoch: -1 }, 1_000)
  assert.deepEqual(
    messages.map(({ offset }) => offset),
    [0],
  )
  assert.deepEqual(chunk, { nextOffset: 1, leaderEpoch: 0, endOffset: 2, isExhausted: true })
  assert.throws(() => takeChunk(restFrom(1), { offset: 1, leaderEpoch: 0 }, 1_000), {
    code: 'record_batch_corrupt',
  })
})

test('lengths that contradict each other are noticed', () => {
  const bytes = batchOf('a', 'b')
  bytes.writeInt32BE(3, 57) // One record more than there is.
  assert.throws(() => read(sealed(bytes)), { name: 'Fault', kind: 'halt', code: 'record_batch_unreadable' })
})

test('a small batch that unpacks to more than the limit is refused', () => {
  const header = batchOf('a').subarray(0, 61)
  const bytes = Buffer.concat([header, gzipSync(Buffer.alloc(300 * 1024 * 1024), { level: 1 })])
  bytes.writeInt16BE(1, 21) // Packed by gzip.
  bytes.writeInt32BE(bytes.length - 12, 8)
  assert.throws(() => read(sealed(bytes)), { name: 'Fault', kind: 'halt', code: 'record_batch_unreadable' })
})

test('a last batch that the broker cut off is left for the next read', () => {
  const whole = batchOf('a')
  const batches = read(Buffer.concat([whole, batchOf('b').subarray(0, -1)]))
  assert.deepEqual(
    batches.map(({ nextOffset }) => nextOffset),
    [1],
  )
})

function batchOf(...values: string[]): Buffer {
  const messages = values.map((value) => ({ topic: 'any', value: Buffer.from(value) }))
  return Buffer.from(createRecordsBatch(messages).buffer)
}

function sealed(bytes: Buffer): Buffer {
  bytes.writeUInt32BE(crc32c(bytes.subarray(21)), 17)
  return bytes
}

function read(records: Buffer) {
  return [...committedBatches(fetchedOf(records), from)]
}

function fetchedOf(records: Buffer): FetchedPartition {
  return { errorCode: 0, lastStableOffset: 2n, hasDiverged: false, abortedTransactions: [], records }
}
