import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { maxBatchEvents, splitBatch } from '../../src/api/split-batch.ts'

const split = (text: string) => {
  const elements = splitBatch(Buffer.from(text))
  return typeof elements === 'string' ? elements : elements.map(String)
}

test('each element keeps the very bytes that came', () => {
  const elements = ['{"a":1.0,"a":[2,{"b":"]},\\"["}]}', '1e2', '"\\\\"', '"ж,☃"', '[]', 'null']
  assert.deepEqual(split(` [ ${elements.join(' ,\n')}\t] `), elements)
})

test('whatever the elements are, they are found again', () => {
  fc.assert(
    fc.property(
      fc.array(fc.jsonValue(), { minLength: 1, maxLength: 20 }),
      fc.constantFrom(undefined, 2),
      (values, space) => {
        const parsed = split(JSON.stringify(values, null, space))
        assert(typeof parsed !== 'string')
        assert.deepEqual(
          parsed.map((text) => JSON.stringify(JSON.parse(text))),
          values.map((value) => JSON.stringify(value)),
        )
      },
    ),
  )
})

test('what is no JSON, or no UTF-8, is told apart from what is no batch', () => {
  for (const text of ['', '[', '[1,]', '{"a":1', '[1] 2']) assert.equal(split(text), 'not_json')
  assert.equal(splitBatch(Buffer.from([0x5b, 0x22, 0xff, 0x22, 0x5d])), 'not_json')
  for (const text of ['{}', '"[1]"', 'null', '[]']) assert.equal(split(text), 'not_a_batch')
})

test(`a batch has at most ${maxBatchEvents} events`, () => {
  const many = (count: number) => JSON.stringify(Array.from({ length: count }, () => 1))
  assert.equal(split(many(maxBatchEvents)).length, maxBatchEvents)
  assert.equal(split(many(maxBatchEvents + 1)), 'not_a_batch')
})
