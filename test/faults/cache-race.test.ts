import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { bookOne, hitCard, readStoredCard, startCallers, type Card } from '../support/callers.ts'
import { freshDatabase, freshTopic, redisAddress } from '../support/environment.ts'
import { faultProxy } from '../support/fault-proxy.ts'
import { startService } from '../support/service-process.ts'
import { waitFor } from '../support/wait.ts'
import { fault, type FaultRun } from './fault.ts'

const slowMs = 100

fault(
  'F19',
  'of 64 writers and readers of one card, Redis slow, nobody sees an older page than before',
  (run) => race(run, { replicas: 1, cards: 1, readers: 64, writers: 64 }),
  { onlyWhole: 'test/system/cache.test.ts has its share' },
)

fault('F19', 'the same with 64 cards and two replicas', (run) =>
  race(run, {
    replicas: 2,
    cards: run.choose({ whole: 64, share: 8 }),
    readers: run.choose({ whole: 64, share: 16 }),
    writers: run.choose({ whole: 64, share: 16 }),
  }),
)

interface Race {
  readonly replicas: number
  readonly cards: number
  readonly readers: number
  readonly writers: number
}

async function race(run: FaultRun, { replicas, cards, readers, writers }: Race): Promise<void> {
  const proxy = await faultProxy(run.t, redisAddress(), { seed: run.seed })
  const [database, topic] = [await freshDatabase(run.t), await freshTopic(run.t, 2)]
  const environment = {
    REDIS_HOST: '127.0.0.1',
    REDIS_PORT: String(proxy.port),
    CACHE_TTL: '60',
    HTTP_RATE_LIMIT: '0',
  }
  const services = await Promise.all(
    Array.from({ length: replicas }, () => startService(run.t, { database, topic, environment })),
  )
  for (const service of services) {
    await service.ready()
    await waitFor('the cache', async () => (await service.metric('bincard_up{part="redis"}')) === 1)
  }
  const [first] = services
  assert(first !== undefined)
  for (let card = 0; card < cards; card += 1) await bookOne(first, card, card)
  const callers = startCallers(services, { readers, writers, cards })
  for (let round = 0; round < run.choose({ whole: 10, share: 2 }); round += 1) {
    await sleep(1000)
    proxy.delay(slowMs)
    run.inflict()
    await sleep(run.choose({ whole: 2000, share: 1200 }))
    proxy.delay(0)
  }
  await sleep(1000)
  const { wrong, reads, writes, refused, newest } = await callers.stop()
  run.sent(writes + cards)
  run.measured(`${reads} reads, ${writes} bookings, ${refused} refused`)
  assert.deepEqual(wrong, [])
  assert(reads > cards && writes > cards, `${reads} reads, ${writes} writes`)

  const all = writes + cards
  const storedLines = async (): Promise<number> => {
    let sum = 0
    for (let card = 0; card < cards; card += 1) sum += (await readStoredCard(first, card)).last_line
    return sum
  }
  await waitFor('all bookings', async () => (await storedLines()) === all, { everyMs: 200, limitMs: 60_000 })
  for (const service of services) {
    for (let card = 0; card < cards; card += 1) {
      const stored = await readStoredCard(service, card)
      const kept = (await hitCard(service, card)).body as Card
      assert.deepEqual([kept.quantity, kept.last_line], [stored.quantity, stored.last_line])
      assert(kept.last_line >= (newest.get(card) ?? 0))
    }
  }
}
