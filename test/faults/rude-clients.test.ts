import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { sendCrowd } from '../support/rude-crowd.ts'
import { quantile, type ReadTally } from '../support/side-readers.ts'
import { fault } from './fault.ts'

const bodyBytes = 10_000_000
const largeBodies = ['/api/events', '/api/cards/query'].flatMap((path) => [
  { path, bytes: bodyBytes, tellsLength: true },
  { path, bytes: bodyBytes, tellsLength: false },
])
/** Forty megabytes each time that are read and thrown away. */
const betweenBodiesMs = 1000
const betweenLooksMs = 500
/** Some dozens of KB for each connection, the begun bodies, and what is not collected yet. */
const maxAddedBytes = 250_000_000

fault('F21', 'rude HTTP clients are turned away, and others hardly notice', async (run) => {
  const { slow, streams, streamClients } = run.choose({
    whole: { slow: 500, streams: 1000, streamClients: 200 },
    share: { slow: 40, streams: 60, streamClients: 20 },
  })
  const scene = await run.scene({
    messages: run.choose({ whole: 10_000, share: 2_000 }),
    products: 50,
    environment: {
      HTTP_STREAM_CLIENTS: String(streamClients),
      HTTP_REQUEST_TIMEOUT_MS: run.choose({ whole: '', share: '3000' }),
    },
  })
  await scene.feed()
  const replica = await scene.startReplica()
  await replica.ready()
  await scene.untilBooked(1)
  const { port } = replica
  const readers = scene.readAtTheSide({ readers: 4, pauseMs: 5 })
  // The first answers are those of a process that has just started.
  await sleep(run.choose({ whole: 3000, share: 100 }))
  readers.begin()
  await sleep(run.choose({ whole: 15_000, share: 500 }))
  const before = readers.seen()
  const memoryBefore = await replica.metric('process_resident_memory_bytes')

  readers.begin()
  const away = new AbortController()
  const crowd = sendCrowd(run.t, { port, slow, streams, bodies: largeBodies, betweenBodiesMs }).finally(() =>
    away.abort(),
  )
  let mostMemory = 0
  while (!away.signal.aborted) {
    mostMemory = Math.max(mostMemory, await replica.metric('process_resident_memory_bytes'))
    await sleep(betweenLooksMs)
  }
  const answers = await crowd
  const during = readers.seen()
  const { bodies } = answers
  run.inflict(slow + streams + bodies.length)

  assert.deepEqual(tally(answers.slow), { 408: slow })
  assert(answers.slowMs <= run.limit(13_000), `the slow ones were turned away after ${answers.slowMs} ms`)
  assert.deepEqual(tally(answers.streams), { 200: streamClients, 503: streams - streamClients })
  assert.deepEqual(tally(bodies), { 413: bodies.length })
  const added = mostMemory - memoryBefore
  assert(added < maxAddedBytes, `${added} bytes more`)
  for (const part of [before, during]) assertAllAnswered(part, run.isWhole ? [200] : [200, 503])
  const [usual, rude] = [quantile(before.tookMs, 0.99), quantile(during.tookMs, 0.99)]
  run.measured(
    `p99 of others ${usual.toFixed(1)} ms, then ${rude.toFixed(1)} ms; ${(added / 1e6).toFixed(0)} MB more; ${bodies.length} bodies`,
  )
  await scene.settle()
  if (run.isWhole) assert(rude < 2 * usual, `p99 of others ${usual} ms before, ${rude} ms meanwhile`)
})

function tally(statuses: readonly number[]): Partial<Record<number, number>> {
  const counts = Map.groupBy(statuses, (status) => status)
  return Object.fromEntries([...counts].map(([status, all]) => [status, all.length]))
}

function assertAllAnswered({ statuses, unexplained, reads }: ReadTally, allowed: readonly number[]): void {
  assert(reads > 0)
  assert.deepEqual(
    [[...statuses.keys()].filter((status) => !allowed.includes(status)), unexplained],
    [[], []],
  )
}
