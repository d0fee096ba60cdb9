import { setTimeout as sleep } from 'node:timers/promises'
import { waitFor } from '../support/wait.ts'
import { seededRandom } from '../support/workload.ts'
import { fault } from './fault.ts'

fault('F1', 'a service killed again and again loses nothing and doubles nothing', async (run) => {
  const kills = run.choose({ whole: 20, share: 4 })
  const scene = await run.scene({ messages: run.choose({ whole: 50_000, share: 10_000 }), products: 200 })
  const random = seededRandom(run.seed)
  scene.readAtTheSide()
  const feeding = (async () => {
    // In as many parts as there are kills, so that each of them meets work.
    for (let part = 0; part < kills; part += 1) {
      await scene.feed(part / kills, (part + 1) / kills)
      await waitFor('work to be done', async () => (await scene.booked()) >= (scene.total * part) / kills, {
        limitMs: 60_000,
      })
    }
  })()
  let replica = await scene.startReplica({ BATCH_MAX_EVENTS: '200' })
  for (let kill = 0; kill < kills; kill += 1) {
    await scene.untilBooked((kill + random() * 0.9) / kills)
    await sleep(random() * 100)
    scene.forget(replica)
    await replica.end('SIGKILL')
    run.inflict()
    replica = await scene.startReplica({ BATCH_MAX_EVENTS: '200' })
  }
  await feeding
  const killedMs = performance.now()
  await scene.untilBooked(1, run.limit(10_000) + 10_000)
  run.measured(`caught up ${((performance.now() - killedMs) / 1000).toFixed(1)} s after the last kill`)
  await scene.settle()
})
