import assert from 'node:assert/strict'
import { suite, test, type TestContext } from 'node:test'
import { messageText } from '../../load/message.ts'
import { measure } from '../../load/measure.ts'
import type { Plan } from '../../load/plan.ts'
import { failuresOf } from '../../load/results.ts'
import { createStream } from '../../load/stream.ts'
import { createProgress } from '../../stack/progress.ts'
import { freshDatabase, freshTopic, kafkaAddress } from '../support/environment.ts'
import { send } from '../support/send.ts'
import { startService } from '../support/service-process.ts'

/** So little that any machine keeps up with it. */
const plan: Plan = {
  kind: 'quick',
  shape: { warehouses: 4, products: 5, underWay: 20 },
  warmUp: { perSecond: 50, seconds: 1 },
  stepSeconds: 2,
  intakeRates: [50, 100],
  readRates: [20, 40],
  backgroundPerSecond: 10,
}
const seed = 'test'
const runId = 'run'
const cards = plan.shape.warehouses * plan.shape.products

async function runAgainst(t: TestContext, { topic, ownStack }: { topic: string; ownStack: boolean }) {
  const service = await startService(t, { database: await freshDatabase(t), topic })
  await service.ready()
  return await measure({
    service: {
      url: `http://127.0.0.1:${service.port}`,
      metricsUrl: `http://127.0.0.1:${service.metricsPort}/metrics`,
      kafka: kafkaAddress(),
      topic,
      key: undefined,
    },
    plan,
    seed,
    runId,
    ownStack,
    progress: createProgress(() => {}, Date.now),
    signal: t.signal,
  })
}

suite('a run of the load against a service', () => {
  test('sends and asks what was planned, sees what it sent, and finds the books balanced', async (t) => {
    const results = await runAgainst(t, { topic: await freshTopic(t, 3), ownStack: true })
    // 50 to warm up, 100 and 200 in steps, 10 a second while it is read, and the last arrivals of what is under way.
    const { intake, reads, books } = results
    assert.deepEqual(
      intake.map(({ sent, unseen }) => ({ sent, unseen })),
      [
        { sent: 100, unseen: {} },
        { sent: 200, unseen: {} },
      ],
    )
    assert.ok(intake.every(({ visible }) => visible.count >= 20 && (visible.p50 ?? 0) > 0))
    assert.ok(intake.every(({ acknowledged, sent }) => acknowledged.count === sent))
    assert.deepEqual(
      reads.map(({ sent, latency, failures }) => ({ sent, count: latency.count, failures })),
      [
        { sent: 40, count: 40, failures: {} },
        { sent: 80, count: 80, failures: {} },
      ],
    )
    assert.ok([...intake, ...reads].every(({ usage }) => usage !== null && usage.cpuCores > 0))
    assert.equal(books.cards, cards)
    assert.ok(books.events > 350 + cards)
    assert.deepEqual({ wrong: books.wrong, complaints: books.complaints }, { wrong: [], complaints: [] })
  })

  test('finds the one card on which somebody else reported, and fails', async (t) => {
    const topic = await freshTopic(t, 3)
    const stream = createStream(`${seed} ${runId}`, plan.shape)
    const [strange] = createStream('somebody else', plan.shape).openings()
    assert.ok(strange !== undefined)
    const at = new Date()
    await send(topic, [{ partition: 0, value: messageText(strange, { stream, messageId: 'strange', at }) }])
    const results = await runAgainst(t, { topic, ownStack: false })
    assert.deepEqual(
      results.books.wrong.map(({ warehouseId, productId, expected, found }) => ({
        warehouseId,
        productId,
        lines: found.lines - expected.lines,
        pieces: found.quantity - expected.quantity,
      })),
      [
        {
          warehouseId: stream.warehouseIds[strange.warehouse],
          productId: stream.productIds[strange.product],
          lines: 1,
          pieces: strange.quantity,
        },
      ],
    )
    assert.deepEqual(failuresOf(results), [`1 of ${cards} cards are not what was sent.`])
  })
})
