/** The filters of the lists as they stand in the address. What cannot be read there is left out. */
import type { Client } from '../../../src/client/client.ts'

type AllFilters<List extends keyof Client> = NonNullable<Parameters<Client[List]>[0]>
type Search = Readonly<Record<string, unknown>>

export type MovementFilters = Pick<
  AllFilters<'listMovements'>,
  'status' | 'warehouse_id' | 'product_id' | 'from' | 'to'
>
export type TransitFilters = Pick<AllFilters<'listTransit'>, 'older_than' | 'warehouse_id'>
export type HeldFilters = Pick<AllFilters<'listHeld'>, 'warehouse_id' | 'product_id'>
export type DifferenceFilters = Pick<AllFilters<'listDifferences'>, 'warehouse_id'>
export type QuarantineFilters = Pick<AllFilters<'listQuarantine'>, 'code' | 'status'>

export const movementFilters = (search: Search): MovementFilters =>
  withCardOrWarehouse(texts<MovementFilters>(search, ['status', 'warehouse_id', 'product_id', 'from', 'to']))

export const transitFilters = (search: Search): TransitFilters => {
  const seconds = Number(search['older_than'])
  return {
    ...(Number.isSafeInteger(seconds) && seconds > 0 ? { older_than: seconds } : {}),
    ...texts<TransitFilters>(search, ['warehouse_id']),
  }
}

export const heldFilters = (search: Search): HeldFilters =>
  withCardOrWarehouse(texts<HeldFilters>(search, ['warehouse_id', 'product_id']))

export const differenceFilters = (search: Search): DifferenceFilters => texts(search, ['warehouse_id'])

export const quarantineFilters = (search: Search): QuarantineFilters => texts(search, ['code', 'status'])

/** The service says what is wrong with a value; here it only has to be a text. */
function texts<Filters extends object>(search: Search, names: readonly (keyof Filters & string)[]): Filters {
  const given = names.filter((name) => typeof search[name] === 'string' && search[name] !== '')
  return Object.fromEntries(given.map((name) => [name, search[name]])) as Filters
}

const week = 7 * 86_400_000

/**
 * A status alone would be looked for in all that was ever recorded, which the API refuses: it begins a week ago unless
 * a beginning is named, or a card. `nowMs`: since 1970.
 */
export function withBeginning(filters: MovementFilters, nowMs: number): MovementFilters {
  const { status, from, product_id } = filters
  if (status === undefined || from !== undefined || product_id !== undefined) return filters
  return { ...filters, from: new Date(nowMs - week).toISOString() }
}

/** Where a product lies is another question (`/products/…`): lists ask for it within a warehouse only. */
export function withCardOrWarehouse<Filters extends HeldFilters>(filters: Filters): Filters {
  const { product_id: _, ...others } = filters
  return filters.warehouse_id === undefined ? (others as Filters) : filters
}
