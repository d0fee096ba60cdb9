import { setTimeout as sleep } from 'node:timers/promises'
import type { Database } from '../../src/store/database.ts'
import type { Course } from './run.ts'

interface Counts {
  readonly legs: number
  readonly lines: number
  /** Cards whose lines are not numbered without a gap. */
  readonly gaps: number
  readonly transit: number
  readonly held: number
  readonly quarantined: number
}

/**
 * Every message is booked, once: each movement of the stream comes whole, and only the opening stock has no other side.
 *
 * @throws {Error} with what was found, where it is something else
 */
export async function assertWhole(database: Database, { messages, before }: Course): Promise<void> {
  const expected: Counts = {
    legs: before + messages,
    lines: before + messages,
    gaps: 0,
    transit: before,
    held: 0,
    quarantined: 0,
  }
  const [found] = await database.query<Counts>(`
    select
      (select count(*) from movement_leg) as legs,
      (select count(*) from card_line) as lines,
      (select count(*) from (
        select from card_line group by warehouse_id, product_id having max(line) <> count(*)
      ) as gap) as gaps,
      (select count(*) from transit) as transit,
      (select count(*) from movement_leg where line is null) as held,
      (select count(*) from quarantine) as quarantined`)
  const differs = Object.entries(expected).some(([name, count]) => found?.[name as keyof Counts] !== count)
  if (differs)
    throw new Error(`The books should have ${JSON.stringify(expected)}, and have ${JSON.stringify(found)}.`)
}

/** Backends tell what they counted when they are idle or end, within a second. */
const statisticsMs = 1500

/** Transactions of this database that came to nothing. */
export async function readTrouble(database: Database): Promise<{ rolledBack: number; deadlocks: number }> {
  await sleep(statisticsMs)
  const [row] = await database.query<{ rolledBack: number; deadlocks: number }>(
    `select xact_rollback as "rolledBack", deadlocks from pg_stat_database where datname = current_database()`,
  )
  return { rolledBack: row?.rolledBack ?? 0, deadlocks: row?.deadlocks ?? 0 }
}
