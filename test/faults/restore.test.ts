import assert from 'node:assert/strict'
import { withAdmin } from '../../stack/topic.ts'
import type { Queryable } from '../../src/store/database.ts'
import { backUpFiles, backUpTables, type Backup } from '../support/backup.ts'
import { freshDatabase, kafkaAddress, redisAddress, type DatabaseAddress } from '../support/environment.ts'
import { openDatabase } from '../support/ledger.ts'
import { ownPostgres } from '../support/own-postgres.ts'
import { sessionPooler } from '../support/pooler.ts'
import type { Scene } from '../support/scene.ts'
import { waitFor } from '../support/wait.ts'
import { fault, type FaultRun } from './fault.ts'

const environment = { BATCH_MAX_EVENTS: '200', KAFKA_COMMIT_INTERVAL_MS: '200' }

/** What the docs tell an operator to do behind a restore. */
async function renewEpoch(database: Queryable): Promise<void> {
  await database.query('update cache_epoch set epoch = gen_random_uuid()')
}

function sceneOn(run: FaultRun, database: DatabaseAddress): Promise<Scene> {
  const messages = run.choose({ whole: 50_000, share: 4000 })
  return run.scene({ messages, database, redis: redisAddress(), environment })
}

fault(
  'F24',
  'a database restored under living processes, whose connections a pooler keeps, is given all it lacks, once',
  async (run) => {
    const address = await freshDatabase(run.t)
    const pooler = await sessionPooler(run.t, address)
    const operator = openDatabase(run.t, address, { applicationName: 'operator' })
    const scene = await sceneOn(run, pooler.address)
    const [replica] = [await scene.startReplica(), await scene.startReplica()]
    for (const one of scene.replicas) await one.ready()
    scene.readAtTheSide()
    await scene.feed(0, 0.4)
    await scene.untilBooked(0.4)
    const backup = await backUpTables(operator, 'the_backup')
    await scene.feed(0.4, 0.7)
    await scene.untilBooked(0.7)

    // Nothing comes from the topic just then: who has nothing to book must see it by itself.
    const before = await intakeSessions(operator)
    await backup.restore()
    run.inflict()
    await renewEpoch(operator)
    const restoredMs = performance.now()
    await scene.untilBooked(0.7)
    run.measured(
      `what was lacking was booked again ${secondsSince(restoredMs)} s after a restore without traffic`,
    )
    const kept = (await intakeSessions(operator)).filter((pid) => before.includes(pid))
    assert.notDeepEqual(kept, [], 'connections over the restore')

    // And in the middle of it.
    const feeding = scene.feed(0.7, 1)
    await scene.untilBooked(0.8)
    await backup.restore()
    run.inflict()
    await renewEpoch(operator)
    await feeding
    assert.equal(await replica.end('SIGTERM'), 0)
    scene.forget(replica)
    await scene.startReplica()
    await scene.untilBooked(1)
    await waitFor('a connection that is handed on', () => pooler.handedOver > 0)
    run.measured(`the pooler handed on ${pooler.handedOver} connections`)
    await scene.settle()
  },
)

fault(
  'F24',
  'a database whose files are replaced by those of a backup is given all it lacks, once',
  async (run) => {
    const postgres = await ownPostgres(run.t)
    await postgres.start()
    const scene = await sceneOn(run, postgres.address)
    await scene.startReplica()
    await scene.startReplica()
    scene.readAtTheSide()
    await scene.feed(0, 0.3)
    await scene.untilBooked(0.3)
    const backup = await backUpFiles(postgres)
    for (const share of [0.6, 1]) {
      await scene.feed(share === 1 ? 0.6 : 0.3, share)
      await scene.untilBooked(share === 1 ? 0.8 : 0.6)
      await backup.restore()
      run.inflict()
      await renewEpoch(scene.database)
      const restoredMs = performance.now()
      await scene.untilBooked(share)
      run.measured(`what was lacking was booked again ${secondsSince(restoredMs)} s after a restore`)
    }
    await scene.settle()
  },
  { onlyWhole: 'the form above stands for it' },
)

fault(
  'F24',
  'a database that was restored to before the beginning of the log is booked no further, and the partitions say so',
  async (run) => {
    const scene = await sceneOn(run, await freshDatabase(run.t))
    const replica = await scene.startReplica()
    await scene.feed(0, 0.5)
    await scene.untilBooked(0.5)
    const old = await backUpTables(scene.database, 'the_old_one')
    await scene.feed(0.5, 1)
    await scene.untilBooked(1)
    const recent: Backup = await backUpTables(scene.database, 'the_recent_one')
    await deleteAllRecords(scene)
    const wasBooked = await backedUpShare(scene)

    await old.restore()
    run.inflict()
    await renewEpoch(scene.database)
    await waitFor(
      'each partition to stop',
      async () => {
        const stopped = await Promise.all(
          [0, 1, 2, 3, 4, 5].map((n) => replica.metric(`bincard_partition_stopped{partition="${n}"}`)),
        )
        return stopped.every((one) => one === 1)
      },
      { limitMs: 120_000 },
    )
    const { status, body } = await replica.get('/health/ready')
    assert.equal(status, 503)
    assert.match(JSON.stringify(body), /Partition 5 is halted/)
    const told = (): number => replica.log.filter((line) => line.includes('position_before_log')).length
    await waitFor('the log to tell it of each', () => told() === 6)
    assert.equal(await scene.booked(), wasBooked, 'nothing was booked past the gap')

    // What helps is a younger backup, and a process that looks again.
    await recent.restore()
    await renewEpoch(scene.database)
    assert.equal(await replica.end('SIGTERM'), 0)
    scene.forget(replica)
    await (await scene.startReplica()).ready()
    await scene.settle()
  },
)

/** Processes of the server that the intake has sessions with. */
async function intakeSessions(database: Queryable): Promise<number[]> {
  const rows = await database.query<{ pid: number }>(
    `select pid from pg_stat_activity where datname = current_database() and application_name = 'bincard intake'`,
  )
  return rows.map(({ pid }) => pid)
}

async function deleteAllRecords({ topic, workload }: Scene): Promise<void> {
  const ends = new Map<number, number>()
  for (const { partition } of workload.sent) ends.set(partition, (ends.get(partition) ?? 0) + 1)
  const partitions = [...ends].map(([partition, end]) => ({ partition, offset: BigInt(end) }))
  await withAdmin(kafkaAddress(), (admin) => admin.deleteRecords({ topics: [{ name: topic, partitions }] }))
}

/** Messages that the old backup has booked. */
async function backedUpShare({ database }: Scene): Promise<number> {
  const [row] = await database.query<{ sum: number }>(
    'select sum(next_offset)::bigint as sum from the_old_one.kafka_position',
  )
  return row?.sum ?? 0
}

function secondsSince(ms: number): string {
  return ((performance.now() - ms) / 1000).toFixed(1)
}
