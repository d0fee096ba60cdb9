/** Whether the books say what was sent: every card that a report of this load touched, its stock and its lines. */
import type { Client } from '../src/client/client.ts'
import type { BooksResult } from './results.ts'
import type { LoadStream } from './stream.ts'
import { compareBooks, touchedCards, type CardFigures, type Sums } from './sums.ts'

/** The most that one question may name. */
const cardsAtOnce = 1000

export interface BooksOptions {
  readonly client: Client
  readonly stream: LoadStream
  readonly sums: Sums
  readonly sent: number
  /** Null where others send to the same service, so that its totals are not this load's. */
  readonly totalsBefore: Totals | null
}

/** Totals of the service that each message of the load changes in a known way, or not at all. */
export interface Totals {
  readonly lines: number
  readonly held: number
  readonly quarantined: number
  readonly inTransit: number
}

export async function readTotals(client: Client): Promise<Totals> {
  const { totals } = await client.getOverview()
  return {
    lines: totals.lines,
    held: totals.departures_held,
    quarantined: totals.quarantine_open,
    inTransit: totals.movements_in_transit,
  }
}

/** To be asked when nothing waits. A line for each report also says that none was held, quarantined, or counted twice. */
export async function checkBooks({
  client,
  stream,
  sums,
  sent,
  totalsBefore,
}: BooksOptions): Promise<BooksResult> {
  const cards = touchedCards(sums.lines)
  const found = new Map<number, CardFigures>()
  for (let from = 0; from < cards.length; from += cardsAtOnce) {
    const asked = cards.slice(from, from + cardsAtOnce)
    const { items } = await client.queryCards({ body: { cards: asked.map((card) => keyOf(card, stream)) } })
    for (const [at, card] of asked.entries()) {
      const item = items[at]
      if (item !== undefined) found.set(card, { quantity: item.quantity, lines: item.last_line })
    }
  }
  const wrong = compareBooks(sums, found).map(({ card, ...figures }) => {
    const { warehouse_id: warehouseId, product_id: productId } = keyOf(card, stream)
    return { warehouseId, productId, ...figures }
  })
  const complaints =
    totalsBefore === null
      ? []
      : complaintsOf(await readTotals(client), { before: totalsBefore, sent, cards: cards.length })
  return { cards: cards.length, events: sent, wrong, complaints }
}

export function keyOf(card: number, { shape, warehouseIds, productIds }: LoadStream) {
  return {
    warehouse_id: warehouseIds[Math.floor(card / shape.products)] ?? '',
    product_id: productIds[card % shape.products] ?? '',
  }
}

export function complaintsOf(
  now: Totals,
  { before, sent, cards }: { readonly before: Totals; readonly sent: number; readonly cards: number },
): string[] {
  // The arrival that opened a card has no departure: of each movement that differs, transit tells for ever.
  const expected = { ...before, lines: before.lines + sent, inTransit: before.inTransit + cards }
  const names = {
    lines: 'lines',
    held: 'held departures',
    quarantined: 'messages in quarantine',
    inTransit: 'movements in transit',
  }
  return (Object.keys(names) as (keyof Totals)[])
    .filter((total) => now[total] !== expected[total])
    .map((total) => `There are ${now[total]} ${names[total]}, and should be ${expected[total]}.`)
}
