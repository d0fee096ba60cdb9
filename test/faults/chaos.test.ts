/** Everything at once: the faults of all the other tests, mixed by a seed, while three replicas work. */
import assert from 'node:assert/strict'
import { Client } from 'pg'
import { unleash, type Affliction } from '../support/chaos.ts'
import type { FaultProxy } from '../support/fault-proxy.ts'
import { toJson } from '../support/memory-log.ts'
import { ownKafka } from '../support/own-kafka.ts'
import { ownPostgres, type OwnPostgres } from '../support/own-postgres.ts'
import { ownRedis } from '../support/own-redis.ts'
import { faultProxy } from '../support/fault-proxy.ts'
import type { Scene } from '../support/scene.ts'
import type { ServiceProcess } from '../support/service-process.ts'
import { countLog, startSteadyFeed } from '../support/steady-feed.ts'
import { fault, type FaultRun } from './fault.ts'

const partitions = 6
const replicas = 3
/** 90 s, or as long as wanted: half an hour by hand. */
const chaosMs = Number(process.env['BINCARD_CHAOS_SECONDS'] ?? '90') * 1000

for (const round of [1, 2, 3]) {
  fault(`F25.${round}`, 'all faults at once: the books balance, and all is booked soon after', (run) =>
    chaos(run, run.seed + round * 1000),
  )
}

async function chaos(run: FaultRun, seed: number): Promise<void> {
  const { t } = run
  const [postgres, kafka, redis] = [await ownPostgres(t), await ownKafka(t), await ownRedis(t)]
  await Promise.all([postgres.start(), kafka.start(), redis.start()])
  const topic = await kafka.makeTopic(partitions)
  const lines = {
    postgres: await faultProxy(t, postgres.address, { seed }),
    redis: await faultProxy(t, { host: '127.0.0.1', port: redis.port }, { seed }),
    kafka: kafka.brokers[0]?.proxy,
  }
  assert(lines.kafka !== undefined)
  const scene = await run.scene({
    messages: 20_000,
    partitions,
    products: 200,
    database: postgres.address,
    kafka: { servers: kafka.servers, topic },
    redis: { host: '127.0.0.1', port: lines.redis.port },
    environment: { POSTGRES_PORT: String(lines.postgres.port) },
  })
  const crew = await Promise.all(Array.from({ length: replicas }, () => scene.startReplica()))
  for (const replica of crew) await replica.ready()
  const readers = scene.readAtTheSide()
  const { servers } = kafka
  const feed = startSteadyFeed(t, { servers, topic, messages: scene.workload.sent, overMs: chaosMs })

  const [broker] = kafka.brokers
  assert(broker !== undefined)
  await unleash({
    seed,
    forMs: chaosMs,
    atOnce: 2,
    onInflicted: (name, heldMs) => {
      run.inflict()
      t.diagnostic(`${name}, ${Math.round(heldMs)} ms`)
    },
    afflictions: [
      ...crew.flatMap((_, index) => onReplica(scene, crew, index)),
      ...onDatabase(postgres),
      {
        name: 'Kafka: killed',
        target: 'kafka',
        mostMs: 3_000,
        inflict: async () => {
          await broker.kill()
          return () => broker.start()
        },
      },
      frozen('Kafka', 'kafka', 8_000, (name) => broker.signal(name)),
      {
        name: 'Redis: killed',
        target: 'redis',
        mostMs: 5_000,
        inflict: async () => {
          await redis.kill()
          return () => redis.start()
        },
      },
      frozen('Redis', 'redis', 5_000, (name) => redis.signal(name)),
      {
        name: 'Redis: flushed',
        target: 'redis',
        mostMs: 300,
        inflict: async () => {
          await redis.command('FLUSHALL')
          return async () => undefined
        },
      },
      ...onLine('PostgreSQL', lines.postgres),
      ...onLine('Kafka', lines.kafka),
      ...onLine('Redis', lines.redis),
    ],
  })
  const healedMs = performance.now()
  for (const [index, replica] of crew.entries()) {
    if (replica.exit() !== null) crew[index] = await replace(scene, replica)
  }
  feed.hurry()
  await feed.done
  const events = new Set(scene.workload.messages.map(({ event }) => toJson(event)))
  const log = await countLog({ servers, topic, partitions, events })
  await scene.settle({
    // What the brokers did not acknowledge was sent again.
    extraMessages: log.messages - scene.total,
    extraPoison: log.poison - scene.workload.poison,
    limitMs: run.limit(30_000),
  })
  run.measured(
    `all booked and compared ${((performance.now() - healedMs) / 1000).toFixed(1)} s after healing`,
  )
  const { statuses, reads } = readers.seen()
  run.measured(`${reads} reads, ${statuses.get(200) ?? 0} of them answered from the books`)
}

async function replace(scene: Scene, replica: ServiceProcess): Promise<ServiceProcess> {
  scene.forget(replica)
  return await scene.startReplica()
}

function onReplica(scene: Scene, crew: ServiceProcess[], index: number): Affliction[] {
  const target = `replica ${index}`
  const ended = (signal: NodeJS.Signals, mostMs: number): Affliction => ({
    name: `${target}: ${signal}`,
    target,
    mostMs,
    inflict: async () => {
      const replica = crew[index]
      assert(replica !== undefined)
      scene.forget(replica)
      // Whatever it waits for, it ends within its time: 0 in good order, 1 when others kept it from that.
      const code = await replica.end(signal)
      assert(code === null || code === 0 || code === 1, `it ended with ${code}`)
      return async () => {
        crew[index] = await scene.startReplica()
      }
    },
  })
  return [
    ended('SIGKILL', 2_000),
    ended('SIGTERM', 2_000),
    frozen(target, target, 12_000, (name) => crew[index]?.signal(name)),
  ]
}

function onDatabase(postgres: OwnPostgres): Affliction[] {
  const target = 'postgres'
  const ask = async (...statements: string[]): Promise<Client> => {
    const client = new Client({ ...postgres.address })
    client.on('error', () => undefined)
    await client.connect()
    for (const statement of statements) await client.query(statement)
    return client
  }
  return [
    {
      name: 'PostgreSQL: crash',
      target,
      mostMs: 4_000,
      inflict: async () => {
        await postgres.crash()
        return () => postgres.start()
      },
    },
    frozen('PostgreSQL', target, 10_000, (name) => postgres.signal(name)),
    {
      name: 'PostgreSQL: read-only',
      target,
      mostMs: 5_000,
      inflict: async () => {
        const client = await ask(
          'alter system set default_transaction_read_only = on',
          'select pg_reload_conf()',
        )
        return async () => {
          await client.query('alter system reset default_transaction_read_only')
          await client.query('select pg_reload_conf()')
          await client.end()
        }
      },
    },
    {
      name: 'PostgreSQL: warehouses held by another session',
      target,
      mostMs: 6_000,
      inflict: async (random) => {
        const rest = random() < 0.5 ? 0 : 1
        // In order, as everywhere.
        const client = await ask(
          'begin',
          `select from warehouse where ascii(right(warehouse_id::text, 1)) % 2 = ${rest} order by warehouse_id for update`,
        )
        return async () => {
          await client.query('rollback')
          await client.end()
        }
      },
    },
  ]
}

function onLine(name: string, proxy: FaultProxy): Affliction[] {
  const target = `line to ${name}`
  const now = (what: string, act: () => void): Affliction => ({
    name: `${target}: ${what}`,
    target,
    mostMs: 400,
    inflict: async () => {
      act()
      return async () => undefined
    },
  })
  return [
    now('reset', () => proxy.reset()),
    now('cut', () => proxy.cut()),
    now('half closed', () => proxy.halfClose('toServer')),
    {
      name: `${target}: silent`,
      target,
      mostMs: 8_000,
      inflict: async (random) => {
        const direction = random() < 0.5 ? ('toServer' as const) : ('toClient' as const)
        proxy.silence(true, direction)
        return async () => proxy.silence(false, direction)
      },
    },
    {
      name: `${target}: slow`,
      target,
      mostMs: 5_000,
      inflict: async (random) => {
        proxy.delay(random() * 150, { jitterMs: 50 })
        return async () => proxy.delay(0)
      },
    },
    {
      name: `${target}: narrow`,
      target,
      mostMs: 5_000,
      inflict: async () => {
        proxy.limit(100_000)
        return async () => proxy.limit(Infinity)
      },
    },
  ]
}

function frozen(
  name: string,
  target: string,
  mostMs: number,
  signal: (name: 'SIGSTOP' | 'SIGCONT') => void,
): Affliction {
  return {
    name: `${name}: frozen`,
    target,
    mostMs,
    inflict: async () => {
      signal('SIGSTOP')
      return async () => signal('SIGCONT')
    },
  }
}
