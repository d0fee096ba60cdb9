/**
 * The overview in a browser, used by the keyboard, first while nothing moves and then while so many events a second
 * come through Kafka: browser, service, broker and database share the machine.
 */
import { after, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { Producer, ProduceAcks } from '@platformatic/kafka'
import type { Page } from 'playwright-core'
import type { Outgoing } from '../../open-loop/sender.ts'
import { openBrowser, openPage } from '../../test/support/browser.ts'
import { freshDatabase, freshTopic, kafkaAddress } from '../../test/support/environment.ts'
import { openDatabase } from '../../test/support/ledger.ts'
import { startService, type ServiceProcess } from '../../test/support/service-process.ts'
import { bookBefore } from '../write/contestants.ts'
import { makeStream } from '../write/stream.ts'
import { outgoing } from '../write/topics.ts'
import { beginNotes, readNotes, type Slowness } from './watch.ts'

const perSecond = 20_000
const seconds = 20
const slicesPerSecond = 10
const topicPartitions = 6
const rounds = 3

const owner = { after }
const browser = await openBrowser(owner)

/** Opens the search, types into it and leaves it, over and over: every key must be seen at once. */
async function useKeyboard(page: Page, untilMs: number): Promise<void> {
  while (performance.now() < untilMs) {
    await page.keyboard.press('/')
    await page.getByRole('dialog').waitFor()
    await page.keyboard.type('c629', { delay: 60 })
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await pause(200)
  }
}

/** By the clock, a tenth of a second's messages at a time. */
async function send(prepared: readonly Outgoing[]): Promise<{ readonly seconds: number }> {
  const producer = new Producer({ clientId: 'bincard-bench', bootstrapBrokers: kafkaAddress().split(',') })
  const size = perSecond / slicesPerSecond
  const beganMs = performance.now()
  try {
    for (let slice = 0; slice * size < prepared.length; slice += 1) {
      await pause(Math.max(0, beganMs + (slice * 1000) / slicesPerSecond - performance.now()))
      await producer.send({
        acks: ProduceAcks.LEADER,
        messages: prepared.slice(slice * size, (slice + 1) * size),
      })
    }
    return { seconds: (performance.now() - beganMs) / 1000 }
  } finally {
    await producer.close()
  }
}

async function linesOf(service: ServiceProcess): Promise<number> {
  const { body } = await service.get('/api/overview')
  return (body as { totals: { lines: number } }).totals.lines
}

function say({ answersMs, ...slowness }: Slowness): string {
  const sorted = answersMs.toSorted((a, b) => a - b)
  const at = (share: number): number => sorted[Math.ceil(share * sorted.length) - 1] ?? 0
  return (
    `keys: ${sorted.length} answered after 16 ms or more, p50 ${at(0.5)} ms, p98 ${at(0.98)} ms, at most ${at(1)} ms; ` +
    `long tasks: ${slowness.longTasks} in ${slowness.seconds.toFixed(0)} s, at most ${slowness.longestTaskMs.toFixed(0)} ms; ` +
    `longest frame ${slowness.longestFrameMs.toFixed(0)} ms`
  )
}

for (let round = 1; round <= rounds; round += 1) {
  void test(`round ${round}`, async (t) => {
    const address = await freshDatabase(t)
    const stream = makeStream('pairs', { messages: perSecond * seconds, seed: 7, topicPartitions })
    const database = openDatabase(t, address, { statementTimeoutMs: 120_000 })
    await bookBefore(
      database,
      makeStream('pairs', { messages: perSecond * seconds, seed: 7, topicPartitions }),
    )
    const topic = await freshTopic(t, topicPartitions)
    const prepared = stream.messages.map((message) => outgoing(topic, message))
    const service = await startService(t, { database: address, topic, environment: { DEBUG: 'false' } })
    await service.ready()
    const { page } = await openPage(t, browser, `http://127.0.0.1:${service.port}`)
    await page.goto('/')
    await page.getByRole('status').getByText('Live').waitFor()

    await beginNotes(page)
    await useKeyboard(page, performance.now() + seconds * 1000)
    t.diagnostic(`quiet: ${say(await readNotes(page))}`)

    const before = await linesOf(service)
    await beginNotes(page)
    const [sent] = await Promise.all([send(prepared), useKeyboard(page, performance.now() + seconds * 1000)])
    const booked = (await linesOf(service)) - before
    t.diagnostic(
      `${perSecond} events/s: sent in ${sent.seconds.toFixed(1)} s, ${booked} of ${perSecond * seconds} booked by then; ${say(await readNotes(page))}`,
    )
  })
}
