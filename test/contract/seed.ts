/**
 * What lies in the system before the contract is tested: movements of every status, held departures, messages in
 * quarantine. And what a tester can ask about it: real ids, positions and cursors, so that answers other than 404 are
 * exercised, too.
 */
import assert from 'node:assert/strict'
import { BincardProblem, items, type Client, type MovementMessage } from '../../src/client/client.ts'
import { operations, type Operation } from '../../src/client/description.ts'
import { movementStatuses } from '../../src/booking/movement-view.ts'
import { movement, product, warehouse } from '../support/events.ts'

/** Values by the name of the parameter that takes them. */
export type Values = Readonly<Record<string, readonly (string | number)[]>>

export interface Seed {
  /** For every operation. */
  readonly values: Values
  /** Cursors by `operationId`: each belongs to one list. */
  readonly cursors: Values
}

/** So few that most pairs of them are a card. */
const [north, south, west] = [warehouse(1), warehouse(2), warehouse(3)]
const [tea, rice] = [product(1), product(2)]
const cards = [north, south].flatMap((place) => [tea, rice].map((goods) => ({ place, goods })))

interface Report {
  readonly number: number
  readonly event: 'departure' | 'arrival'
  readonly place: string
  readonly goods?: string
  readonly quantity: number
  readonly minute?: number
}

const left = (number: number, place: string, quantity: number, goods = tea): Report => ({
  number,
  event: 'departure',
  place,
  quantity,
  goods,
})
const came = (number: number, place: string, quantity: number, goods = tea): Report => ({
  number,
  event: 'arrival',
  place,
  quantity,
  goods,
  minute: 30,
})

const stock = cards.map(({ place, goods }, index) => came(100 + index, place, 1000, goods))
const reports: readonly Report[] = [
  [left(1, north, 10), came(1, south, 10)],
  [left(2, north, 10), came(2, south, 7)],
  [left(3, south, 10, rice), came(3, north, 12, rice)],
  [left(4, north, 10), left(4, north, 20, rice), came(4, south, 10), came(4, south, 20, rice)],
  [left(5, north, 10), came(5, south, 4), { ...came(5, south, 6), minute: 40 }],
  [left(6, south, 5), came(7, north, 5), left(8, west, 50), left(9, north, 1, rice), came(9, south, 1)],
  [left(10, west, 30, rice), came(10, north, 30, rice)],
  // More than will ever be there, on each card that a tester may ask for.
  cards.map(({ place, goods }, index) => left(20 + index, place, 1e9, goods)),
].flat()
/** The first contradicts what is booked; the second may be the same report or another. */
const quarantined = [left(1, south, 11), left(6, south, 5)]

/** Hands the events in, makes sure that all kinds are there, and gathers what can be asked. */
export async function seed(client: Client): Promise<Seed> {
  // One after the other: each is answered when it is booked.
  const taken = await send(client, stock, 'stock')
  const { outcomes: opened } = await client.postOpeningStock({
    body: `warehouse_id,product_id,quantity\n${west},${tea},7\n`,
    mediaType: 'text/csv',
    as_of: '2025-02-01T00:00:00Z',
  })
  assert.equal(opened.booked, 1)
  await send(client, reports, 'first')
  const outcomes = await send(client, quarantined, 'again')
  assert.deepEqual(
    outcomes.map(({ outcome }) => outcome),
    ['quarantined', 'quarantined'],
  )
  const listed = await Array.fromAsync(items(client.listMovements, {}))
  assert.deepEqual(new Set(listed.map(({ status }) => status)), new Set(movementStatuses))

  const waiting = await Array.fromAsync(items(client.listQuarantine, {}))

  const values = {
    movement_id: [...new Set(listed.map((one) => one.movement_id))],
    warehouse_id: [north, south, west],
    product_id: [tea, rice],
    quarantine_id: waiting.map((one) => one.quarantine_id),
    after: taken.map(({ partition, offset }) => `${partition}:${offset}`),
    from: ['2025-02-18T12:12:56Z', '2025-02-18T12:12:56+03:00'],
    to: [new Date(Date.now() + 3_600_000).toISOString()],
  }
  return { values, cursors: await cursorsOf(client, values) }
}

async function send(client: Client, sent: readonly Report[], id: string) {
  const body = sent.map((report, index) => messageOf(report, `${id}-${index}`))
  const { outcomes } = await client.postEvents({ body, mediaType: 'application/cloudevents-batch+json' })
  return outcomes
}

function messageOf(
  { number, event, place, goods = tea, quantity, minute = 0 }: Report,
  id: string,
): MovementMessage {
  return {
    specversion: '1.0',
    type: 'ru.retail.warehouses.movement',
    id,
    source: `WH-${place.slice(-4)}`,
    data: {
      movement_id: movement(number),
      warehouse_id: place,
      product_id: goods,
      event,
      timestamp: new Date(Date.UTC(2025, 1, 18, 12, minute)).toISOString(),
      quantity,
    },
  }
}

/** The second page of every list, whichever lists there are: what else they need is among the values. */
async function cursorsOf(client: Client, values: Values): Promise<Values> {
  const cursors: Record<string, string[]> = {}
  for (const [name, operation] of Object.entries(operations)) {
    const cursor = await secondPage(client[name as keyof Client] as List, operation, values)
    if (cursor !== null) cursors[name] = [cursor]
  }
  assert(
    cursors['getCard'] !== undefined && cursors['listMovements'] !== undefined,
    'a list has one page only',
  )
  return cursors
}

type List = (args: Readonly<Record<string, unknown>>) => Promise<object>

async function secondPage(list: List, { method, path }: Operation, values: Values): Promise<string | null> {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => [name, values[name]?.[0]] as const)
  if (method !== 'GET' || inPath.some(([, value]) => value === undefined)) return null
  try {
    const page = await list({ ...Object.fromEntries(inPath), limit: 1 })
    return 'next_cursor' in page && typeof page.next_cursor === 'string' ? page.next_cursor : null
  } catch (error) {
    // What is no list does not know `limit`, and a list may want more than this.
    if (error instanceof BincardProblem && error.status === 400) return null
    throw error
  }
}
