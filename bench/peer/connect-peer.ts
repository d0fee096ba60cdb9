import type { Part } from '../../stack/part.ts'
import type { Peer } from '../write/measure.ts'
import { prepareDatabase } from './peer-database.ts'
import { storeTopic } from './store-topic.ts'

const storeLimitMs = 10 * 60_000
const emptyTemplate = 'template0'

/** Kafka Connect as a contestant: each run in a database of its own, with the stock of the stream in it. */
export function connectPeer(connect: Part): Peer {
  return {
    name: connect.name,
    store: async ({ databases, signal }, { topic, messages }, stock) =>
      await databases.copyOf(emptyTemplate, async (database) => {
        await prepareDatabase(database, stock)
        const { perSecond } = await storeTopic(connect, {
          topic,
          database,
          repeats: 'fail',
          rows: messages,
          warmRows: Math.floor(messages / 10),
          limitMs: storeLimitMs,
          signal,
        })
        return { rate: perSecond, peakMemoryBytes: null }
      }),
  }
}
