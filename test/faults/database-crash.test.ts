import assert from 'node:assert/strict'
import { redisAddress } from '../support/environment.ts'
import { arrival, product, warehouse } from '../support/events.ts'
import { ask } from '../support/http.ts'
import { toJson } from '../support/memory-log.ts'
import { ownPostgres } from '../support/own-postgres.ts'
import { send } from '../support/send.ts'
import type { ServiceProcess } from '../support/service-process.ts'
import { waitFor } from '../support/wait.ts'
import { seededRandom } from '../support/workload.ts'
import { fault } from './fault.ts'

/** A card of which nothing else is reported: its page stays as it is. */
const quiet = arrival({ movement: 9_000_001, warehouse: 900, product: 900, quantity: 5 })
const quietPath = `/api/warehouses/${warehouse(900)}/products/${product(900)}`
const unknownPath = '/api/movements/00000000-0000-4000-8000-000000000000'

fault(
  'F11',
  'PostgreSQL that crashes again and again loses nothing, and cached pages are answered meanwhile',
  async (run) => {
    const crashes = run.choose({ whole: 10, share: 2 })
    const postgres = await ownPostgres(run.t)
    await postgres.start()
    const scene = await run.scene({
      messages: run.choose({ whole: 50_000, share: 5000 }),
      database: postgres.address,
      redis: redisAddress(),
      // However busy the machine is, a Redis that answers late is none of this test, nor is a page that has grown old.
      environment: { BATCH_MAX_EVENTS: '200', REDIS_TIMEOUT_MS: '1000', CACHE_TTL: '3600' },
    })
    const random = seededRandom(run.seed)
    const replica = await scene.startReplica()
    await replica.ready()
    scene.workload.model.deliver(quiet)
    await send(scene.topic, [{ partition: 0, value: toJson(quiet) }])
    run.sent(1)
    const side = scene.readAtTheSide()
    let [slowestMs, slowestReturnMs, hits] = [0, 0, 0]
    for (let crash = 0; crash < crashes; crash += 1) {
      // The rest of this part comes during the outage: so there is work when it is over.
      const reserveFrom = (crash + 0.9) / crashes
      const feeding = scene.feed(crash / crashes, reserveFrom)
      await hitOf(replica)
      await scene.untilBooked((crash + 0.1 + random() * 0.5) / crashes)
      await postgres.crash()
      run.inflict()
      side.begin()
      const asked = performance.now()
      const refused = await ask(`http://127.0.0.1:${replica.port}${unknownPath}`)
      slowestMs = Math.max(slowestMs, performance.now() - asked)
      assert.equal(refused.status, 503)
      assert.match(refused.headers.get('content-type') ?? '', /^application\/problem\+json/)
      await waitFor('no readiness', async () => (await replica.get('/health/ready')).status === 503)
      const kept = await ask(`http://127.0.0.1:${replica.port}${quietPath}`)
      // Only a Redis that was too slow for its own limit takes the pages along.
      if (await isCacheUp(replica)) {
        assert.deepEqual([kept.status, kept.headers.get('x-cache')], [200, 'hit'])
        hits += 1
      }
      slowestMs = Math.max(slowestMs, side.seen().slowestMs)
      assert.deepEqual(side.seen().unexplained, [])
      await feeding
      await scene.feed(reserveFrom, (crash + 1) / crashes)
      await postgres.start()
      const returnedMs = performance.now()
      const before = Math.floor(reserveFrom * scene.total) + 1
      const isAtWork = async (): Promise<boolean> => (await scene.booked()) > before
      await waitFor('work', isAtWork, { limitMs: run.limit(10_000) })
      slowestReturnMs = Math.max(slowestReturnMs, performance.now() - returnedMs)
      await waitFor('the cache', () => isCacheUp(replica))
    }
    if (run.isWhole) assert(slowestMs < 3000, `an answer took ${Math.round(slowestMs)} ms`)
    run.measured(`consuming ${(slowestReturnMs / 1000).toFixed(1)} s after its return at most`)
    run.measured(`answers within ${(slowestMs / 1000).toFixed(1)} s, ${hits} of ${crashes} from the cache`)
    await scene.settle({ extraMessages: 1 })
  },
)

async function isCacheUp(replica: ServiceProcess): Promise<boolean> {
  return (await replica.metric('bincard_up{part="redis"}')) === 1
}

/** Asks for the quiet page until it comes from the cache. */
async function hitOf(replica: ServiceProcess): Promise<void> {
  await waitFor('the quiet page in the cache', async () => {
    const { status, headers } = await ask(`http://127.0.0.1:${replica.port}${quietPath}`)
    return status === 200 && headers.get('x-cache') === 'hit'
  })
}
