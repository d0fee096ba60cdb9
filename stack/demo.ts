/**
 * node stack/demo.ts --seed TEXT
 *
 * Sends the story of `demo-story.ts` to the topic until it is told to stop: every card filled at once, then about
 * five reports a second. Knows what any producer knows: KAFKA_BOOTSTRAP_SERVERS and KAFKA_TOPIC.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { Producer, stringSerializers } from '@platformatic/kafka'
import { demoMessage } from './demo-message.ts'
import { demoProducts, demoStory, demoWarehouses, uuidOf } from './demo-story.ts'
import { readSettings } from './settings.ts'

/** A person can follow five a second with the eye, and a laptop does not hear of it. */
const pauseMs = 200
/** The opening deliveries are sent without a pause: nobody wants to watch shelves being filled. */
const openingReports = demoWarehouses.length * demoProducts.length

const { values } = parseArgs({ options: { seed: { type: 'string' } } })
const seed = values.seed ?? 'demo'
const { kafka } = readSettings(process.env)
const told = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => told.abort())

const producer = new Producer({
  clientId: 'bincard-demo',
  bootstrapBrokers: (kafka.servers ?? `127.0.0.1:${kafka.port}`).split(','),
  serializers: stringSerializers,
  acks: -1,
  // Without end: a broker that is away for a while is no reason to stop the demo.
  retries: true,
})
try {
  await tellStory()
} finally {
  await producer.close()
}

async function tellStory(): Promise<void> {
  let sent = 0
  for (const event of demoStory(seed)) {
    if (told.signal.aborted) return
    const value = demoMessage(event, { messageId: uuidOf(`${seed} message ${sent}`), now: Date.now() })
    // Keyed by warehouse, so that all cards of a warehouse are booked in one lane.
    await producer.send({ messages: [{ topic: kafka.topic, key: event.warehouse.id, value }] })
    sent += 1
    if (sent > openingReports) await sleep(pauseMs, undefined, { signal: told.signal }).catch(() => undefined)
  }
}
