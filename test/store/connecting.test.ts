/** Getting a connection, from a server that stops answering, or goes away, at any moment of it. */
import assert from 'node:assert/strict'
import { suite, test, type TestContext } from 'node:test'
import type { Database } from '../../src/store/database.ts'
import { freshDatabase } from '../support/environment.ts'
import { faultProxy, type FaultProxy } from '../support/fault-proxy.ts'
import { openDatabase } from '../support/ledger.ts'

const connectTimeoutMs = 2000

async function behindProxy(t: TestContext): Promise<{ database: Database; proxy: FaultProxy }> {
  const address = await freshDatabase(t)
  const proxy = await faultProxy(t, address)
  const database = openDatabase(
    t,
    { ...address, host: '127.0.0.1', port: proxy.port },
    { poolSize: 1, connectTimeoutMs },
  )
  return { database, proxy }
}

suite('a connection that is made', () => {
  test('to a server that never answers is given up in time, and the fault says so', async (t) => {
    const { database, proxy } = await behindProxy(t)
    proxy.silence(true)
    await assert.rejects(database.query('select 1'), { code: 'database_timed_out', kind: 'outage' })
    proxy.silence(false)
    assert.deepEqual(await database.query('select 1 as one'), [{ one: 1 }])
  })

  test('to a server that falls silent behind the login is given up in time, too, and its place is free', async (t) => {
    const { database, proxy } = await behindProxy(t)
    proxy.watch((bytes, direction) => {
      if (direction === 'toServer' && bytes.includes('set timezone')) proxy.silence(true)
      return 'pass'
    })
    await assert.rejects(database.query('select 1'), { code: 'database_timed_out', kind: 'outage' })
    proxy.watch(null)
    proxy.silence(false)
    assert.deepEqual(await database.query('select 1 as one'), [{ one: 1 }])
  })

  test('to a server that goes away behind the login is a fault like any other', async (t) => {
    const { database, proxy } = await behindProxy(t)
    proxy.watch((bytes, direction) =>
      direction === 'toServer' && bytes.includes('set timezone') ? 'reset' : 'pass',
    )
    await assert.rejects(database.query('select 1'), { code: 'connection_lost', kind: 'outage' })
    proxy.watch(null)
    assert.deepEqual(await database.query('select 1 as one'), [{ one: 1 }])
  })

  test('for a wrong password or a database that is not there is refused by name', async (t) => {
    const address = await freshDatabase(t)
    for (const wrong of [{ password: 'wrong' }, { database: 'timeout' }]) {
      const database = openDatabase(t, { ...address, ...wrong }, { connectTimeoutMs: 20_000 })
      await assert.rejects(database.query('select 1'), { code: 'access_denied', kind: 'outage' })
    }
  })
})
