import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Micros } from '../../src/message/event.ts'
import { Fault } from '../../src/fault.ts'
import { freshDatabase, redisAddress } from '../support/environment.ts'
import { arrival, warehouse } from '../support/events.ts'
import { countFaults } from '../support/fault-counts.ts'
import { ask } from '../support/http.ts'
import { openDatabase } from '../support/ledger.ts'
import { bookByHand } from '../support/by-hand.ts'
import { toJson } from '../support/memory-log.ts'
import { postgresProxy } from '../support/postgres-proxy.ts'
import { send } from '../support/send.ts'
import { waitFor } from '../support/wait.ts'
import { seededRandom } from '../support/workload.ts'
import { fault } from './fault.ts'

/** None of these promises is about a time, and the machine may be busy. */
const limitMs = 120_000

fault(
  'F14',
  "another session that holds or crosses the warehouses' rows costs tries, which are counted, and nothing else",
  async (run) => {
    const rounds = run.choose({ whole: 10, share: 1 })
    const scene = await run.scene({
      messages: run.choose({ whole: 50_000, share: 4000 }),
      // Longer than the second after which PostgreSQL looks for a deadlock.
      environment: { BATCH_MAX_EVENTS: '200', POSTGRES_LOCK_TIMEOUT_MS: '2500' },
    })
    const replica = await scene.startReplica()
    await replica.ready()
    // Of the two that wait for each other, the service is to be the one that is told.
    const other = openDatabase(run.t, scene.address, {
      applicationName: 'another session',
      serverSettings: { deadlock_timeout: '60s' },
      // Also of a transaction that says nothing: it is to end when the test says so.
      statementTimeoutMs: 300_000,
      lockTimeoutMs: 300_000,
    })
    await scene.feed(0, 0.1)
    await scene.untilBooked(0.1)
    // The first and the last of those of which each batch has something.
    const [first, last] = [warehouse(1), warehouse(20)]
    const hold = 'select from warehouse where warehouse_id = $1 for update'
    const countOf = (code: string): Promise<number> => countFaults([replica], code)
    for (let round = 0; round < rounds; round += 1) {
      const part = (share: number): number => 0.1 + (0.9 * (round + share)) / rounds
      const before = { held: await countOf('lock_timeout'), crossed: await countOf('deadlock') }
      await other.transaction(async (session) => {
        await session.query(hold, [last])
        await scene.feed(part(0), part(0.5))
        await waitFor('a wait that was too long', async () => (await countOf('lock_timeout')) > before.held, {
          limitMs,
        })
      })
      run.inflict()
      await scene.untilBooked(part(0.5))
      await other.transaction(async (session) => {
        await session.query(hold, [last])
        await scene.feed(part(0.5), part(1))
        await waitFor('the service to wait', async () => (await waiting()) > 0, { limitMs })
        await session.query(hold, [first])
      })
      run.inflict()
      await waitFor('a deadlock', async () => (await countOf('deadlock')) > before.crossed, { limitMs })
      await scene.untilBooked(part(1))
    }
    run.measured(`${await countOf('lock_timeout')} lock time-outs, ${await countOf('deadlock')} deadlocks`)
    await scene.settle()

    async function waiting(): Promise<number> {
      const rows = await scene.database.query(
        `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
         and application_name = 'bincard intake'`,
      )
      return rows.length
    }
  },
)

fault(
  'F14b',
  'what a process remembers of a card is forgotten when others book on it, or a COMMIT is answered late',
  async (run) => {
    const rounds = run.choose({ whole: 200, share: 8 })
    const proxy = await postgresProxy(run.t, await freshDatabase(run.t))
    const scene = await run.scene({
      messages: run.choose({ whole: 50_000, share: 3000 }),
      database: proxy.address,
      redis: redisAddress(),
      environment: { BATCH_MAX_EVENTS: '100' },
    })
    const random = seededRandom(run.seed)
    let late = 0
    proxy.onCommit((application) => {
      if (application !== 'bincard intake' || random() < 0.9) return 'pass'
      late += 1
      return { answerLateMs: 50 + random() * 300 }
    })
    const replicas = [await scene.startReplica(), await scene.startReplica()]
    for (const replica of replicas) await replica.ready()
    scene.readAtTheSide()
    // One card of its own, on which the log, both ways of booking and a hand by turns put one piece each.
    const pieceOf = (n: number) => ({
      ...arrival({ movement: 9_000_000 + n, warehouse: 1, product: 900, quantity: 1 }),
      occurredAt: (Date.UTC(2025, 1, 1) * 1000 + n) as Micros,
    })
    const { model } = scene.workload
    let [messages, next] = [0, 3 * rounds]
    for (let round = 0; round < rounds; round += 1) {
      await scene.feed(round / rounds, (round + 1) / rounds)
      const [logged, posted, byHand] = [pieceOf(3 * round), pieceOf(3 * round + 1), pieceOf(3 * round + 2)]
      for (const event of [logged, posted, byHand]) model.deliver(event)
      await send(scene.topic, [{ partition: round % 6, value: toJson(logged) }])
      const replica = replicas[round % 2]
      const answer = await ask(`http://127.0.0.1:${replica?.port}/api/events`, {
        method: 'POST',
        headers: { 'content-type': 'application/cloudevents+json' },
        body: toJson(posted),
      })
      assert([200, 202].includes(answer.status), `${answer.status} ${answer.text}`)
      messages += 2
      await untilBookedByHand(byHand)
      run.inflict()
    }
    const untilAllBooked = async (): Promise<void> => {
      await waitFor('all of it', async () => (await scene.booked()) === scene.total + messages, {
        limitMs,
      })
    }
    await untilAllBooked()
    assert(late > 0)
    // Now nobody else takes the warehouse: what its owner remembers is proven, and nevertheless wrong.
    for (let turn = 0; turn < 4; turn += 1) {
      const [logged, byHand] = [pieceOf(next++), pieceOf(next++)]
      for (const event of [logged, byHand]) model.deliver(event)
      await send(scene.topic, [{ partition: 0, value: toJson(logged) }])
      messages += 1
      await untilAllBooked()
      await untilBookedByHand(byHand)
      run.inflict()
    }
    proxy.onCommit(null)
    run.sent(messages)
    const collisions = await countFaults(replicas, 'key_collision')
    assert(collisions >= 3, `${collisions} collisions`)
    run.measured(`${late} answers were late, ${collisions} lines and legs were chosen twice and chosen anew`)
    await scene.settle({ extraMessages: messages })

    async function untilBookedByHand(event: ReturnType<typeof pieceOf>): Promise<void> {
      await waitFor('a line by hand', async () => {
        try {
          await bookByHand(scene.database, { topic: scene.topic, event })
          return true
        } catch (error) {
          if (!(error instanceof Fault && error.kind === 'conflict')) throw error
          await sleep(random() * 20)
          return false
        }
      })
    }
  },
)
