import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { formatTimestamp } from '../../src/message/timestamp.ts'
import type { Micros } from '../../src/message/event.ts'
import { Database } from '../../src/store/database.ts'
import { isUpToDate, migrate } from '../../src/store/migrate.ts'
import { Waits } from '../../src/waits.ts'
import { checkBooks } from '../support/books.ts'
import { arrival } from '../support/events.ts'
import { freshLedger, namesOf, openDatabase } from '../support/ledger.ts'
import { waitFor } from '../support/wait.ts'

suite('the database', () => {
  test('a server with a time zone and a date style of its own changes nothing', async (t) => {
    const ledger = await freshLedger(t)
    const name = ledger.address.database
    await ledger.database.query(`alter database ${name} set timezone = 'Europe/Moscow'`)
    await ledger.database.query(`alter database ${name} set datestyle = 'SQL, DMY'`)
    const abroad = ledger.another()
    const occurredAt = (Date.UTC(1900, 0, 1) * 1000 + 1) as Micros
    const event = { ...arrival({ quantity: 5 }), occurredAt }
    assert.deepEqual(namesOf(await abroad.book([event])), ['booked'])
    assert.deepEqual(namesOf(await abroad.book([event])), ['duplicate'])
    const [row] = await abroad.database.query<{ occurred_at: Micros }>('select occurred_at from movement_leg')
    assert.equal(row && formatTimestamp(row.occurred_at), '1900-01-01T00:00:00.000001Z')
  })

  test('a statement that waits for its answer is seen as a wait, and one that failed is not', async (t) => {
    const ledger = await freshLedger(t)
    const waits = new Waits()
    const limits = { poolSize: 2, connectTimeoutMs: 5000, statementTimeoutMs: 5000, lockTimeoutMs: 5000 }
    const database = new Database({
      ...ledger.address,
      ...limits,
      queueTimeoutMs: 5000,
      applicationName: 'bincard-test',
      waits,
    })
    t.after(() => database.close())
    await ledger.database.transaction(async (session) => {
      await session.query('lock table card_line in access exclusive mode')
      const waiting = database.query('select from card_line')
      await waitFor('the wait', () => waits.oldestMs() > 0)
      await session.query('select 1')
      void waiting.catch(() => undefined)
    })
    await assert.rejects(database.query('select from nothing'))
    await waitFor('nobody to wait any more', () => waits.oldestMs() === 0)
  })

  test('an operator who makes the database read-only is obeyed, and the fault says so', async (t) => {
    const ledger = await freshLedger(t)
    await ledger.database.query(
      `alter database ${ledger.address.database} set default_transaction_read_only = on`,
    )
    const writer = ledger.another()
    await assert.rejects(writer.book([arrival({ quantity: 5 })]), {
      code: 'database_read_only',
      kind: 'outage',
    })
    await ledger.database.query(
      `alter database ${ledger.address.database} set default_transaction_read_only = off`,
    )
    await waitFor(
      'writes again',
      async () => namesOf(await writer.book([arrival({ quantity: 5 })]))[0] === 'booked',
    )
  })

  test('a statement that takes too long is ended on the server, too', async (t) => {
    const { address } = await freshLedger(t)
    const quick = openDatabase(t, address, { statementTimeoutMs: 200 })
    await assert.rejects(quick.query('select pg_sleep(30)'), { code: 'statement_timeout' })
    const others = await quick.query(
      "select 1 from pg_stat_activity where query like '%pg_sleep(30)' and state = 'active'",
    )
    assert.equal(others.length, 0)
  })

  test('whoever finds all connections in use waits for one, in the order of coming', async (t) => {
    const { address } = await freshLedger(t)
    const database = openDatabase(t, address, { poolSize: 2 })
    // Making a connection takes its time, too.
    await Promise.all([database.query('select pg_sleep(0.1)'), database.query('select pg_sleep(0.1)')])
    const order: number[] = []
    await Promise.all(
      [1, 2, 3, 4, 5, 6].map(async (n) => {
        await database.query(`select pg_sleep(${n % 2 === 0 ? 0.05 : 0.04})`)
        order.push(n)
      }),
    )
    assert.deepEqual(new Set(order.slice(0, 2)), new Set([1, 2]))
    const impatient = openDatabase(t, address, { poolSize: 1, queueTimeoutMs: 20 })
    const first = impatient.query('select pg_sleep(0.3)')
    await assert.rejects(impatient.query('select 1'), { code: 'connections_busy', kind: 'outage' })
    await first
    assert.deepEqual(await impatient.query('select 1 as one'), [{ one: 1 }])
  })

  test('of two migrators at once one works and the other comes back later; both find it done', async (t) => {
    const ledger = await freshLedger(t)
    await ledger.database.query('drop schema public cascade; create schema public')
    const databases = [1, 2, 3].map(() => openDatabase(t, ledger.address))
    assert.equal(await isUpToDate(ledger.database), false)
    const results = await Promise.allSettled(databases.map((database) => migrate(database)))
    const applied = results.filter(({ status }) => status === 'fulfilled')
    const busy = results.filter(
      (result) => result.status === 'rejected' && result.reason.code === 'migration_running',
    )
    assert.ok(applied.length >= 1)
    assert.equal(applied.length + busy.length, 3)
    assert.equal(await isUpToDate(ledger.database), true)
    assert.deepEqual(await migrate(ledger.database), [])
    await ledger.book([arrival({ quantity: 1 })])
    await checkBooks(ledger.database)
  })

  test('a migration that only a newer version knows is left alone, one that was edited is refused', async (t) => {
    const { database } = await freshLedger(t)
    await database.query("insert into migration (version, name, checksum) values (9999, '9999-newer', 'x')")
    assert.equal(await isUpToDate(database), true)
    await database.query("update migration set checksum = 'edited' where version = 1")
    await assert.rejects(migrate(database), /changed after it was applied/)
  })
})
