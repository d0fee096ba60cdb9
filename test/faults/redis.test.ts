import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { ownRedis } from '../support/own-redis.ts'
import { redisFailures } from '../support/redis-failures.ts'
import { quantile, type ReadTally } from '../support/side-readers.ts'
import { waitFor } from '../support/wait.ts'
import { fault } from './fault.ts'

/** How long readers are watched before a failure and under it: several thousand answers. */
const watchedMs = 10_000
/** Fed little by little all the time, so that the cache has work. */
const parts = 50
const onlyWhole = 'it measures latencies; test/system/cache.test.ts has the rest'

for (const [failure, inflict] of Object.entries(redisFailures)) {
  fault(
    'F18',
    `with Redis ${failure}, no answer fails, hardly any is late, and it is used again by itself`,
    async (run) => {
      const redis = await ownRedis(run.t)
      await redis.start()
      const scene = await run.scene({
        messages: 20_000,
        products: 200,
        redis: { host: '127.0.0.1', port: redis.port },
      })
      await scene.feed(0, 0.5)
      const replica = await scene.startReplica()
      await replica.ready()
      await scene.untilBooked(0.5)
      const isUp = async (): Promise<boolean> => (await replica.metric('bincard_up{part="redis"}')) === 1
      await waitFor('the cache', isUp)
      const readers = scene.readAtTheSide({ readers: 4, pauseMs: 5 })
      const feeding = (async () => {
        for (let part = 0; part < parts; part += 1) {
          await scene.feed(0.5 + part / (2 * parts), 0.5 + (part + 1) / (2 * parts))
          await sleep((3 * watchedMs) / parts)
        }
      })()
      const watch = async (): Promise<ReadTally> => {
        readers.begin()
        await sleep(watchedMs)
        return readers.seen()
      }
      // The first answers are those of a process that has just started.
      await sleep(2000)
      const before = await watch()
      const mend = await inflict(redis)
      run.inflict()
      const during = await watch()
      readers.begin()
      await mend()
      const mendedMs = performance.now()
      await waitFor('the cache to be used again', isUp, { limitMs: 60_000 })
      const tookMs = performance.now() - mendedMs
      await sleep(1000)
      const after = readers.seen()
      await feeding

      for (const { statuses, unexplained } of [before, during, after])
        assert.deepEqual([[...statuses.keys()], unexplained], [[200], []])
      const [usual, added] = [quantile(before.tookMs, 0.99), quantile(during.tookMs, 0.99)]
      run.measured(
        `p99 ${usual.toFixed(1)} ms, then ${added.toFixed(1)} ms; back after ${(tookMs / 1000).toFixed(1)} s`,
      )
      await scene.settle()
      assert(tookMs <= run.limit(5000), `used again after ${tookMs} ms`)
      assert(added - usual <= 60, `p99 ${usual} ms before, ${added} ms under the failure`)
    },
    { onlyWhole },
  )
}
