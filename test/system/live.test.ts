/** What people see live: through Kafka, with two processes, while parts are away. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EndOffsets } from '../../src/kafka/end-offsets.ts'
import { freePort } from '../../stack/ports.ts'
import { changesOf, countsOf, openStream } from '../support/event-stream.ts'
import { freshDatabase, freshTopic, kafkaAddress } from '../support/environment.ts'
import { readContract } from '../support/http.ts'
import { send } from '../support/send.ts'
import { startService } from '../support/service-process.ts'
import { waitFor } from '../support/wait.ts'

const productId = '4705204f-498f-4f96-b4ba-df17fb56bf55'
const senderId = '25718666-6af6-4281-b5a6-3016e36fa557'
const receiverId = 'c1d70455-7e14-11e9-812a-70106f431230'

interface Overview {
  readonly totals: Record<string, number>
  readonly lag: {
    readonly total: number | null
    readonly partitions: readonly Record<string, number | null>[]
  }
  readonly rate: { readonly events_per_second: number | null; readonly over_seconds: number | null }
  readonly attention: { readonly oldest_held: { readonly movement_id: string } | null }
}

test('a departure sent through Kafka is on the stream of every process', async (t) => {
  const database = await freshDatabase(t)
  const topic = await freshTopic(t, 2)
  const services = [await startService(t, { database, topic }), await startService(t, { database, topic })]
  for (const service of services) await service.ready()
  await waitFor('a partition for each', async () =>
    (await Promise.all(services.map((service) => service.partitions()))).every((count) => count === 1),
  )
  const streams = await Promise.all(
    services.map(({ port }) => openStream(t, `http://127.0.0.1:${port}/api/stream`)),
  )
  for (const stream of streams) await stream.until('the first message', ([first]) => first?.event === 'ready')

  for (const partition of [0, 1]) {
    const movementId = `c6290746-790e-43fa-8270-00000000000${partition}`
    const sentAt = performance.now()
    await send(topic, [{ partition, value: report('departure', { movementId, warehouseId: senderId }) }])
    for (const stream of streams) {
      const isTold = (): boolean =>
        changesOf(stream.messages).some(({ held }) => held.some((leg) => leg.movement_id === movementId))
      await stream.until(`the departure of partition ${partition}`, isTold)
      const tookMs = (stream.messages.at(-1)?.receivedAtMs ?? Infinity) - sentAt
      t.diagnostic(`told after ${tookMs.toFixed(0)} ms`)
    }
  }

  const check = await readContract(`http://127.0.0.1:${services[0]?.port}`)
  const overview = await readOverview(services[0]?.port)
  check('get', '/api/overview', overview.answer)
  assert.deepEqual(overview.body.totals, {
    warehouses: 1,
    cards: 0,
    lines: 0,
    movements_departed: 2,
    movements_arrived: 0,
    movements_in_transit: 2,
    departures_held: 2,
    quarantine_open: 0,
  })
  assert.deepEqual(overview.body.lag, {
    total: 0,
    partitions: [0, 1].map((partition) => ({ partition, next_offset: 1, log_end_offset: 1, lag: 0 })),
  })
  assert.equal(overview.body.attention.oldest_held?.movement_id, 'c6290746-790e-43fa-8270-000000000000')
  await waitFor(
    'a rate',
    async () => ((await readOverview(services[1]?.port)).body.rate.over_seconds ?? 0) > 0,
  )

  const arrival = report('arrival', {
    movementId: 'c6290746-790e-43fa-8270-000000000000',
    warehouseId: receiverId,
  })
  await send(topic, [{ partition: 0, value: arrival }])
  for (const stream of streams) await stream.until('the arrival', (all) => countsOf(all)['booked'] === 1)

  const begun = performance.now()
  const [code] = await Promise.all([services[0]?.end('SIGTERM'), streams[0]?.ended])
  assert.equal(code, 0)
  assert(performance.now() - begun < 5000)
})

test('lag is that of the log, also where nobody books, and is not known while Kafka is away', async (t) => {
  const topic = await freshTopic(t, 3)
  const failed: string[] = []
  const endsOf = (bootstrapServer: string): EndOffsets =>
    new EndOffsets({
      cluster: {
        bootstrapServers: [bootstrapServer],
        clientId: 'test',
        connectTimeoutMs: 500,
        requestTimeoutMs: 2000,
      },
      topic,
      onFailed: ({ code }) => failed.push(code),
    })
  const here = endsOf(kafkaAddress())
  // One by one: the client that sends repeats a request as a whole when one partition of it has failed.
  for (const partition of [1, 1, 2]) await send(topic, [{ partition, value: '{}' }])
  const ends = await here.read()
  assert.deepEqual(
    ends?.map(({ partition, earliest, latest }) => [partition, earliest, latest]),
    [
      [0, 0, 0],
      [1, 0, 2],
      [2, 0, 1],
    ],
  )
  await send(topic, [{ partition: 0, value: '{}' }])
  await waitFor('the new end', async () => (await here.read())?.[0]?.latest === 1, { limitMs: 3000 })

  const away = endsOf(`127.0.0.1:${await freePort()}`)
  const begun = performance.now()
  assert.deepEqual(await Promise.all([away.read(), away.read()]), [null, null])
  assert(performance.now() - begun < 1500)
  assert.equal(failed.length, 1)
})

test('the overview is answered while Kafka is away, without what only Kafka knows', async (t) => {
  const database = await freshDatabase(t)
  const environment = { KAFKA_BOOTSTRAP_SERVERS: `127.0.0.1:${await freePort()}` }
  const service = await startService(t, { database, topic: 'none', environment })
  const overview = await waitFor('the schema', async () => {
    const { answer, body } = await readOverview(service.port)
    return answer.status === 200 ? body : null
  })
  assert.deepEqual(overview.lag, { total: null, partitions: [] })
  assert.equal(overview.totals['lines'], 0)
})

async function readOverview(port: number | undefined) {
  const response = await fetch(`http://127.0.0.1:${port}/api/overview`)
  const body = (await response.json()) as Overview
  return { answer: { status: response.status, headers: response.headers, text: '', body }, body }
}

function report(
  event: 'departure' | 'arrival',
  { movementId, warehouseId }: { movementId: string; warehouseId: string },
): string {
  return JSON.stringify({
    id: `${event}-${movementId}`,
    source: 'WH-3322',
    specversion: '1.0',
    type: 'ru.retail.warehouses.movement',
    data: {
      movement_id: movementId,
      warehouse_id: warehouseId,
      product_id: productId,
      timestamp: '2025-02-18T12:12:56Z',
      event,
      quantity: 100,
    },
  })
}
