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
    let [booked, slowestMs, movedMs] = [await scene.booked(), 0, performance.now()]
    await waitFor(
      'all to be booked',
      async () => {
        const now = await scene.booked()
        if (now > booked) {
          slowestMs = Math.max(slowestMs, performance.now() - movedMs)
          ;[booked, movedMs] = [now, performance.now()]
        }
        return now === scene.total
      },
      { limitMs: 300_000, everyMs: 50 },
    )
    run.measured(
      `all booked ${seconds(performance.now() - calmMs)} after it, never ${seconds(slowestMs)} without progress`,
    )
    assert.ok(slowestMs <= run.limit(progressWithinMs), `no progress for ${seconds(slowestMs)}`)
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
  assert.equal(await replica.end('SIGTERM'), 0)
}
