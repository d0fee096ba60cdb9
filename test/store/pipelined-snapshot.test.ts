import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, createServer, type AddressInfo } from 'node:net'
import { test } from 'node:test'
import { Fault } from '../../src/fault.ts'
import { freshLedger, openDatabase } from '../support/ledger.ts'

const count = 'select count(*) as rows from transit'
const insert = `insert into transit values (gen_random_uuid(), gen_random_uuid(), 1, now())`

test('what a snapshot asks is of one moment, at once or one after the other, and its end frees the connection', async (t) => {
  const { address, database } = await freshLedger(t)
  const readers = openDatabase(t, address, { poolSize: 1, applicationName: 'readers' })
  const counts = await readers.snapshot(async (session) => {
    const first = await Promise.all([session.query(count), session.query(count, [], { name: 'count' })])
    await database.query(insert)
    return [...first, await session.query(count, [], { name: 'count' }), await session.query(count)]
  })
  assert.deepEqual(counts, [[{ rows: 0 }], [{ rows: 0 }], [{ rows: 0 }], [{ rows: 0 }]])
  const last = await readers.snapshot(async (session) => await session.query(count, [], { isLast: true }))
  assert.deepEqual(last, [{ rows: 1 }])
  const states = await database.query(
    "select state from pg_stat_activity where application_name = 'readers' and datname = current_database()",
  )
  assert.deepEqual(states, [{ state: 'idle' }])
})

test('nothing is asked of a snapshot that has ended: it would be of another moment', async (t) => {
  const { address } = await freshLedger(t)
  const readers = openDatabase(t, address, { poolSize: 1 })
  const late = readers.snapshot(async (session) => {
    await session.query(count, [], { isLast: true })
    return await session.query(count)
  })
  await assert.rejects(late, /after its last question/)
  assert.deepEqual(await readers.query(count), [{ rows: 0 }])
})

test('of several questions the one that failed says why, and the next snapshot is whole', async (t) => {
  const { address } = await freshLedger(t)
  const readers = openDatabase(t, address, { poolSize: 1, statementTimeoutMs: 1000 })
  const failing = readers.snapshot(
    async (session) => await Promise.all([session.query('select pg_sleep(30)'), session.query(count)]),
  )
  await assert.rejects(failing, (error) => error instanceof Fault && error.code === 'statement_timeout')
  assert.deepEqual(await readers.snapshot(async (session) => await session.query(count)), [{ rows: 0 }])
})

test('a server that falls silent is hung up on, whatever was sent ahead, and is asked anew', async (t) => {
  const { address } = await freshLedger(t)
  let isSilent = false
  const between = createServer((inbound) => {
    const outbound = connect(address.port, address.host)
    inbound.on('data', (bytes) => isSilent || outbound.write(bytes))
    outbound.pipe(inbound)
    inbound.on('close', () => outbound.destroy()).on('error', () => undefined)
    outbound.on('error', () => undefined)
  })
  between.listen(0, '127.0.0.1')
  await once(between, 'listening')
  t.after(() => between.close())
  const { port } = between.address() as AddressInfo
  const way = { ...address, host: '127.0.0.1', port }
  const readers = openDatabase(t, way, { poolSize: 1, statementTimeoutMs: 1000 })
  await readers.query(count)
  isSilent = true
  const began = performance.now()
  const unanswered = readers.snapshot(
    async (session) => await Promise.all([session.query(count), session.query(count)]),
  )
  await assert.rejects(unanswered, { code: 'database_timed_out', kind: 'outage' })
  assert(performance.now() - began < 5000)
  isSilent = false
  assert.deepEqual(await readers.query(count), [{ rows: 0 }])
})
