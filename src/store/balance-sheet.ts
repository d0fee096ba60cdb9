/** What there is of everything, of one moment: whether all that came and went is accounted for. */
import { openingSource } from '../message/opening-stock.ts'
import type { Goods } from '../proof/prove-sums.ts'
import type { Queryable } from './database.ts'
import { readTally, type Tally } from './position.ts'

/** What is counted, and what the counters beside the positions say; both without `messagesSettled`, which no table tells. */
export interface BalanceSheet {
  readonly goods: Goods
  readonly counted: Counts
  readonly kept: Counts
}

export type Counts = Omit<Tally, 'messagesSettled'>

/** Reads every row of both ledgers. */
export async function readBalanceSheet(db: Queryable): Promise<BalanceSheet> {
  // Whoever walks by keys has told the planner not to read a table from end to end, which is what is wanted here.
  await db.query('set local enable_seqscan = on')
  const [lines] = await db.query<{ goods: string; lines: number; cards: number }>(
    'select coalesce(sum(change), 0)::text as goods, count(*) as lines, count(*) filter (where line = 1) as cards from card_line',
  )
  const [legs] = await db.query<{
    held: string
    opened: string
    departures: number
    firstArrivals: number
    heldCount: number
  }>(
    `select coalesce(sum(quantity) filter (where line is null), 0)::text as held,
       coalesce(sum(case when leg = 0 then -quantity else quantity end) filter (where source = $1), 0)::text as opened,
       count(*) filter (where leg = 0) as departures,
       count(*) filter (where leg = 1) as "firstArrivals",
       count(*) filter (where line is null) as "heldCount"
     from movement_leg`,
    [openingSource],
  )
  const [rest] = await db.query<{ transit: string; movements: number; warehouses: number; open: number }>(
    `select coalesce(sum(quantity), 0)::text as transit, count(*) as movements,
       (select count(*) from warehouse) as warehouses,
       (select count(*) from quarantine where status = 'open') as open
     from transit`,
  )
  if (lines === undefined || legs === undefined || rest === undefined) throw new Error('a sum without a row')
  const { messagesSettled: _, ...kept } = await readTally(db)
  return {
    goods: {
      onCards: BigInt(lines.goods),
      inTransit: BigInt(rest.transit),
      held: BigInt(legs.held),
      opened: BigInt(legs.opened),
    },
    counted: {
      warehouses: rest.warehouses,
      cards: lines.cards,
      lines: lines.lines,
      movementsDeparted: legs.departures,
      movementsArrived: legs.firstArrivals,
      movementsInTransit: rest.movements,
      departuresHeld: legs.heldCount,
      messagesQuarantined: rest.open,
    },
    kept,
  }
}
