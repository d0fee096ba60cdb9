import assert from 'node:assert/strict'
import { withAdmin } from '../../stack/topic.ts'
import { freshDatabase, kafkaAddress } from '../support/environment.ts'
import { faultProxy } from '../support/fault-proxy.ts'
import type { ServiceProcess } from '../support/service-process.ts'
import { waitFor } from '../support/wait.ts'
import { seededRandom } from '../support/workload.ts'
import { fault } from './fault.ts'

/** How PostgreSQL says that a transaction is committed (CommandComplete). */
const committed = Buffer.from('C\0\0\0\u000bCOMMIT\0')
/** The longest there is: Kafka's own commit never comes. */
const commitIntervalMs = 600_000
/** Commits of one life, at most. */
const mostCommits = 5

fault(
  'F2',
  'what is committed to PostgreSQL, and not to Kafka, books nothing when it is delivered again',
  async (run) => {
    const crashes = run.choose({ whole: 100, share: 3 })
    const database = await freshDatabase(run.t)
    const proxy = await faultProxy(run.t, database)
    const scene = await run.scene({
      messages: run.choose({ whole: 50_000, share: 4_000 }),
      database,
      environment: {
        POSTGRES_PORT: String(proxy.port),
        KAFKA_COMMIT_INTERVAL_MS: String(commitIntervalMs),
        BATCH_MAX_EVENTS: '20',
      },
    })
    const random = seededRandom(run.seed)
    // A group of its own for each life: nobody has to wait until the session of the dead one is over.
    const groupOf = (life: number): string => `${scene.topic}-${life}`
    for (let crash = 0; crash < crashes; crash += 1) {
      await scene.feed(crash / crashes, (crash + 1) / crashes)
      const before = await scene.booked()
      const replica = await scene.startReplica({ KAFKA_GROUP_ID: groupOf(crash) })
      let commits = 1 + Math.floor(random() * mostCommits)
      proxy.watch((bytes, direction) => {
        if (direction !== 'toClient' || !bytes.includes(committed) || --commits > 0) return 'pass'
        // The database has said so, and nobody will ever hear it.
        replica.signal('SIGKILL')
        return 'reset'
      })
      await hasEnded(replica)
      proxy.watch(null)
      scene.forget(replica)
      run.inflict()
      assert.ok((await scene.booked()) > before, 'the batch was not committed')
      assert.deepEqual(await committedToKafka(groupOf(crash), scene.topic), [])
    }
    await scene.startReplica({ KAFKA_GROUP_ID: groupOf(crashes), BATCH_MAX_EVENTS: '5000' })
    await scene.settle()
    run.measured(`${crashes} batches committed and never heard of`)
  },
)

async function hasEnded(replica: ServiceProcess): Promise<void> {
  await waitFor('the kill', () => replica.exit() !== null, { limitMs: 120_000 })
}

/** Offsets of the group; none where nothing was ever committed. */
async function committedToKafka(groupId: string, topic: string): Promise<bigint[]> {
  return await withAdmin(kafkaAddress(), async (admin) => {
    const partitionIndexes = [0, 1, 2, 3, 4, 5]
    const groups = await admin.listConsumerGroupOffsets({
      groups: [{ groupId, topics: [{ name: topic, partitionIndexes }] }],
    })
    return groups
      .flatMap(({ topics }) => topics)
      .flatMap(({ partitions }) => partitions)
      .map(({ committedOffset }) => committedOffset)
      .filter((offset) => offset >= 0n)
  })
}
