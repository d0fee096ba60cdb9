import assert from 'node:assert/strict'
import { freshDatabase } from '../support/environment.ts'
import { countFaults } from '../support/fault-counts.ts'
import { openDatabase } from '../support/ledger.ts'
import { waitFor } from '../support/wait.ts'
import { fault } from './fault.ts'

/** That of src/store/migrate.ts: whoever holds it is bringing the schema up to date. */
const migrationLock = 7_246_221
/** The slow migrator says nothing while replicas are started, however busy the machine is. */
const patienceMs = 300_000

fault(
  'F23',
  'of several that migrate at once one works and the others wait, and an old version works beside a newer one',
  async (run) => {
    const rounds = run.choose({ whole: 3, share: 1 })
    for (let round = 0; round < rounds; round += 1) {
      const address = await freshDatabase(run.t)
      const operator = openDatabase(run.t, address, { statementTimeoutMs: patienceMs })
      await operator.query('drop schema public cascade')
      await operator.query('create schema public')
      const scene = await run.scene({ messages: 2000, database: address })
      // A third migrator, a slow one, is at it already.
      const replicas = await operator.transaction(async (session) => {
        await session.query(`select pg_advisory_xact_lock(${migrationLock})`)
        const started = [await scene.startReplica(), await scene.startReplica()]
        for (const replica of started) {
          const hasMet = async (): Promise<boolean> => (await countFaults([replica], 'migration_running')) > 0
          await waitFor('each of them to meet it', hasMet, { limitMs: patienceMs })
        }
        for (const replica of started) {
          const { status, body } = await replica.get('/health/ready')
          assert.equal(status, 503)
          assert.match(JSON.stringify(body), /bringing the schema up to date/)
        }
        return started
      })
      run.inflict()
      for (const replica of replicas) await replica.ready()
      await scene.feed(0, 0.5)
      await scene.untilBooked(0.5)

      // A newer version is rolled out: it has brought a migration of its own.
      await operator.query(
        "insert into migration (version, name, checksum) values (9999, '9999-of-a-newer-version', 'x')",
      )
      const old = await scene.startReplica()
      await old.ready()
      run.inflict()
      await scene.feed(0.5, 1)
      await scene.settle()
      for (const { log } of [...replicas, old]) {
        assert.deepEqual(
          log.filter((line) => /"level":"(error|fatal)"/.test(line)),
          [],
        )
      }
      const applied = await operator.query('select from migration where version < 9999')
      run.measured(`${applied.length} migrations, each applied once`)
    }
  },
)
