import type { MovementEvent } from '../../src/message/event.ts'
import type { Databases } from '../databases.ts'
import { ratioOf, type Figures, type Ratio } from '../figures.ts'
import { startProcess, type BenchProcess } from '../process.ts'
import { seededRandom, shuffled } from '../random.ts'
import { batchWriter, book } from '../write/book.ts'
import { makeStream } from '../write/stream.ts'
import { constantOf, type Constant } from './constant.ts'
import { requestsPerSecond } from './loop.ts'

export interface ReadOptions {
  readonly databases: Databases
  readonly kafkaServers: string
  readonly redis: { readonly host: string; readonly port: number }
  readonly rounds: number
  readonly seed: number
  readonly seconds: number
  readonly say: (line: string) => void
}

const template = 'reads'
const messages = 40_000
/** As many as a near cache keeps. */
const pages = 500
/** An empty topic: nobody books meanwhile. */
const topic = 'bench-reads'

const kinds = {
  movement: ({ movementId }: MovementEvent) => `/api/movements/${movementId}`,
  card: ({ warehouseId, productId }: MovementEvent) => `/api/warehouses/${warehouseId}/products/${productId}`,
} as const
type Kind = keyof typeof kinds
type Contestant = 'cached' | 'uncached' | 'constant' | 'constant with our headers' | 'bare query'

/** Reads from the cache beside a constant of the same bytes, and past it beside one equal query. */
export async function measureReading(options: ReadOptions, figures: Figures): Promise<void> {
  const { databases, rounds, seed, seconds, say } = options
  const stream = makeStream('pairs', { messages, seed })
  const reports = stream.messages.map(({ report }) => report).filter((report) => report !== 'unreadable')
  await databases.template(template, async (database) => {
    const all = [...stream.stock, ...reports].map((report) => ({ report }))
    await book(batchWriter(database), { topic: 'before', partition: 0 }, all)
  })
  await databases.copyOf(template, async (database) => {
    const random = seededRandom(seed)
    const some = shuffled(reports, random).slice(0, pages)
    const redis = {
      REDIS_HOST: options.redis.host,
      REDIS_PORT: String(options.redis.port),
      CACHE_TTL: '3600',
    }
    const start = async (program: string, environment: NodeJS.ProcessEnv) =>
      await startProcess({ ...options, program, database, topic, environment })
    const running: BenchProcess[] = []
    try {
      const cached = await start('src/main.ts serve', redis)
      running.push(cached)
      const uncached = await start('src/main.ts serve', { CACHE_TTL: '0' })
      running.push(uncached)
      const constants: Record<string, Constant> = {}
      for (const [kind, pathOf] of Object.entries(kinds)) {
        const [first] = some
        if (first !== undefined) constants[kind] = await constantOf(cached.origin + pathOf(first))
      }
      const plain = await start('bench/read/plain-server.ts', { CONSTANTS: JSON.stringify(constants) })
      running.push(plain)
      const heats = (Object.keys(kinds) as Kind[]).flatMap((kind) => {
        const paths = some.map((report) => kinds[kind](report))
        return [
          { kind, contestant: 'cached' as const, origin: cached.origin, paths },
          { kind, contestant: 'uncached' as const, origin: uncached.origin, paths },
          { kind, contestant: 'constant' as const, origin: plain.origin, paths: [`/constant/${kind}`] },
          {
            kind,
            contestant: 'constant with our headers' as const,
            origin: plain.origin,
            paths: [`/headed/${kind}`],
          },
          {
            kind,
            contestant: 'bare query' as const,
            origin: plain.origin,
            paths: paths.map((path) => `/query${path}`),
          },
        ]
      })
      // Caches are filled, and code is compiled.
      for (const { origin, paths } of heats) await requestsPerSecond(origin, paths, { seconds: seconds / 2 })
      for (let round = 1; round <= rounds; round += 1) {
        for (const { kind, contestant, origin, paths } of shuffled(heats, random)) {
          const rate = await requestsPerSecond(origin, paths, { seconds })
          figures.add(figureName(kind, contestant), 'requests/s', rate)
          say(`round ${round} of ${rounds}: ${kind}, ${contestant}: ${Math.round(rate)} requests/s`)
        }
      }
    } finally {
      for (const one of running) await one.stop()
    }
  })
}

export function ratiosOfReading(figures: Figures): Ratio[] {
  return (Object.keys(kinds) as Kind[]).flatMap((kind) => [
    ...ratio(figures, figureName(kind, 'cached'), figureName(kind, 'constant')),
    ...ratio(figures, figureName(kind, 'cached'), figureName(kind, 'constant with our headers')),
    ...ratio(figures, figureName(kind, 'uncached'), figureName(kind, 'bare query')),
  ])
}

function ratio(figures: Figures, over: string, under: string): Ratio[] {
  const [upper, lower] = [figures.get(over), figures.get(under)]
  return upper === undefined || lower === undefined ? [] : [ratioOf(upper, lower, { atLeast: 0.85 })]
}

function figureName(kind: Kind, contestant: Contestant): string {
  return `read/${kind}/${contestant}`
}
