import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { seconds } from '../support/consuming.ts'
import type { Scene } from '../support/scene.ts'
import { waitFor } from '../support/wait.ts'
import { seededRandom } from '../support/workload.ts'
import { fault } from './fault.ts'

const partitions = 6
const mostReplicas = 12
const stormMs = 60_000
const changeEveryMs = 500
/** In each such time after the storm something is booked, and nothing is stuck. */
const progressWithinMs = 10_000
/** Small batches: there is work during the storm and after it. */
const batchMaxEvents = '50'

fault(
  'F4',
  'replicas that join and leave twice a second stop no partition for longer than the storm',
  async (run) => {
    const scene = await run.scene({
      messages: 50_000,
      partitions,
      environment: { BATCH_MAX_EVENTS: batchMaxEvents },
    })
    const random = seededRandom(run.seed)
    scene.readAtTheSide()
    await scene.startReplica()
    await scene.feed(0, 0.5)
    const changes: Promise<unknown>[] = []
    let starting = 0
    const join = async (): Promise<void> => {
      starting += 1
      await scene.startReplica()
      starting -= 1
    }
    const endMs = performance.now() + stormMs
    while (performance.now() < endMs) {
      const { length } = scene.replicas
      // The first one stays: there is always somebody to read from.
      const leaving = length > 1 && (length + starting >= mostReplicas || random() < 0.5)
      if (leaving) changes.push(leave(scene, 1 + Math.floor(random() * (length - 1))))
      else if (length + starting < mostReplicas) changes.push(join())
      run.inflict()
      await sleep(changeEveryMs)
    }
    await Promise.all(changes)
    run.measured(`${scene.replicas.length} replicas in the end`)

    const calmMs = performance.now()
    await scene.feed(0.5, 1)
    const slowestMs = await longestStandstill(scene)
    run.measured(
      `all booked ${seconds(performance.now() - calmMs)} after it, no partition stood still for longer than ${seconds(slowestMs)}`,
    )
    assert.ok(slowestMs <= run.limit(progressWithinMs), `a partition stood still for ${seconds(slowestMs)}`)
    await waitFor(
      'each partition with one owner',
      async () => {
        const counts = await Promise.all(scene.replicas.map((replica) => replica.partitions()))
        return counts.reduce((sum, count) => sum + count, 0) === partitions
      },
      { limitMs: 60_000 },
    )
    await scene.settle()
  },
  { onlyWhole: 'twelve processes at a time need the machine for themselves' },
)

async function leave(scene: Scene, index: number): Promise<void> {
  const replica = scene.replicas[index]
  if (replica === undefined) return
  scene.forget(replica)
  const code = await replica.end('SIGTERM')
  assert.equal(code, 0, `its end, ${JSON.stringify(replica.exit())}: ${replica.log.slice(-5).join('\n')}`)
}

/** Waits until all is booked; the longest time in which a partition with messages to book did not move, in milliseconds. */
async function longestStandstill(scene: Scene): Promise<number> {
  const ends = Array.from({ length: partitions }, () => 0)
  for (const { partition } of scene.workload.sent) ends[partition] = (ends[partition] ?? 0) + 1
  const seen = new Map<number, { position: number; sinceMs: number }>()
  let longestMs = 0
  await waitFor(
    'all to be booked',
    async () => {
      const rows = await scene.database.query<{ partition: number; position: number }>(
        'select kafka_partition as partition, next_offset as position from kafka_position',
      )
      const open = rows.filter(({ partition, position }) => position < (ends[partition] ?? 0))
      for (const { partition, position } of rows) {
        const last = seen.get(partition) ?? { position, sinceMs: performance.now() }
        longestMs = Math.max(longestMs, performance.now() - last.sinceMs)
        const hasMoved = position !== last.position || position >= (ends[partition] ?? 0)
        seen.set(partition, hasMoved ? { position, sinceMs: performance.now() } : last)
      }
      return rows.length === partitions && open.length === 0
    },
    { limitMs: 300_000, everyMs: 50 },
  )
  return longestMs
}
