import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Micros } from '../../src/message/event.ts'
import { createOpeningStock } from '../../src/opening-stock.ts'
import type { Database } from '../../src/store/database.ts'
import { product, warehouse } from '../support/events.ts'

const rows = Array.from({ length: 3000 }, (_, n) => `${warehouse(1)},${product(n)},5`)
const file = {
  body: Buffer.from(['warehouse_id,product_id,quantity', ...rows].join('\n')),
  form: 'csv',
  asOf: '2025-01-01T00:00:00Z',
} as const

test('a file whose sender went away is produced no further', async () => {
  const sender = new AbortController()
  let produced = 0
  const stock = createOpeningStock({
    database: {} as Database,
    producer: {
      produce: async (messages) => {
        produced += messages.length
        sender.abort()
        return messages.map((_, offset) => ({ topicId: 'any', partition: 0, offset }))
      },
    },
    positions: { wait: async () => false },
    clock: () => (Date.UTC(2026, 0, 1) * 1000) as Micros,
    openingWaitMs: 1000,
  })
  await assert.rejects(stock.takeIn(file, sender.signal), { name: 'AbortError' })
  assert.equal(produced, 1000)
})
