import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { countFaults } from '../support/fault-counts.ts'
import { ownPostgres } from '../support/own-postgres.ts'
import { postgresProxy } from '../support/postgres-proxy.ts'
import { waitFor } from '../support/wait.ts'
import { fault } from './fault.ts'

const replicas = 4
const shortMs = 20_000
/**
 * A process tries at most: eight readers at the side each 100 ms or so, its probe and its rate each second, its lanes with
 * a back-off that soon comes to seconds. A loop without a pause would try thousands of times a second.
 */
const mostTriesASecond = 60

fault(
  'F17',
  'too few connections for all replicas are told, shared by tries with a pause, and end nobody',
  async (run) => {
    const postgres = await ownPostgres(run.t)
    await postgres.start({ max_connections: '10' })
    const proxy = await postgresProxy(run.t, postgres.address)
    const scene = await run.scene({
      messages: 50_000,
      database: proxy.address,
      environment: { BATCH_MAX_EVENTS: '500' },
    })
    const madeSoFar = (): number => [...proxy.made.values()].reduce((sum, count) => sum + count, 0)
    for (let n = 0; n < replicas; n += 1) await scene.startReplica()
    scene.readAtTheSide({ readers: 8, pauseMs: 100 })
    const [startedMs, before] = [performance.now(), madeSoFar()]
    await scene.feed()
    run.inflict()
    const isTold = async (): Promise<boolean> =>
      (await countFaults(scene.replicas, 'too_many_connections')) > 0
    await waitFor('the fault', isTold, { limitMs: shortMs })
    await sleep(Math.max(0, shortMs - (performance.now() - startedMs)))
    const perSecond = (madeSoFar() - before) / ((performance.now() - startedMs) / 1000)
    const faults = await countFaults(scene.replicas, 'too_many_connections')
    const said = scene.replicas.flatMap(({ log }) =>
      log.filter((line) => line.includes('PostgreSQL has no connection left for us')),
    )
    assert(said.length > 0, 'nobody says so')
    for (const replica of scene.replicas) assert.equal(replica.exit(), null)
    // Who looks into the database finds no connection, either.
    const counts = await Promise.all(
      scene.replicas.map((replica) => replica.metric('bincard_batch_events_sum')),
    )
    const share = counts.reduce((sum, count) => sum + count, 0) / scene.total
    run.measured(
      `${perSecond.toFixed(1)} connections made a second by ${replicas} processes, ${faults} faults, ${Math.round(share * 100)} % booked meanwhile`,
    )
    assert(perSecond < mostTriesASecond * replicas, `${perSecond} tries a second`)
    // The operator allows more.
    await postgres.stop()
    await postgres.start({ max_connections: '100' })
    for (const replica of scene.replicas) await replica.ready()
    await scene.settle()
  },
  { onlyWhole: 'what four processes do in twenty seconds with ten connections' },
)
