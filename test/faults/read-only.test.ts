import assert from 'node:assert/strict'
import { countAllFaults, countFaults } from '../support/fault-counts.ts'
import { openDatabase } from '../support/ledger.ts'
import { ownPostgres } from '../support/own-postgres.ts'
import { waitFor } from '../support/wait.ts'
import { fault } from './fault.ts'

fault(
  'F16',
  'a database that takes no writes is waited for, read meanwhile, and booked into on new connections afterwards',
  async (run) => {
    const times = run.choose({ whole: 5, share: 1 })
    const postgres = await ownPostgres(run.t, { durability: run.choose({ whole: 'full', share: 'none' }) })
    await postgres.start()
    const scene = await run.scene({
      messages: run.choose({ whole: 50_000, share: 4000 }),
      database: postgres.address,
      environment: { BATCH_MAX_EVENTS: '200' },
    })
    const operator = openDatabase(run.t, postgres.address, {
      applicationName: 'operator',
      serverSettings: { default_transaction_read_only: 'off' },
    })
    const setReadOnly = async (value: 'on' | 'off'): Promise<void> => {
      await operator.query(`alter system set default_transaction_read_only = ${value}`)
      await operator.query('select pg_reload_conf()')
    }
    const writers = async (): Promise<number[]> => {
      const rows = await operator.query<{ pid: number }>(
        "select pid from pg_stat_activity where application_name = 'bincard intake' order by pid",
      )
      return rows.map(({ pid }) => pid)
    }
    const replica = await scene.startReplica()
    await replica.ready()
    const side = scene.readAtTheSide()
    for (let time = 0; time < times; time += 1) {
      await scene.feed(time / times, (time + 0.5) / times)
      await scene.untilBooked((time + 0.2) / times)
      const [before, counted] = [await writers(), await countFaults([replica], 'database_read_only')]
      side.begin()
      await setReadOnly('on')
      run.inflict()
      await scene.feed((time + 0.5) / times, (time + 1) / times)
      const isTold = async (): Promise<boolean> =>
        (await countFaults([replica], 'database_read_only')) > counted
      await waitFor('the fault', isTold, { limitMs: 60_000 })
      const health = await waitFor('no readiness', async () => {
        const answer = await replica.get('/health/ready')
        return answer.status === 503 ? JSON.stringify(answer.body) : null
      })
      assert.match(health, /accepts no writes/)
      // One that is started meanwhile waits, too.
      const late = await scene.startReplica()
      assert.equal((await late.get('/health/live')).status, 200)
      await setReadOnly('off')
      await scene.untilBooked((time + 1) / times)
      assert.deepEqual(
        [...side.seen().statuses.keys()].filter((status) => status !== 200 && status !== 404),
        [],
      )
      const kept = (await writers()).filter((pid) => before.includes(pid))
      assert.deepEqual(kept, [], 'connections that saw a server that takes no writes')
      assert.equal(await late.end('SIGTERM'), 0)
      scene.forget(late)
    }
    run.measured(`${await countAllFaults(replica)} faults counted`)
    await scene.settle()
  },
)
