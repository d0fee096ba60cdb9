import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { suite, test, type TestContext } from 'node:test'
import pg from 'pg'
import { Fault } from '../../src/fault.ts'
import { noPageBars } from '../../src/store/batch-bars.ts'
import { NearState } from '../../src/store/near-state.ts'
import { writeBatch } from '../../src/store/write-batch.ts'
import { checkBooks } from '../support/books.ts'
import { arrival } from '../support/events.ts'
import { freshLedger, itemsOf, openDatabase, partitionOf, type TestLedger } from '../support/ledger.ts'
import { waitFor } from '../support/wait.ts'

/** As the service names those of its intake. */
const applicationName = 'bincard intake'
const statementTimeoutMs = 1_000

suite('an owner that is frozen amid its transaction', () => {
  test('its rows are freed when it has half sent its rows, and the heir books', async (t) => {
    const ledger = await ledgerWithOneBatch(t)
    const frozen = await takePosition(t, ledger)
    const closed = new Promise((resolve) => frozen.once('end', resolve))
    frozen.query(new HalfCopy())
    await waitFor('a COPY that waits for rows', async () => (await waitOf(ledger)) === 'active ClientRead')

    const codes = await bookUntilDone(t, ledger)
    assert.equal(codes.at(-1), 'silent_owner_ended')
    await closed
    assert.equal((await checkBooks(ledger.database)).lines.length, 2)
  })

  test('its rows are freed when it is silent between two statements', async (t) => {
    const ledger = await ledgerWithOneBatch(t)
    const frozen = await takePosition(t, ledger)
    const closed = new Promise((resolve) => frozen.once('end', resolve))
    const codes = await bookUntilDone(t, ledger)
    assert.equal(codes.at(-1), 'silent_owner_ended')
    await closed
  })

  test('one that works, however long, is left alone', async (t) => {
    const ledger = await ledgerWithOneBatch(t)
    const busy = await takePosition(t, ledger)
    // Far beyond the limit of silence: the server is at work for it.
    const working = busy.query('select pg_sleep(4)').then(async () => await busy.query('rollback'))
    const codes = await bookUntilDone(t, ledger)
    await working
    assert.ok(codes.includes('lock_timeout'))
    assert.equal(codes.includes('silent_owner_ended'), false)
  })
})

/** With a batch booked, so that there is a position to take. */
async function ledgerWithOneBatch(t: TestContext): Promise<TestLedger> {
  const ledger = await freshLedger(t)
  await ledger.book([arrival({ movement: 1, quantity: 5 })])
  return ledger
}

/** A connection like those of the intake, in a transaction that has taken the position; without any time-out. */
async function takePosition(t: TestContext, { address }: TestLedger): Promise<pg.Client> {
  const client = new pg.Client({ ...address, application_name: applicationName })
  client.on('error', () => undefined)
  await client.connect()
  t.after(() => client.end())
  await client.query('begin')
  await client.query('update kafka_position set next_offset = next_offset + 1')
  return client
}

async function waitOf({ database }: TestLedger): Promise<string | undefined> {
  const [row] = await database.query<{ wait: string }>(
    `select state || ' ' || wait_event as wait from pg_stat_activity
     where application_name = $1 and datname = current_database()`,
    [applicationName],
  )
  return row?.wait
}

/** The codes of the faults before it came through. */
async function bookUntilDone(t: TestContext, { address }: TestLedger): Promise<string[]> {
  const limits = { statementTimeoutMs, lockTimeoutMs: statementTimeoutMs / 4 }
  const database = openDatabase(t, address, { ...limits, applicationName })
  const parts = {
    database,
    nearState: new NearState(100),
    newToken: () => randomUUID(),
    pageBars: noPageBars,
  }
  const batch = {
    partition: partitionOf(0),
    from: { nextOffset: 1, leaderEpoch: 0 },
    to: { nextOffset: 2, leaderEpoch: 0 },
    items: itemsOf([arrival({ movement: 2, quantity: 5 })], { partition: 0, from: 1 }),
  }
  const codes: string[] = []
  await waitFor('the batch to be booked', async () => {
    try {
      return (await writeBatch(parts, batch)) !== 'fenced'
    } catch (error) {
      if (!(error instanceof Fault)) throw error
      codes.push(error.code)
      return false
    }
  })
  return codes
}

/** Begins a COPY and sends a part of a row, and nothing more. */
class HalfCopy implements pg.Submittable {
  submit(connection: pg.Connection): void {
    connection.query('copy card_line from stdin')
    const piece = Buffer.from('half a row')
    const header = Buffer.alloc(5)
    header.write('d')
    header.writeUInt32BE(4 + piece.length, 1)
    connection.stream.write(Buffer.concat([header, piece]))
  }

  handleCopyInResponse(): void {}

  handleError(): void {}

  handleReadyForQuery(): void {}
}
