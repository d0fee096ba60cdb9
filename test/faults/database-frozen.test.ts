import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { ask } from '../support/http.ts'
import { faultProxy } from '../support/fault-proxy.ts'
import { ownPostgres } from '../support/own-postgres.ts'
import type { ServiceProcess } from '../support/service-process.ts'
import { waitFor } from '../support/wait.ts'
import { fault } from './fault.ts'

const frozenMs = 30_000
const answerLimitMs = 3000
const lookAgainMs = 200
/** Nothing waits longer. */
const waitLimitMs = 8000
const waitParts = ['postgres', 'http', 'redis', 'kafka'] as const

fault(
  'F12',
  'a PostgreSQL that is frozen, or swallowed by the network, keeps no answer and no statement waiting',
  async (run) => {
    const postgres = await ownPostgres(run.t)
    await postgres.start()
    const proxy = await faultProxy(run.t, postgres.address)
    const scene = await run.scene({
      messages: 50_000,
      database: { ...postgres.address, port: proxy.port },
      environment: { BATCH_MAX_EVENTS: '500' },
    })
    const replica = await scene.startReplica()
    await replica.ready()
    const side = scene.readAtTheSide({ readers: 8 })
    const ways = [
      { name: 'frozen', freeze: (is: boolean) => postgres.signal(is ? 'SIGSTOP' : 'SIGCONT') },
      { name: 'a black hole', freeze: (is: boolean) => proxy.silence(is) },
    ]
    for (const [index, { name, freeze }] of ways.entries()) {
      const feeding = scene.feed(index / 2, (index + 0.8) / 2)
      await scene.untilBooked((index + 0.2) / 2)
      const logged = replica.log.length
      side.begin()
      freeze(true)
      run.inflict()
      const frozenAtMs = performance.now()
      const watching = oldestWaitMs(replica, frozenAtMs + frozenMs)
      const untold = async (): Promise<boolean> => (await statusOf(replica, '/health/ready')) === 503
      await waitFor('no readiness', untold, { limitMs: 10_000 })
      // A batch was under way; its statement, or its way to a connection, must have come to an end.
      await waitFor('a fault of the intake', () => hasFailed(replica, logged), { limitMs: frozenMs })
      const intakeMs = performance.now() - frozenAtMs
      const oldestMs = await watching
      const { slowestMs, statuses, unexplained } = side.seen()
      freeze(false)
      const healedMs = performance.now()
      await feeding
      await scene.feed((index + 0.8) / 2, (index + 1) / 2)
      const isAtWork = async (): Promise<boolean> =>
        (await scene.booked()) > Math.floor(((index + 0.8) / 2) * scene.total) + 1
      await waitFor('work', isAtWork, { limitMs: 60_000 })
      const backMs = performance.now() - healedMs
      await waitFor('answers again', async () => (await statusOf(replica, '/api/warehouses')) === 200)
      run.measured(
        `${name}: answers within ${seconds(slowestMs)}, a statement given up after ${seconds(intakeMs)}, no wait seen that was older than ${seconds(oldestMs)}, work ${seconds(backMs)} after its end`,
      )
      assert.deepEqual(unexplained, [])
      assert((statuses.get(503) ?? 0) > 0)
      assert(slowestMs < answerLimitMs, `an answer took ${seconds(slowestMs)}`)
      assert(intakeMs < waitLimitMs, `a statement took ${seconds(intakeMs)}`)
      assert(oldestMs < waitLimitMs, `something waited for ${seconds(oldestMs)}`)
    }
    await scene.settle()
  },
  { onlyWhole: 'a minute of silence, and times that a busy machine would miss' },
)

/** The oldest wait of any part that was seen until then. */
async function oldestWaitMs(replica: ServiceProcess, untilMs: number): Promise<number> {
  let oldestSeconds = 0
  while (performance.now() < untilMs) {
    const waits = waitParts.map((part) => replica.metric(`bincard_oldest_wait_seconds{part="${part}"}`))
    oldestSeconds = Math.max(oldestSeconds, ...(await Promise.all(waits)))
    await sleep(lookAgainMs)
  }
  return oldestSeconds * 1000
}

function hasFailed({ log }: ServiceProcess, from: number): boolean {
  return log.slice(from).some((line) => /"partition":\d/.test(line) && line.includes('database_timed_out'))
}

async function statusOf({ port }: ServiceProcess, path: string): Promise<number> {
  return (await ask(`http://127.0.0.1:${port}${path}`)).status
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`
}
