import { createClient, type Client } from '../../src/client/client.ts'
import type { Queryable } from '../../src/store/database.ts'
import { freePort } from '../../stack/ports.ts'
import { quantile } from '../figures.ts'
import { startProcess } from '../process.ts'
import { uuid, type Random } from '../random.ts'
import { topic, type Books } from './books.ts'

/** How long one read took, in milliseconds. */
export interface ReadTiming {
  readonly operation: string
  readonly about: string
  readonly medianMs: number
  readonly p99Ms: number
}

interface Read {
  readonly operation: string
  readonly about: string
  /** Chooses what to ask for, outside of what is timed. */
  readonly prepare: () => Promise<() => Promise<unknown>>
}

const asks = 200
/** Connections are made, and plans and the upper pages of indexes are in memory, before the first time counts. */
const warmUpAsks = 20

/** Reads of the service as a process, over HTTP, one after the other and past the cache. Nobody books meanwhile. */
export async function timeReads({ address, database, trade }: Books, random: Random): Promise<ReadTiming[]> {
  // Nobody listens there: a process that cannot book answers reads all the same.
  const kafkaServers = `127.0.0.1:${await freePort()}`
  const service = await startProcess({ program: 'src/main.ts serve', database: address, kafkaServers, topic })
  try {
    const client = createClient({ baseUrl: service.origin })
    const timings: ReadTiming[] = []
    for (const read of readsOf(client)) timings.push(await time(read))
    return timings
  } finally {
    await service.stop()
  }

  function readsOf(client: Client): Read[] {
    return [
      {
        operation: 'getMovement',
        about: 'any',
        prepare: async () => {
          const movementId = await anyMovement(database, random)
          return () => client.getMovement({ movement_id: movementId })
        },
      },
      {
        operation: 'getCard',
        about: 'any, 50 lines',
        prepare: async () => {
          const { warehouseId, productId } = trade.anyCard(random)
          return () => client.getCard({ warehouse_id: warehouseId, product_id: productId })
        },
      },
      {
        operation: 'listMovements',
        about: 'the newest, page after page',
        prepare: pageAfterPage((page) => client.listMovements(page)),
      },
      {
        operation: 'listTransit',
        about: 'the oldest, page after page',
        prepare: pageAfterPage((page) => client.listTransit(page)),
      },
    ]
  }
}

async function time({ operation, about, prepare }: Read): Promise<ReadTiming> {
  const times: number[] = []
  for (let asked = 0; asked < warmUpAsks + asks; asked += 1) {
    const ask = await prepare()
    const startedAt = performance.now()
    await ask()
    if (asked >= warmUpAsks) times.push(performance.now() - startedAt)
  }
  return { operation, about, medianMs: quantile(times, 0.5), p99Ms: quantile(times, 0.99) }
}

/** The next page with each ask; from the beginning again after the last one. */
function pageAfterPage(
  list: (page: { cursor?: string }) => Promise<{ readonly next_cursor: string | null }>,
): Read['prepare'] {
  let cursor: string | null = null
  return async () => async () => {
    const page = await list(cursor === null ? {} : { cursor })
    cursor = page.next_cursor
  }
}

/** The first one after any place among the keys, which are random themselves. */
async function anyMovement(db: Queryable, random: Random): Promise<string> {
  const [row] = await db.query<{ id: string }>(
    'select movement_id as id from movement_leg where movement_id > $1 order by movement_id limit 1',
    [uuid(random)],
  )
  return row?.id ?? (await anyMovement(db, random))
}
