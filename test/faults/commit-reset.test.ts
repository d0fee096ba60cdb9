import assert from 'node:assert/strict'
import { freshDatabase } from '../support/environment.ts'
import { countFaults } from '../support/fault-counts.ts'
import { postgresProxy } from '../support/postgres-proxy.ts'
import { seededRandom } from '../support/workload.ts'
import { fault } from './fault.ts'

fault(
  'F13',
  'a COMMIT whose outcome nobody heard is settled by the position: nothing is lost or booked twice',
  async (run) => {
    const resets = run.choose({ whole: 200, share: 20 })
    const proxy = await postgresProxy(run.t, await freshDatabase(run.t))
    const scene = await run.scene({
      messages: run.choose({ whole: 50_000, share: 5000 }),
      database: proxy.address,
      environment: { BATCH_MAX_EVENTS: run.choose({ whole: '200', share: '100' }) },
    })
    const random = seededRandom(run.seed)
    let [before, after] = [0, 0]
    proxy.onCommit((application) => {
      if (application !== 'bincard intake' || before + after === resets || random() < 0.4) return 'pass'
      if (random() < 0.5) {
        before += 1
        return 'reset before'
      }
      after += 1
      return 'reset after'
    })
    const replicas = [await scene.startReplica(), await scene.startReplica()]
    scene.readAtTheSide()
    await scene.feed()
    await scene.untilBooked(1, 300_000)
    assert(before > 0 && after > 0, `${before} before and ${after} after the server had the COMMIT`)
    run.inflict(before + after)
    // A lane that was given away meanwhile has nobody to tell.
    const counted = await countFaults(replicas, 'commit_unknown')
    assert(counted > 0 && counted <= before + after, `${counted} were counted`)
    run.measured(`${before} reset before the server had the COMMIT, ${after} behind its answer`)
    await scene.settle()
  },
)
