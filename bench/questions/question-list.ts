/** What is asked: every read of the HTTP interface, as people usually ask it and as it costs most, on later pages too. */
import { pages, type Client } from '../../src/client/client.ts'
import type { MovementId } from '../../src/message/event.ts'
import type { Loaded } from './load.ts'
import {
  busiestCard,
  emptyWarehouse,
  pileCard,
  productId,
  tripOf,
  truckDepot,
  truckLoad,
  warehouseId,
  type Shape,
  type Trip,
} from './trips.ts'

/** One question; each time it is asked for something else. */
export interface Question {
  readonly operation: keyof Client
  /** What it asks for, in words. */
  readonly about: string
  /** Chooses what to ask for; what it gives asks, once. */
  readonly prepare: (client: Client) => () => Promise<unknown>
}

/** Pages that are turned in order to have some to begin at; no list of ours is as long as this at 200 items a page. */
const turnedPages = 1000
const mostLines = { limit: 200 }
const discarded = { ...mostLines, status: 'discarded' } as const

/** All questions about books of this shape. Turns the pages of each list first, for places in its middle. */
export async function questionsOf(
  client: Client,
  { shape, loaded }: { readonly shape: Shape; readonly loaded: Loaded },
): Promise<Question[]> {
  const { depots, shops, products } = shape
  const anyTrip = (): Trip => {
    const trip = tripOf(below(shape.movements), shape)
    return trip.ending === 'complete' ? trip : anyTrip()
  }
  const anyCard = () => {
    const { from, to, productId: product } = anyTrip()
    return { warehouse_id: warehouseId(Math.random() < 0.5 ? from : to), product_id: product }
  }
  const truckCard = () => ({
    warehouse_id: warehouseId(truckDepot),
    product_id: productId(below(truckLoad(shape))),
  })
  const anyDepot = () => ({ warehouse_id: warehouseId(2 + below(depots - 2)) })
  const anyShop = () => ({ warehouse_id: warehouseId(depots + below(shops)) })
  const anyProduct = () => ({ product_id: productId(below(products)) })
  const anyTime = (): string => new Date(loaded.from + below(loaded.to - loaded.from)).toISOString()
  const sinceBefore = { from: new Date(loaded.from).toISOString() }
  const busiest = { warehouse_id: busiestCard.warehouseId, product_id: busiestCard.productId }
  const pile = { warehouse_id: pileCard(shape).warehouseId, product_id: pileCard(shape).productId }
  const truck = (): { movement_id: MovementId } => ({
    movement_id: tripOf(7 + 20 * below(shape.movements / 20), shape).movementId,
  })
  const depot = { warehouse_id: warehouseId(2) }
  const cards = (count: number) => ({ body: { cards: Array.from({ length: count }, anyCard) } })

  return [
    question('getMovement', 'any', () => ({ movement_id: anyTrip().movementId })),
    question('getMovement', 'a truck of 1,000 products', truck),

    question('getCard', 'any', anyCard),
    question('getCard', 'the busiest, 50,000 lines', () => ({ ...busiest, ...mostLines })),
    question('getCard', 'its later pages', await somewhereIn(client.getCard, { ...busiest, ...mostLines })),
    question('getCard', 'its lines since a time', () => ({ ...busiest, from: anyTime() })),
    question('getCard', 'its arrivals: there are next to none', () => ({ ...busiest, event: 'arrival' })),
    question('getCard', 'one that only trucks leave', truckCard),
    question('getCard', 'the same, 200 lines', () => ({
      ...truckCard(),
      ...mostLines,
    })),
    question('getCard', 'one with 100,000 held departures', () => pile),

    question('listMovements', 'the newest', () => ({})),
    question('listMovements', 'later pages of 200', await somewhereIn(client.listMovements, mostLines)),
    question('listMovements', 'since a time', () => ({ from: anyTime() })),
    question('listMovements', 'of a status', () => ({ ...sinceBefore, to: anyTime(), status: 'completed' })),
    question('listMovements', 'of a rare status', () => ({ ...sinceBefore, to: anyTime(), status: 'over' })),
    question('listMovements', 'of a depot', anyDepot),
    question('listMovements', 'of a shop', anyShop),
    question('listMovements', 'of a shop, a rare status and a time', () => ({
      ...anyShop(),
      ...sinceBefore,
      to: anyTime(),
      status: 'mismatched',
    })),
    question('listMovements', 'of a card', anyCard),
    question('listMovements', 'of the busiest card', () => ({ ...busiest, ...mostLines })),
    question('listMovements', 'of that card, a rare status', () => ({ ...busiest, status: 'over' })),
    question('listMovements', 'of a card that only trucks leave', truckCard),

    question('listWarehouses', 'the first', () => ({})),
    question('listWarehouses', 'later pages of 200', await somewhereIn(client.listWarehouses, mostLines)),
    question('listWarehouseProducts', 'any shop', anyShop),
    question('listWarehouseProducts', 'any depot, 200', () => ({ ...anyDepot(), ...mostLines })),
    question(
      'listWarehouseProducts',
      'its later pages of 200',
      await somewhereIn(client.listWarehouseProducts, { ...depot, ...mostLines }),
    ),
    question('listProductWarehouses', 'any', anyProduct),
    question('listProductWarehouses', 'any, 200', () => ({ ...anyProduct(), ...mostLines })),
    question(
      'listProductWarehouses',
      'later pages of 200',
      await somewhereIn(client.listProductWarehouses, { product_id: productId(0), ...mostLines }),
    ),
    question('queryCards', '100 cards', () => cards(100)),
    question('queryCards', '1,000 cards', () => cards(1000)),

    question('listTransit', 'the oldest: 99,000 of one time', () => ({})),
    question('listTransit', 'later pages of 200', await somewhereIn(client.listTransit, mostLines)),
    question('listTransit', 'older than a year', () => ({ older_than: 31_536_000 })),
    question('listTransit', 'of a depot', anyDepot),
    question('listTransit', 'of a shop', anyShop),
    question('listDifferences', 'the oldest', () => ({})),
    question('listDifferences', 'later pages of 200', await somewhereIn(client.listDifferences, mostLines)),
    question('listDifferences', 'of a shop', anyShop),

    question('listHeld', 'the first', () => ({})),
    question('listHeld', 'later pages of 200', await somewhereIn(client.listHeld, mostLines)),
    question('listHeld', 'of a warehouse', () => ({ warehouse_id: emptyWarehouse(shape) })),
    question(
      'listHeld',
      'of a card with 100,000',
      await somewhereIn(client.listHeld, { ...pile, ...mostLines }),
    ),

    question('getOverview', 'all', () => ({})),
    question('getThroughput', 'all', () => ({})),
    question('listQuarantine', 'open', () => ({})),
    question('listQuarantine', 'open, of a rare code', () => ({ code: 'departure_conflict' })),
    question('listQuarantine', 'discarded, of a rare code', () => ({
      code: 'departure_conflict',
      status: 'discarded',
    })),
    question(
      'listQuarantine',
      'discarded, later pages of 200',
      await somewhereIn(client.listQuarantine, discarded),
    ),
    question('getQuarantinedMessage', 'any', await anyOf(client.listQuarantine, discarded)),
    question(
      'getQuarantinedMessage',
      'one that contradicts what is booked',
      await anyOf(client.listQuarantine, { ...discarded, code: 'departure_conflict' } as const),
    ),
    question('getLiveness', 'all', () => ({})),
    question('getReadiness', 'all', () => ({})),
    question('getServing', 'all', () => ({})),
  ]
}

function question<Name extends keyof Client>(
  operation: Name,
  about: string,
  argumentsOf: () => Parameters<Client[Name]>[0],
): Question {
  return {
    operation,
    about,
    prepare: (client) => {
      const args = argumentsOf()
      return () => (client[operation] as (args: unknown) => Promise<unknown>)(args)
    },
  }
}

type List<Args, Page> = (args: Args) => Promise<Page>

/** Arguments that begin at any page of the list but its first. */
async function somewhereIn<Args extends object, Page extends { readonly next_cursor: string | null }>(
  list: List<Args & { readonly cursor?: string | undefined }, Page>,
  args: Args,
): Promise<() => Args & { cursor: string }> {
  const cursors: string[] = []
  for await (const { next_cursor: cursor } of pages(list, args)) {
    if (cursor === null || cursors.push(cursor) === turnedPages) break
  }
  return () => ({ ...args, cursor: anyItem(cursors) })
}

/** The numbers of messages on the first page. */
async function anyOf<Args>(
  list: List<Args, { readonly items: readonly { readonly quarantine_id: number }[] }>,
  args: Args,
): Promise<() => { quarantine_id: number }> {
  const { items } = await list(args)
  return () => ({ quarantine_id: anyItem(items).quarantine_id })
}

function anyItem<Item>(items: readonly Item[]): Item {
  const item = items[below(items.length)]
  if (item === undefined) throw new Error('the books are too small for this question')
  return item
}

function below(limit: number): number {
  return Math.floor(Math.random() * limit)
}
