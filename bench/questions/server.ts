import { pino } from 'pino'
import type { Health } from '../../src/api/dependencies.ts'
import { defaultLimits } from '../../src/api/limits.ts'
import { createServer, type ApiServer } from '../../src/api/server.ts'
import { uncachedPages } from '../../src/cache/page-reader.ts'
import { createIngest } from '../../src/ingest.ts'
import { kafkaFault } from '../../src/kafka/kafka-fault.ts'
import { ChangeFeed } from '../../src/live/change-feed.ts'
import type { Micros } from '../../src/message/event.ts'
import { createOpeningStock } from '../../src/opening-stock.ts'
import { createQuarantineDesk } from '../../src/quarantine-desk.ts'
import { BookedPositions } from '../../src/store/booked-positions.ts'
import type { Database } from '../../src/store/database.ts'

const ok = { state: 'ok', detail: null } as const
const healthy: Health = { status: 'ready', dependencies: { postgres: ok, kafka: ok, intake: ok } }

/** The HTTP interface over a database, as the service has it, without cache, without keys and without Kafka. */
export function createBenchServer(database: Database, topic: string): ApiServer {
  const positions = new BookedPositions({ database, topic })
  const ways = {
    database,
    positions,
    producer: { produce: () => Promise.reject(kafkaFault('broker_unreachable')) },
    bookingWaitMs: defaultLimits.bookingWaitMs,
    clock: () => (Date.now() * 1000) as Micros,
  }
  return createServer({
    host: '127.0.0.1',
    port: 0,
    database,
    pages: uncachedPages(() => {}),
    ingest: createIngest(ways),
    openingStock: createOpeningStock({ ...ways, openingWaitMs: defaultLimits.openingWaitMs }),
    quarantine: createQuarantineDesk(ways),
    positions,
    countPartitions: async () => null,
    feed: new ChangeFeed({ database, topic, onFailed: () => undefined }),
    topic,
    logEnds: async () => null,
    overdue: { transitSeconds: 259_200, heldSeconds: 86_400 },
    bookingRate: () => null,
    bookingHistory: () => [],
    health: () => healthy,
    serving: () => 'serving',
    isStopping: () => false,
    observe: () => {},
    logger: pino({ level: 'error' }, process.stderr),
    version: '0.0.0-bench',
    limits: defaultLimits,
    access: { keys: null, requestsPerSecond: 0 },
    corsOrigins: [],
  })
}
