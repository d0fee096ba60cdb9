/**
 * What the views ask the service, by name. A key begins with the kind of thing and goes on with which one, so that
 * what the stream tells finds the answers that it makes old (live/renew.ts).
 */
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import { pages, type CallOptions, type Client, type Warehouse } from '../../../src/client/client.ts'

type Filters<List extends keyof Client> = Omit<NonNullable<Parameters<Client[List]>[0]>, 'cursor' | 'after'>

/** Rows on a page of a list. */
const pageRows = 50
/** Overdue and different movements beside the figures. */
const attentionRows = 5
/** Looking for them: each page with little in it stands for hundreds of movements that do not fit. */
const mostPagesWalked = 4
/** The API answers no more rows at once. */
const mostRows = 200
/** Those beyond are named by their ids. */
const mostWarehouses = 2_000

export interface CardName {
  readonly warehouse_id: string
  readonly product_id: string
}

export const overviewOf = (client: Client) =>
  queryOptions({ queryKey: ['overview'], queryFn: ({ signal }) => client.getOverview({}, { signal }) })

export const movementOf = (client: Client, movement_id: string) =>
  queryOptions({
    queryKey: ['movement', movement_id],
    queryFn: ({ signal }) => client.getMovement({ movement_id }, { signal }),
  })

/** The newest lines, as the service caches them. */
export const cardOf = (client: Client, card: CardName) =>
  queryOptions({
    queryKey: ['card', card.warehouse_id, card.product_id],
    queryFn: ({ signal }) => client.getCard(card, { signal }),
  })

export const heldOnCard = (client: Client, card: CardName) =>
  queryOptions({
    queryKey: ['card', card.warehouse_id, card.product_id, 'held'],
    queryFn: ({ signal }) => client.listHeld({ ...card, limit: attentionRows }, { signal }),
  })

/** The lines right below the newest ones, as many as have left those since older ones were loaded. */
export const linesBelowOf = (
  client: Client,
  { warehouse_id, product_id }: CardName,
  below: { readonly cursor: string; readonly count: number } | null,
) =>
  queryOptions({
    queryKey: ['card', warehouse_id, product_id, 'below', below],
    queryFn: ({ signal }) =>
      client.getCard(
        {
          warehouse_id,
          product_id,
          cursor: below?.cursor ?? '',
          limit: Math.min(below?.count ?? 1, mostRows),
        },
        { signal },
      ),
    enabled: below !== null,
    placeholderData: keepPreviousData,
  })

/** Lines before `cursor`. They never change but for the status of their movements. */
export const olderLinesOf = (client: Client, { warehouse_id, product_id }: CardName, cursor: string | null) =>
  infiniteQueryOptions({
    queryKey: ['lines', warehouse_id, product_id, cursor],
    queryFn: ({ signal, pageParam }) =>
      client.getCard({ warehouse_id, product_id, limit: pageRows, cursor: pageParam }, { signal }),
    initialPageParam: cursor ?? '',
    getNextPageParam: (page) => page.next_cursor,
    enabled: cursor !== null,
    staleTime: Number.POSITIVE_INFINITY,
  })

export interface KnownWarehouses {
  readonly items: readonly Warehouse[]
  /** Otherwise there are more than are loaded. */
  readonly isWhole: boolean
}

/** Codes and ids of the warehouses, for names and for finding them. */
export const warehousesOf = (client: Client) =>
  queryOptions({
    queryKey: ['warehouses'],
    queryFn: ({ signal }) => listKnownWarehouses(client, signal),
    staleTime: 60_000,
    refetchInterval: 60_000,
  })

async function listKnownWarehouses(client: Client, signal: AbortSignal): Promise<KnownWarehouses> {
  const items: Warehouse[] = []
  for await (const page of pages(client.listWarehouses, { limit: mostRows }, { signal })) {
    items.push(...page.items)
    if (items.length >= mostWarehouses) return { items, isWhole: page.next_cursor === null }
  }
  return { items, isWhole: true }
}

export const warehouseProductsOf = (client: Client, warehouse_id: string) =>
  infiniteQueryOptions({
    queryKey: ['list', 'products', warehouse_id],
    queryFn: ({ signal, pageParam }) =>
      client.listWarehouseProducts({ warehouse_id, limit: pageRows, cursor: pageParam }, { signal }),
    ...byCursor,
  })

export const productWarehousesOf = (client: Client, product_id: string) =>
  infiniteQueryOptions({
    queryKey: ['list', 'warehouses', product_id],
    queryFn: ({ signal, pageParam }) =>
      client.listProductWarehouses({ product_id, limit: pageRows, cursor: pageParam }, { signal }),
    ...byCursor,
  })

export const movementsOf = (client: Client, filters: Filters<'listMovements'>) =>
  infiniteQueryOptions({
    queryKey: ['list', 'movements', filters],
    queryFn: ({ signal, pageParam }) =>
      client.listMovements({ limit: pageRows, ...filters, cursor: pageParam }, { signal }),
    ...byCursor,
  })

/** What happened last before this page listened. Asked for once: what comes later is told. */
export const pastMovementsOf = (client: Client, rows: number) =>
  queryOptions({
    queryKey: ['past', rows],
    queryFn: ({ signal }) => client.listMovements({ limit: rows }, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
    refetchInterval: false,
  })

export const transitOf = (client: Client, filters: Filters<'listTransit'>) =>
  infiniteQueryOptions({
    queryKey: ['list', 'transit', filters],
    queryFn: ({ signal, pageParam }) =>
      client.listTransit({ limit: pageRows, ...filters, cursor: pageParam }, { signal }),
    ...byCursor,
  })

export const differencesOf = (client: Client, filters: Filters<'listDifferences'>) =>
  infiniteQueryOptions({
    queryKey: ['list', 'differences', filters],
    queryFn: ({ signal, pageParam }) =>
      client.listDifferences({ limit: pageRows, ...filters, cursor: pageParam }, { signal }),
    ...byCursor,
  })

export const heldOf = (client: Client, filters: Filters<'listHeld'>) =>
  infiniteQueryOptions({
    queryKey: ['list', 'held', filters],
    queryFn: ({ signal, pageParam }) =>
      client.listHeld({ limit: pageRows, ...filters, cursor: pageParam }, { signal }),
    ...byCursor,
  })

export const quarantineOf = (client: Client, filters: Filters<'listQuarantine'>) =>
  infiniteQueryOptions({
    queryKey: ['list', 'quarantine', filters],
    queryFn: ({ signal, pageParam }) =>
      client.listQuarantine({ limit: pageRows, ...filters, cursor: pageParam }, { signal }),
    ...byCursor,
  })

export const quarantinedOf = (client: Client, quarantine_id: number) =>
  queryOptions({
    queryKey: ['quarantined', quarantine_id],
    queryFn: ({ signal }) => client.getQuarantinedMessage({ quarantine_id }, { signal }),
  })

export interface FirstRows<Row> {
  readonly items: readonly Row[]
  /** Otherwise there may be more, even where there are no items: a filtered list has pages with nothing in them. */
  readonly isWhole: boolean
}

/** The few rows that the overview shows of a long list. */
export const firstOverdueOf = (client: Client, older_than: number) =>
  queryOptions({
    queryKey: ['list', 'first-overdue', older_than],
    queryFn: ({ signal }) => firstRows(client.listTransit, { older_than }, signal),
  })

export const firstDifferencesOf = (client: Client) =>
  queryOptions({
    queryKey: ['list', 'first-differences'],
    queryFn: ({ signal }) => firstRows(client.listDifferences, {}, signal),
  })

async function firstRows<Arguments extends object, Row>(
  list: (args: Arguments & Paging, options?: CallOptions) => Promise<Page<Row>>,
  args: Arguments,
  signal: AbortSignal,
): Promise<FirstRows<Row>> {
  const items: Row[] = []
  let walked = 0
  for await (const page of pages(list, { ...args, limit: attentionRows }, { signal })) {
    items.push(...page.items)
    walked += 1
    const isWhole = page.next_cursor === null
    if (isWhole || items.length >= attentionRows || walked === mostPagesWalked) {
      return { items: items.slice(0, attentionRows), isWhole: isWhole && items.length <= attentionRows }
    }
  }
  return { items, isWhole: true }
}

interface Paging {
  readonly limit?: number | undefined
  readonly cursor?: string | undefined
}

interface Page<Row> {
  readonly items: readonly Row[]
  readonly next_cursor: string | null
}

const byCursor = {
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (page: { readonly next_cursor: string | null }) => page.next_cursor ?? undefined,
}
