import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { Fault } from '../../src/fault.ts'
import { RefusalStreak } from '../../src/intake/refusal-streak.ts'
import { readPosition } from '../../src/store/position.ts'
import { checkBooks } from '../support/books.ts'
import { freshLedger, partitionOf } from '../support/ledger.ts'
import { MemoryLog } from '../support/memory-log.ts'
import { arrivals, booked, startLane, storeOf } from '../support/running-lane.ts'
import { waitFor } from '../support/wait.ts'

suite('what the database refuses', () => {
  test('an event that the database refuses on its own is quarantined, all others are booked', async (t) => {
    const ledger = await freshLedger(t)
    await ledger.database.query('alter table card_line add constraint unlucky check (change <> 13)')
    const log = new MemoryLog()
    log.append(
      ...arrivals(8),
      ...arrivals(1, 100, 13),
      ...arrivals(8, 200),
      ...arrivals(1, 300, 13),
      ...arrivals(8, 400),
    )
    const running = startLane(t, ledger, { log })
    await booked(running, 26)
    const kept = await ledger.database.query(
      'select kafka_offset as at, code, detail from quarantine order by 1',
    )
    const detail = 'The database refuses this event. A constraint of the ledger refused a row. (unlucky)'
    assert.deepEqual(kept, [
      { at: 8, code: 'refused_by_database', detail },
      { at: 17, code: 'refused_by_database', detail },
    ])
    const { lines } = await checkBooks(ledger.database)
    assert.equal(lines.length, 24)
  })

  test('three refused events in a row stop the partition: that is our error, not theirs', async (t) => {
    const ledger = await freshLedger(t)
    await ledger.database.query('alter table card_line add constraint unlucky check (change <> 13)')
    const log = new MemoryLog()
    log.append(...arrivals(2), ...arrivals(4, 100, 13), ...arrivals(2, 200))
    const { lane } = startLane(t, ledger, { log })
    await waitFor('the halt', () => lane.state.name === 'halted')
    assert.equal(lane.state.name === 'halted' && lane.state.fault.code, 'events_refused')
    const kept = await ledger.database.query('select kafka_offset as at from quarantine order by 1')
    assert.deepEqual(kept, [{ at: 2 }, { at: 3 }])
    assert.equal((await readPosition(ledger.database, partitionOf(0)))?.nextOffset, 4)
  })

  test('an event that is refused, and tried again, counts once; the count outlives the lane', async (t) => {
    const ledger = await freshLedger(t)
    await ledger.database.query('alter table card_line add constraint unlucky check (change <> 13)')
    const store = storeOf(ledger)
    const refusals = new RefusalStreak()
    let conflicts = 3
    const log = new MemoryLog()
    log.append(...arrivals(2, 0, 13))
    const one = startLane(t, ledger, {
      log,
      refusals,
      store: {
        ...store,
        write: async (batch) => {
          const isQuarantine = batch.items.every(({ decoded }) => decoded.kind === 'rejected')
          if (!isQuarantine || conflicts === 0) return await store.write(batch)
          conflicts -= 1
          throw new Fault({ part: 'postgres', kind: 'conflict', code: 'lock_timeout', message: 'locked' })
        },
      },
    })
    await booked(one, 2)
    await one.lane.stop()
    log.append(...arrivals(1, 10, 13))
    const next = startLane(t, ledger, { log, refusals })
    await waitFor('the halt', () => next.lane.state.name === 'halted')
    assert.equal((await ledger.database.query('select 1 from quarantine')).length, 2)
  })
})
