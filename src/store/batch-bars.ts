/**
 * Keeps the pages that a batch changes out of every cache while its COMMIT is under way.
 *
 *   decide ─▶ bar the pages ─▶ write ─▶ COMMIT ─▶ lift the bars
 *
 * Barred before the COMMIT, a page cannot be filled with what was true before it, nor be left over if this process is
 * killed at that moment. Of two transactions that book the two sides of a movement at once, neither knows the other's
 * card: the second one finds the first in `transit`, and bars that card, too. Where no row of transit tells (a release,
 * a movement of several products), the legs are read once before the COMMIT. After it, those and the legs of all
 * movements that seemed to be new are read once more: whoever commits last sees them all. While the database is away
 * they are read as soon as it is back: until then nobody can have seen anything newer of them.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { ChangedPages, PageName } from '../booking/changed-pages.ts'
import { cardPage, changedPages } from '../booking/changed-pages.ts'
import type { Decision, Known } from '../booking/ledger.ts'
import { Fault } from '../fault.ts'
import type { CardKey, MovementId } from '../message/event.ts'
import type { Queryable } from './database.ts'

/** Pages by name, or all there are. */
export type Pages = ReadonlySet<PageName> | 'all'

/** The bars of one transaction. */
export interface Bars {
  /** Whether there is a cache that can be told. If not, `raise` does nothing. */
  readonly wanted: boolean
  /** More than so many pages at once are better named as `all`. */
  readonly maxPages: number
  /** No page is kept longer: so long after a COMMIT, none is left from before it. */
  readonly pageLifeMs: number
  /** The pages come from no cache from the moment on that `raised` resolves. */
  raise(pages: Pages): void
  /** Resolves in a bounded time, whatever becomes of the cache. Never rejects. */
  raised(): Promise<void>
  /** After the transaction. `unknown`: its COMMIT may still come true; the bars stay until they end by themselves. */
  end(how: 'known' | 'unknown'): void
}

/** Where the pages are kept. */
export interface PageBars {
  begin(): Bars
}

/** What keeps pages when nothing does. */
export const noPageBars: PageBars = {
  begin: () => ({
    wanted: false,
    maxPages: 0,
    pageLifeMs: 0,
    raise: () => {},
    raised: async () => {},
    end: () => {},
  }),
}

/** Between two tries to read what else to bar, while the database is away. */
const retryMs = { min: 100, max: 1000 }

export class BatchBars {
  readonly #bars: Bars
  #unclear: ReadonlySet<MovementId> = new Set()
  #unmet: ReadonlySet<MovementId> = new Set()

  constructor(pageBars: PageBars) {
    this.#bars = pageBars.begin()
  }

  /** Begins to bar what the decision tells; goes on beside the writing. */
  raise(decision: Decision, known: Known): void {
    if (!this.#bars.wanted) return
    const { maxPages } = this.#bars
    if (decision.legs.length + decision.releases.length > maxPages) return this.#bars.raise('all')
    const { pages, unclear, unmet }: ChangedPages = changedPages(decision, known)
    this.#unclear = unclear
    this.#unmet = unmet
    this.#bars.raise(pages.size > maxPages ? 'all' : pages)
  }

  /** Before the COMMIT; `met` are the movements that another transaction has booked meanwhile. */
  async complete(db: Queryable, met: readonly MovementId[]): Promise<void> {
    if (!this.#bars.wanted) return
    await this.#raiseCards(db, new Set([...this.#unclear, ...met]))
    await this.#bars.raised()
  }

  /** After the COMMIT; goes on in the background. */
  async lift(db: Queryable): Promise<void> {
    const giveUpMs = performance.now() + this.#bars.pageLifeMs
    let waitMs = retryMs.min
    while (!(await this.#raiseUnmet(db)) && performance.now() < giveUpMs) {
      await sleep(waitMs, undefined, { ref: false })
      waitMs = Math.min(2 * waitMs, retryMs.max)
    }
    await this.#bars.raised()
    this.#bars.end('known')
  }

  /** False if the database did not answer. To bar all pages instead would leave readers with none while it is away. */
  async #raiseUnmet(db: Queryable): Promise<boolean> {
    try {
      await this.#raiseCards(db, new Set([...this.#unclear, ...this.#unmet]))
    } catch (error) {
      if (error instanceof Fault) return false
      this.#bars.raise('all')
    }
    return true
  }

  /** The transaction has failed. */
  abandon(error: unknown): void {
    const mayBeCommitted = error instanceof Fault && error.code === 'commit_unknown'
    this.#bars.end(mayBeCommitted ? 'unknown' : 'known')
  }

  async #raiseCards(db: Queryable, movements: ReadonlySet<MovementId>): Promise<void> {
    if (!this.#bars.wanted || movements.size === 0) return
    const { maxPages } = this.#bars
    const cards = await readCardsOfMovements(db, movements, maxPages + 1)
    this.#bars.raise(cards.length > maxPages ? 'all' : new Set(cards.map(cardPage)))
  }
}

/** The cards that any leg of the movements is on, at most `limit`. */
async function readCardsOfMovements(
  db: Queryable,
  movements: ReadonlySet<MovementId>,
  limit: number,
): Promise<CardKey[]> {
  return await db.query<CardKey>(
    `select distinct warehouse_id as "warehouseId", product_id as "productId" from movement_leg
     where movement_id = any($1::uuid[]) limit $2`,
    [[...movements], limit],
  )
}
