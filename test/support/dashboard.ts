/** A service with books that every view of the dashboard has something to show of. */
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { freshDatabase, freshTopic, type Owner } from './environment.ts'
import { send } from './send.ts'
import { startService, type ServiceProcess } from './service-process.ts'
import { waitFor } from './wait.ts'

export interface Dashboard {
  readonly url: string
  readonly topic: string
  readonly service: ServiceProcess
  /** Sends messages to the topic; resolves when the broker has them. */
  readonly send: (...values: readonly (string | object)[]) => Promise<void>
}

/** Started with empty books. */
export async function startDashboard(
  owner: Owner,
  environment: Record<string, string> = {},
): Promise<Dashboard> {
  const database = await freshDatabase(owner)
  const topic = await freshTopic(owner, 1)
  const service = await startService(owner, { database, topic, environment })
  await service.ready()
  return {
    url: `http://127.0.0.1:${service.port}`,
    topic,
    service,
    send: async (...values) => {
      const texts = values.map((value) => (typeof value === 'string' ? value : JSON.stringify(value)))
      await send(
        topic,
        texts.map((value) => ({ partition: 0, value })),
      )
    },
  }
}

/** One of the two messages of docs/samples. */
export function sample(name: 'arrival' | 'departure'): Record<string, unknown> {
  const path = join(import.meta.dirname, '../../docs/samples', `${name}.json`)
  return JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>
}

export interface Report {
  readonly event: 'arrival' | 'departure'
  readonly warehouse: { readonly id: string; readonly source: string }
  readonly product: string
  readonly movement: string
  readonly quantity: number
  /** Seconds ago. */
  readonly age?: number
}

/** As a warehouse sends it. */
export function report({ event, warehouse, product, movement, quantity, age = 60 }: Report): object {
  return {
    id: randomUUID(),
    source: warehouse.source,
    specversion: '1.0',
    type: 'ru.retail.warehouses.movement',
    datacontenttype: 'application/json',
    dataschema: 'ru.retail.warehouses.movement.v1.0',
    time: Date.now() - age * 1000,
    subject: `${warehouse.source}:${event.toUpperCase()}`,
    destination: 'ru.retail.warehouses',
    data: {
      movement_id: movement,
      warehouse_id: warehouse.id,
      timestamp: new Date(Date.now() - age * 1000).toISOString(),
      event,
      product_id: product,
      quantity,
    },
  }
}

/** What the books of `fillBooks` are about. */
export const books = {
  north: { id: '25718666-6af6-4281-b5a6-3016e36fa557', source: 'WH-3322' },
  south: { id: 'c1d70455-7e14-11e9-812a-70106f431230', source: 'WH-3423' },
  east: { id: '7f3c1a52-0b8e-4d7a-9c55-2a6f0e4b9d11', source: 'WH-0417' },
  product: '4705204f-498f-4f96-b4ba-df17fb56bf55',
  completed: '10000000-0000-4000-8000-000000000001',
  short: '10000000-0000-4000-8000-000000000002',
  underWay: '10000000-0000-4000-8000-000000000003',
  held: '10000000-0000-4000-8000-000000000004',
} as const

const day = 86_400

/** A card of many lines, movements of every kind, and messages that nobody can read. */
export async function fillBooks({ send: sendAll, service }: Dashboard): Promise<void> {
  const { north, south, east, product } = books
  const supply = { event: 'arrival', warehouse: north, product, movement: randomUUID() } as const
  const leave = (movement: string, quantity: number, age: number): object =>
    report({ event: 'departure', warehouse: north, product, movement, quantity, age })
  const come = (warehouse: Report['warehouse'], movement: string, quantity: number, age: number): object =>
    report({ event: 'arrival', warehouse, product, movement, quantity, age })
  const wrong = come(north, randomUUID(), 12, day) as { readonly data: object }
  const everyday = Array.from({ length: 60 }, (_, index) => {
    const movement = randomUUID()
    const age = 6 * day - index * 7000
    return [
      leave(movement, 1 + (index % 7), age),
      come(index % 3 === 0 ? east : south, movement, 1 + (index % 7), age - 5400),
    ]
  }).flat()
  await sendAll(
    report({ ...supply, quantity: 900, age: 7 * day }),
    ...everyday,
    leave(books.completed, 40, 5 * day),
    come(south, books.completed, 40, 5 * day - 8520),
    leave(books.short, 30, 4 * day),
    come(south, books.short, 20, 4 * day - 3600),
    come(south, books.short, 8, 4 * day - 9000),
    leave(books.underWay, 25, 4 * day),
    report({
      event: 'departure',
      warehouse: east,
      product,
      movement: books.held,
      quantity: 500,
      age: 2 * day,
    }),
    { ...wrong, data: { ...wrong.data, quantity: 'twelve' } },
    '{"id": "cut off',
    { ...report({ ...supply, movement: randomUUID(), quantity: 5 }), type: 'ru.retail.prices' },
  )
  await waitFor('the books', async () => {
    const { body } = await service.get('/api/overview')
    return (body as { totals: { quarantine_open: number } }).totals.quarantine_open === 3
  })
}

/** Some events a second between the warehouses of `fillBooks`, until the owner is done or its topic is gone. */
export function startTrade(owner: Owner, { send: sendAll }: Dashboard): void {
  const stop = new AbortController()
  const products = Array.from({ length: 12 }, () => randomUUID())
  const trade = async (): Promise<void> => {
    for (let step = 0; !stop.signal.aborted; step += 1) {
      const [from, to] = step % 2 === 0 ? [books.north, books.south] : [books.east, books.north]
      const product = products[step % products.length] ?? books.product
      const goods = { product, movement: randomUUID(), quantity: 1 + ((step * 7) % 40) }
      const supply = { ...goods, movement: randomUUID(), quantity: 60 }
      await sendAll(
        report({ event: 'arrival', warehouse: from, ...supply, age: 20_000 }),
        report({ event: 'departure', warehouse: from, ...goods, age: 9000 + step }),
        ...(step % 5 === 4 ? [] : [report({ event: 'arrival', warehouse: to, ...goods, age: 600 })]),
      )
      await setTimeout(200 + 150 * (step % 4), undefined, { signal: stop.signal }).catch(() => undefined)
    }
  }
  const running = trade().catch(() => undefined)
  owner.after(async () => {
    stop.abort()
    await running
  })
}

/** Every view with something in it: its address, its title in both languages, and what a picture of it is called. */
export const views = [
  { picture: 'overview', path: '/', en: 'Overview', ru: 'Обзор' },
  { picture: 'warehouses', path: '/warehouses', en: 'Warehouses', ru: 'Склады' },
  {
    picture: 'warehouse',
    path: `/warehouses/${books.north.id}`,
    en: 'Warehouse WH-3322',
    ru: 'Склад WH-3322',
  },
  {
    picture: 'product',
    path: `/products/${books.product}`,
    en: 'Product 4705204f…bf55',
    ru: 'Товар 4705204f…bf55',
  },
  {
    picture: 'card',
    path: `/warehouses/${books.north.id}/products/${books.product}`,
    en: 'Card',
    ru: 'Карточка',
  },
  { picture: 'movements', path: '/movements', en: 'Movements', ru: 'Перемещения' },
  {
    picture: 'movement',
    path: `/movements/${books.short}`,
    en: 'Movement 10000000…0002',
    ru: 'Перемещение 10000000…0002',
  },
  { picture: 'transit', path: '/transit', en: 'In transit', ru: 'В пути' },
  { picture: 'held', path: '/held', en: 'Held', ru: 'Ждут запаса' },
  { picture: 'differences', path: '/differences', en: 'Differences', ru: 'Расхождения' },
  { picture: 'quarantine', path: '/quarantine', en: 'Quarantine', ru: 'Карантин' },
  { picture: 'message', path: '/quarantine/1', en: 'Message 1 in quarantine', ru: 'Сообщение 1 в карантине' },
  { picture: 'try', path: '/try', en: 'Try it', ru: 'Попробовать' },
] as const
