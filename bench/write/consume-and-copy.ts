/**
 * The ceiling of whatever consumes this topic into PostgreSQL: our own consumer with our own decoder, and behind it
 * nothing but one COPY a batch (see raw-rows.ts) and the position. A process of its own, by the settings of the service.
 */
import { loadEnvironment } from '../../src/config/environment.ts'
import { readSettings } from '../../src/config/settings.ts'
import { intakeSettings } from '../../src/intake-settings.ts'
import { Intake } from '../../src/intake/intake.ts'
import type { LaneStore } from '../../src/intake/lane.ts'
import type { Micros } from '../../src/message/event.ts'
import { advancePosition, readPosition, startPosition } from '../../src/store/position.ts'
import { openDatabase } from '../databases.ts'
import { RawRows, type RawEvent } from './raw-rows.ts'

const { environment } = loadEnvironment(process.cwd())
const settings = readSettings(environment)
const database = openDatabase(settings.postgres, { poolSize: settings.batch.atOnce })
const rows = new RawRows()

const store: LaneStore = {
  write: async ({ partition, from, to, items }) => {
    const events = items.flatMap(({ decoded, message: { offset } }): RawEvent[] =>
      decoded.kind === 'rejected' ? [] : [{ event: decoded, partition: partition.partition, offset }],
    )
    const copy = rows.encode(events)
    return await database.transaction(async (session) => {
      if (!(await advancePosition(session, partition, { from, to }))) return 'fenced'
      await session.copy(RawRows.statement, copy)
      return { outcomes: [], releases: 0 }
    })
  },
  readPosition: (partition) => readPosition(database, partition),
  startPosition: (partition, start) => startPosition(database, partition, start),
}

const intake = new Intake({
  ...intakeSettings(settings),
  store,
  observer: {
    booked: () => undefined,
    fenced: () => undefined,
    failed: (_, fault) => console.error(fault),
    sawLag: () => undefined,
    laneStarted: () => undefined,
    laneStopped: () => undefined,
  },
  clock: () => (Date.now() * 1000) as Micros,
  random: () => Math.random(),
})
intake.start()
console.log(JSON.stringify({ port: 0 }))

process.once('SIGTERM', () => {
  void intake.stop().then(async () => {
    await database.close()
    process.exit(0)
  })
})
