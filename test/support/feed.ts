/**
 * A steady stream of movements, each with new ids: a departure from a card with stock enough for all of them, and its
 * arrival elsewhere. It is as long as it is let run, so what must be in the books is told by numbers, not by a model.
 */
import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { Producer, ProduceAcks } from '@platformatic/kafka'
import type { Queryable } from '../../src/store/database.ts'
import { kafkaAddress, type Owner } from './environment.ts'
import { arrival, departure } from './events.ts'
import { toJson } from './memory-log.ts'
import { send } from './send.ts'
import { seededRandom } from './workload.ts'

export interface FeedOptions {
  readonly topic: string
  readonly partitions: number
  readonly seed: number
  readonly warehouses?: number
  readonly products?: number
}

export interface Feed {
  /** Messages that the broker has taken. */
  readonly sent: number
  /** Sends so many as fast as the broker takes them. */
  burst(messages: number): Promise<void>
  /** Sends so many a second until `stop`. */
  begin(messagesPerSecond: number): void
  /** Fails with what went wrong while it was running. */
  stop(): Promise<void>
}

const stockOfCard = 1_000_000_000
const tickMs = 100
/** What a broker takes as one batch of records is a megabyte. */
const messagesAtOnce = 5000

/** Brings stock to every card first; it should be booked before the rest is sent. */
export async function openFeed(owner: Owner, options: FeedOptions): Promise<Feed> {
  const { topic, partitions, seed, warehouses = 20, products = 500 } = options
  const random = seededRandom(seed)
  const below = (limit: number): number => Math.floor(random() * limit)
  const producer = new Producer({ clientId: 'bincard-feed', bootstrapBrokers: [kafkaAddress()] })
  let [movement, sent] = [0, 0]
  let running: Promise<void> | null = null
  const over = new AbortController()

  const stock = Array.from({ length: warehouses * products }, (_, n) => {
    const [warehouse, product] = [1 + (n % warehouses), 1 + Math.floor(n / warehouses)]
    const event = arrival({ movement: ++movement, warehouse, product, quantity: stockOfCard })
    return { partition: below(partitions), value: toJson(event) }
  })
  await send(topic, stock)
  sent += stock.length

  const sendSome = async (messages: number): Promise<void> => {
    const values = Array.from({ length: Math.ceil(messages / 2) }, () => {
      const sketch = { movement: ++movement, product: 1 + below(products), quantity: 1 + below(50) }
      const left = departure({ ...sketch, warehouse: 1 + below(warehouses), at: movement })
      const came = arrival({ ...sketch, warehouse: 1 + below(warehouses), at: movement + 60 })
      return [toJson(left), toJson(came)]
    }).flat()
    await producer.send({
      acks: ProduceAcks.LEADER,
      messages: values.map((value) => ({ topic, partition: below(partitions), value: Buffer.from(value) })),
    })
    sent += values.length
  }
  const burst = async (messages: number): Promise<void> => {
    for (let left = messages; left > 0; left -= messagesAtOnce) await sendSome(Math.min(left, messagesAtOnce))
  }
  const run = async (messagesPerSecond: number): Promise<void> => {
    let dueMs = performance.now()
    while (!over.signal.aborted) {
      await burst((messagesPerSecond * tickMs) / 1000)
      dueMs += tickMs
      // Behind its time it does not catch up: the rate is a highest one.
      dueMs = Math.max(dueMs, performance.now() - tickMs)
      await sleep(Math.max(0, dueMs - performance.now()))
    }
  }
  let stopping: Promise<void> | null = null
  const stop = async (): Promise<void> => {
    over.abort()
    try {
      await running
    } finally {
      await producer.close()
    }
  }
  owner.after(async () => {
    await (stopping ??= stop()).catch(() => undefined)
  })
  return {
    get sent() {
      return sent
    },
    burst,
    begin: (messagesPerSecond) => {
      running = run(messagesPerSecond)
      // Told at `stop`.
      running.catch(() => undefined)
    },
    stop: () => (stopping ??= stop()),
  }
}

/** I1 to I4 and I8 of a feed, by queries: its books are too large to be read. */
export async function checkFedBooks(database: Queryable, messages: number): Promise<void> {
  const [books] = await database.query<Record<string, number>>(
    `with
       lines as (
         select line, change, balance,
           lag(balance, 1, 0::bigint) over card + change as expected, row_number() over card as number,
           lead(line) over card is null as is_last
         from card_line
         window card as (partition by warehouse_id, product_id order by line)
       )
     select
       (select count(*) from movement_leg) as legs,
       (select count(*) from movement_leg where line is null) as held,
       (select count(*) from quarantine) as quarantined,
       count(*) as lines,
       count(*) filter (where line <> number) as gaps,
       count(*) filter (where balance <> expected or balance < 0) as wrong_balances,
       (sum(balance) filter (where is_last))::bigint
         + (select coalesce(sum(quantity), 0)::bigint from transit) as made_or_lost
     from lines`,
  )
  const [legs, lines] = [messages, messages]
  const right = { legs, held: 0, quarantined: 0, lines, gaps: 0, wrong_balances: 0, made_or_lost: 0 }
  assert.deepEqual(books, right)
}
