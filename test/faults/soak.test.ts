import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { freshDatabase, freshTopic, redisAddress } from '../support/environment.ts'
import { departure } from '../support/events.ts'
import { checkFedBooks, openFeed } from '../support/feed.ts'
import { inspectable, keptHeap } from '../support/kept-heap.ts'
import { openDatabase } from '../support/ledger.ts'
import { handlesOf } from '../support/scene.ts'
import { startService } from '../support/service-process.ts'
import { startSideReaders } from '../support/side-readers.ts'
import { waitFor } from '../support/wait.ts'
import { fault } from './fault.ts'

const minutes = Number(process.env['BINCARD_SOAK_MINUTES'] || '30')
const partitions = 6
/** Long enough for code to be compiled and for what is kept in memory to be full; in a short run, a third of it. */
const warmUpMinutes = Math.min(5, minutes / 3)
const sampleMs = 1000
/** The heap is measured after a collection of garbage; of what is resident, the least in each of these times counts. */
const windowMs = 30_000
const samplesOfWindow = windowMs / sampleMs
const maxSlope = 1
const handleSlack = 10
/** Half of what it can is more than a disk holds after half an hour. */
const maxRate = 4000
const burstMessages = 20_000

fault(
  'F26',
  'at half load for long, memory and handles stay where they are',
  async (run) => {
    const [address, topic] = [await freshDatabase(run.t), await freshTopic(run.t, partitions)]
    const database = openDatabase(run.t, address)
    const { host, port } = redisAddress()
    const service = await startService(run.t, {
      database: address,
      topic,
      nodeOptions: [inspectable],
      environment: {
        REDIS_HOST: host,
        REDIS_PORT: String(port),
        CACHE_TTL: '60',
        HTTP_RATE_LIMIT: '0',
        DEBUG: 'false',
      },
    })
    await service.ready()
    const kept = await keptHeap(service)
    run.t.after(() => kept.close())
    const feed = await openFeed(run.t, { topic, partitions, seed: run.seed })
    const untilBooked = async (): Promise<void> => {
      const booked = async (): Promise<boolean> => {
        const [row] = await database.query<{ sum: number }>(
          'select coalesce(sum(next_offset), 0)::bigint as sum from kafka_position where topic = $1',
          [topic],
        )
        return row?.sum === feed.sent
      }
      await waitFor('all that was sent', booked, { limitMs: 300_000, everyMs: 50 })
    }
    await untilBooked()
    const burstAtMs = performance.now()
    await feed.burst(burstMessages)
    await untilBooked()
    const capacity = burstMessages / ((performance.now() - burstAtMs) / 1000)
    const rate = Math.min(maxRate, Math.round(capacity / 2))

    const paths = Array.from({ length: 500 }, (_, n) => {
      const { warehouseId, productId } = departure({ warehouse: 1 + (n % 20), product: 1 + n, quantity: 1 })
      return `/api/warehouses/${warehouseId}/products/${productId}`
    })
    const addresses = (): string[] => [`http://127.0.0.1:${service.port}`]
    const readers = startSideReaders({ addresses, paths, readers: 4, pauseMs: 20 })
    run.t.after(() => readers.stop())
    feed.begin(rate)
    const samples: Sample[] = []
    const startedMs = performance.now()
    const minutesPassed = (): number => (performance.now() - startedMs) / 60_000
    let handlesAtWarm = 0
    while (minutesPassed() < minutes) {
      samples.push({
        minute: minutesPassed(),
        heap: samples.length % samplesOfWindow === 0 ? await kept.measure() : Infinity,
        resident: await service.metric('process_resident_memory_bytes'),
        handles: handlesOf(service),
      })
      if (minutesPassed() < warmUpMinutes) handlesAtWarm = Math.max(handlesAtWarm, handlesOf(service))
      await sleep(sampleMs)
    }
    await feed.stop()
    run.inflict()
    run.sent(feed.sent)
    const { statuses, wrong, reads } = await readers.stop()
    await untilBooked()

    const warm = samples.filter(({ minute }) => minute >= warmUpMinutes)
    const heap = slope(leastOfEachWindow(warm, (sample) => sample.heap))
    const resident = slope(leastOfEachWindow(warm, (sample) => sample.resident))
    const handles = Math.max(...warm.map((sample) => sample.handles))
    const last = samples.at(-1)
    run.measured(
      `${minutes} min at ${rate} messages/s (it can ${Math.round(capacity)}), ${reads} reads: ` +
        `heap ${heap.toFixed(2)} MB/min, resident ${resident.toFixed(2)} MB/min after ${warmUpMinutes.toFixed(1)} min of warm-up; ` +
        `${((last?.resident ?? 0) / 1e6).toFixed(0)} MB and ${last?.handles} handles at the end`,
    )
    assert.deepEqual([[...statuses.keys()], wrong], [[200], []])
    await checkFedBooks(database, feed.sent)
    assert(heap < maxSlope, `the heap grows by ${heap} MB a minute`)
    assert(resident < maxSlope, `the resident memory grows by ${resident} MB a minute`)
    assert(handles <= handlesAtWarm + handleSlack, `${handles} handles after ${handlesAtWarm}`)
    // A process that is inspected waits for its inspector.
    kept.close()
    assert.equal(await service.end('SIGTERM'), 0)
  },
  { onlyWhole: 'it takes half an hour', timeoutMs: (minutes + 20) * 60_000 },
)

interface Sample {
  /** Since the load began. */
  readonly minute: number
  /** In bytes; Infinity where it was not measured. */
  readonly heap: number
  readonly resident: number
  readonly handles: number
}

interface Point {
  readonly minute: number
  readonly megabytes: number
}

function leastOfEachWindow(samples: readonly Sample[], bytesOf: (sample: Sample) => number): Point[] {
  const windows = Map.groupBy(samples, ({ minute }) => Math.floor((minute * 60_000) / windowMs))
  return [...windows.values()]
    .map((window) => ({
      minute: window.reduce((sum, { minute }) => sum + minute, 0) / window.length,
      megabytes: Math.min(...window.map(bytesOf)) / 1e6,
    }))
    .filter(({ megabytes }) => Number.isFinite(megabytes))
}

/** Of the straight line with the least squares, in megabytes a minute. */
function slope(points: readonly Point[]): number {
  const mean = (of: (point: Point) => number): number =>
    points.reduce((sum, point) => sum + of(point), 0) / points.length
  const [minute, megabytes] = [mean((point) => point.minute), mean((point) => point.megabytes)]
  const covariance = mean((point) => (point.minute - minute) * (point.megabytes - megabytes))
  return covariance / mean((point) => (point.minute - minute) ** 2)
}
