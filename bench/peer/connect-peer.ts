import type { CardKey } from '../../src/message/event.ts'
import type { Part } from '../../stack/part.ts'
import { topicOf } from '../write/contestants.ts'
import type { Peer } from '../write/measure.ts'
import type { Stream } from '../write/stream.ts'
import { prepareDatabase } from './peer-database.ts'
import { storeTopic } from './store-topic.ts'

const storeLimitMs = 10 * 60_000
const emptyTemplate = 'template0'

/** Kafka Connect as a contestant: each run in a database of its own, with the stock of the stream in it. */
export function connectPeer(connect: Part): Peer {
  return {
    name: connect.name,
    store: async ({ databases, signal }, stream) =>
      await databases.copyOf(emptyTemplate, async (database) => {
        await prepareDatabase(database, stockOf(stream))
        const rows = stream.messages.length
        const topic = topicOf(stream)
        const { perSecond } = await storeTopic(connect, {
          topic,
          database,
          repeats: 'fail',
          rows,
          warmRows: Math.floor(rows / 10),
          limitMs: storeLimitMs,
          signal,
        })
        return { rate: perSecond, peakMemoryBytes: null }
      }),
  }
}

function stockOf({ before }: Stream): (CardKey & { quantity: number })[] {
  return before.map(({ warehouseId, productId, quantity }) => ({ warehouseId, productId, quantity }))
}
