/** The bench on small books: what it asks is there, and all there is to ask is asked. */
import assert from 'node:assert/strict'
import test from 'node:test'
import { load, topic } from '../../bench/questions/load.ts'
import { questionsOf } from '../../bench/questions/question-list.ts'
import { createBenchServer } from '../../bench/questions/server.ts'
import { reportsOf } from '../../bench/questions/trips.ts'
import { movementStatuses } from '../../src/booking/movement-view.ts'
import { createClient, items } from '../../src/client/client.ts'
import { operations } from '../../src/client/description.ts'
import { checkBooks } from '../support/books.ts'
import { freshDatabase } from '../support/environment.ts'
import { openDatabase } from '../support/ledger.ts'

/** As small as it can be with a second page of 200 in every list. */
const shape = { movements: 10_000, depots: 4, shops: 250, products: 210 }
/** The only operation that reads and is no GET. */
const readByPost = 'queryCards'

test('every read of the interface is asked, and answered from books that agree with each other', async (t) => {
  const database = openDatabase(t, await freshDatabase(t))
  const loaded = await load(database, reportsOf(shape), () => {})
  await checkBooks(database)
  const server = createBenchServer(database, topic)
  const { port } = await server.start()
  t.after(() => server.stop())
  const client = createClient({ baseUrl: `http://127.0.0.1:${port}` })

  const questions = await questionsOf(client, { shape, loaded })
  for (const { prepare } of questions) await prepare(client)()

  const reads = Object.entries(operations).filter(
    ([name, { method }]) => method === 'GET' || name === readByPost,
  )
  assert.deepEqual(new Set(questions.map(({ operation }) => operation)), new Set(reads.map(([name]) => name)))
  const listed = await Array.fromAsync(items(client.listMovements, { limit: 200 }))
  assert.deepEqual(new Set(listed.map(({ status }) => status)), new Set(movementStatuses))
})
