import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { Fault } from '../../src/fault.ts'
import { realTime, type Time } from '../../src/intake/time.ts'
import { Turns } from '../../src/intake/turns.ts'
import { readPosition, startPosition } from '../../src/store/position.ts'
import { checkBooks } from '../support/books.ts'
import { departure } from '../support/events.ts'
import { freshLedger, partitionOf } from '../support/ledger.ts'
import { MemoryLog, toJson } from '../support/memory-log.ts'
import { arrivals, booked, limits, startLane, storeOf } from '../support/running-lane.ts'
import { waitFor } from '../support/wait.ts'

suite('a lane', () => {
  test('books its partition in the order of the log, in batches no larger than they may be', async (t) => {
    const ledger = await freshLedger(t)
    const log = new MemoryLog()
    log.append(...arrivals(130))
    const running = startLane(t, ledger, { log })
    await booked(running, 130)
    const { lines } = await checkBooks(ledger.database)
    const offsets = await ledger.database.query<{ o: number }>(
      'select l.kafka_offset as o from movement_leg l order by l.line',
    )
    assert.deepEqual(
      offsets.map(({ o }) => o),
      lines.map((_, n) => n),
    )
    assert.ok(running.told.batches.every((size) => size <= limits.batchMaxEvents))
  })

  test('what comes while a lane waits for its turn goes along in its batch', async (t) => {
    const ledger = await freshLedger(t)
    const turns = new Turns(1)
    const another = Promise.withResolvers<void>()
    const elsewhere = turns.take(() => another.promise)
    const log = new MemoryLog()
    const running = startLane(t, ledger, { log, turns })
    for (const count of [5, 10]) {
      log.append(...arrivals(5, count))
      await waitFor('the lane reads', () => running.lane.lag === count)
    }
    another.resolve()
    await elsewhere
    await booked(running, 10)
    assert.deepEqual(running.told.batches, [10])
  })

  test('batches are bounded by bytes too, and what is read ahead with them', async (t) => {
    const ledger = await freshLedger(t)
    const log = new MemoryLog()
    log.append(...arrivals(100))
    const running = startLane(t, ledger, { log, maxBytes: 1000 })
    await booked(running, 100)
    assert.ok(running.told.batches.every((size) => size <= 3))
  })

  test('a lane without work books again what a database that was set back lacks', async (t) => {
    const ledger = await freshLedger(t)
    const log = new MemoryLog()
    log.append(...arrivals(30))
    const running = startLane(t, ledger, { log })
    await booked(running, 30)
    const before = await checkBooks(ledger.database)
    await ledger.database.transaction(async (session) => {
      await session.query(
        'truncate warehouse, movement_leg, card_line, transit, kafka_position, booked_batch',
      )
      await startPosition(session, partitionOf(0), { nextOffset: 0, leaderEpoch: -1 })
    })
    const isBookedAgain = async (): Promise<boolean> =>
      (await readPosition(ledger.database, partitionOf(0)))?.nextOffset === 30
    await waitFor('all of it', isBookedAgain)
    assert.deepEqual(await checkBooks(ledger.database), before)
    assert.deepEqual(running.told.faults, [])
  })

  test('a poison message blocks nobody: it waits in quarantine, its neighbours are booked', async (t) => {
    const ledger = await freshLedger(t)
    const log = new MemoryLog()
    log.append(...arrivals(3), null, '{', Buffer.from([0xff, 0xfe]), ...arrivals(3, 10))
    const running = startLane(t, ledger, { log })
    await booked(running, 9)
    const kept = await ledger.database.query('select kafka_offset as at, code from quarantine order by 1')
    assert.deepEqual(kept, [
      { at: 3, code: 'message_empty' },
      { at: 4, code: 'not_json' },
      { at: 5, code: 'not_utf8' },
    ])
    const { lines } = await checkBooks(ledger.database)
    assert.equal(lines.length, 6)
  })

  test('a lane whose batches the database refuses to write is not running, however well it reads', async (t) => {
    const ledger = await freshLedger(t)
    const store = storeOf(ledger)
    let full = true
    const log = new MemoryLog()
    log.append(...arrivals(30))
    const running = startLane(t, ledger, {
      log,
      store: {
        ...store,
        write: async (batch) => {
          if (!full) return await store.write(batch)
          throw new Fault({ part: 'postgres', kind: 'outage', code: 'database_full', message: 'full' })
        },
      },
    })
    await waitFor('the first failure', () => running.lane.state.name === 'failing')
    const seen = new Set<string>()
    await waitFor(
      'more failures',
      () => {
        seen.add(running.lane.state.name)
        return running.told.faults.length > 8
      },
      { everyMs: 1 },
    )
    assert.deepEqual([...seen], ['failing'])
    full = false
    await booked(running, 30)
    assert.equal(running.lane.state.name, 'running')
  })

  test('a zombie owner is fenced: two lanes on one partition book each message once', async (t) => {
    const ledger = await freshLedger(t)
    const log = new MemoryLog()
    log.append(
      ...arrivals(300),
      ...arrivals(300).map((_, n) => toJson(departure({ movement: n, quantity: 1 }))),
    )
    const one = startLane(t, ledger, { log })
    const other = startLane(t, ledger.another(), { log })
    await Promise.all([booked(one, 600), booked(other, 600)])
    const { lines } = await checkBooks(ledger.database)
    assert.equal(lines.length, 600)
    assert.ok(one.told.fenced + other.told.fenced > 0)
    assert.equal(one.told.outcomes.length + other.told.outcomes.length, 600)
  })

  test('a COMMIT whose answer is lost is settled by the position', async (t) => {
    const ledger = await freshLedger(t)
    const store = storeOf(ledger)
    let lost = 0
    const log = new MemoryLog()
    log.append(...arrivals(100))
    const running = startLane(t, ledger, {
      log,
      store: {
        ...store,
        write: async (batch) => {
          const written = await store.write(batch)
          if (lost === 3) return written
          lost += 1
          throw new Fault({ part: 'postgres', kind: 'outage', code: 'commit_unknown', message: 'lost' })
        },
      },
    })
    await booked(running, 100)
    const { lines } = await checkBooks(ledger.database)
    assert.equal(lines.length, 100)
    assert.deepEqual(running.told.faults, ['commit_unknown', 'commit_unknown', 'commit_unknown'])
  })

  test('conflicts are tried again, and a batch that meets five of them is halved', async (t) => {
    const ledger = await freshLedger(t)
    const store = storeOf(ledger)
    const sizes: number[] = []
    const log = new MemoryLog()
    log.append(...arrivals(20))
    const running = startLane(t, ledger, {
      log,
      store: {
        ...store,
        write: async (batch) => {
          sizes.push(batch.items.length)
          if (sizes.length > 10) return await store.write(batch)
          throw new Fault({ part: 'postgres', kind: 'conflict', code: 'deadlock', message: 'crossed' })
        },
      },
    })
    await booked(running, 20)
    assert.deepEqual(sizes, [20, 20, 20, 20, 20, 10, 10, 10, 10, 10, 5, 10, 5])
  })

  test('an outage pauses the lane, which says so and takes up work by itself', async (t) => {
    const ledger = await freshLedger(t)
    const running = startLane(t, ledger)
    running.log.failure = new Fault({
      part: 'kafka',
      kind: 'outage',
      code: 'broker_unreachable',
      message: 'away',
    })
    await waitFor('the pause', () => running.lane.state.name === 'failing')
    running.log.append(...arrivals(5))
    running.log.failure = null
    await booked(running, 5)
    await waitFor('running again', () => running.lane.state.name === 'running')
  })

  test('an error of ours is loud, tried again, and never skipped', async (t) => {
    const ledger = await freshLedger(t)
    const store = storeOf(ledger)
    let broken = true
    const log = new MemoryLog()
    log.append(...arrivals(3))
    const running = startLane(t, ledger, {
      log,
      store: {
        ...store,
        write: async (batch) => {
          if (broken) throw new TypeError('a slip')
          return await store.write(batch)
        },
      },
    })
    await waitFor('the report', () => running.told.faults.length > 2)
    assert.equal(running.told.faults[0], 'unexpected')
    broken = false
    await booked(running, 3)
  })

  test('a log that begins after the position, or ends before it, stops the partition', async (t) => {
    const ledger = await freshLedger(t)
    await startPosition(ledger.database, partitionOf(0), { nextOffset: 5, leaderEpoch: 0 })
    const short = startLane(t, ledger)
    await waitFor('the halt', () => short.lane.state.name === 'halted')
    assert.deepEqual(short.told.faults, ['position_after_log'])
    const log = new MemoryLog()
    log.append(...arrivals(10))
    log.earliest = 6
    const late = startLane(t, ledger, { log })
    await waitFor('the halt', () => late.lane.state.name === 'halted')
    assert.deepEqual(late.told.faults, ['position_before_log'])
  })

  test('a database that is restored while nothing comes is caught up all the same', async (t) => {
    const ledger = await freshLedger(t)
    const log = new MemoryLog()
    log.append(...arrivals(10))
    const hasty: Time = {
      now: () => realTime.now() * 1000,
      after: (ms, callback) => realTime.after(ms / 1000, callback),
    }
    const running = startLane(t, ledger, { log, time: hasty })
    await booked(running, 10)
    await ledger.database.transaction(async (session) => {
      await session.query('delete from card_line where line > 5')
      await session.query('delete from movement_leg where line > 5')
      await session.query(
        'delete from transit where movement_id not in (select movement_id from movement_leg)',
      )
      await session.query('update warehouse set token = gen_random_uuid()')
      await session.query('update kafka_position set next_offset = 5')
    })
    await waitFor('the rest', () => running.told.outcomes.length === 15)
    const lines = await ledger.database.query('select line::int, balance::int from card_line order by line')
    assert.deepEqual(
      lines,
      Array.from({ length: 10 }, (_, n) => ({ line: n + 1, balance: n + 1 })),
    )
  })

  test('a topic made again under its name stops the partition', async (t) => {
    const ledger = await freshLedger(t)
    await startPosition(ledger.database, partitionOf(0), { nextOffset: 0, leaderEpoch: 0 })
    await ledger.database.query('update kafka_position set topic_id = gen_random_uuid()')
    const { lane, told } = startLane(t, ledger)
    await waitFor('the halt', () => lane.state.name === 'halted')
    assert.deepEqual(told.faults, ['topic_recreated'])
  })

  test('a partition that was never booked does not begin in a topic made again under the name of the others', async (t) => {
    const ledger = await freshLedger(t)
    await startPosition(ledger.database, partitionOf(1), { nextOffset: 0, leaderEpoch: 0 })
    await ledger.database.query('update kafka_position set topic_id = gen_random_uuid()')
    const log = new MemoryLog()
    log.append(...arrivals(3))
    const { lane, told } = startLane(t, ledger, { log })
    await waitFor('the halt', () => lane.state.name === 'halted')
    assert.deepEqual(told.faults, ['topic_recreated'])
    assert.equal(await readPosition(ledger.database, partitionOf(0)), null)
  })

  test('stopping lets the batch under way end', async (t) => {
    const ledger = await freshLedger(t)
    const log = new MemoryLog()
    log.append(...arrivals(500))
    const { lane, told } = startLane(t, ledger, { log })
    await waitFor('some work', () => told.batches.length > 2)
    await lane.stop()
    const position = await readPosition(ledger.database, partitionOf(0))
    assert.equal(
      position?.nextOffset,
      told.batches.reduce((sum, size) => sum + size, 0),
    )
    assert.equal(lane.state.name, 'stopped')
    assert.equal(log.closed, true)
  })
})
