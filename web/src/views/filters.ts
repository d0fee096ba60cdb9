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
  texts(search, ['status', 'warehouse_id', 'product_id', 'from', 'to'])

export const transitFilters = (search: Search): TransitFilters => {
  const seconds = Number(search['older_than'])
  return {
    ...(Number.isSafeInteger(seconds) && seconds > 0 ? { older_than: seconds } : {}),
    ...texts<TransitFilters>(search, ['warehouse_id']),
  }
}

export const heldFilters = (search: Search): HeldFilters => texts(search, ['warehouse_id', 'product_id'])

export const differenceFilters = (search: Search): DifferenceFilters => texts(search, ['warehouse_id'])

export const quarantineFilters = (search: Search): QuarantineFilters => texts(search, ['code', 'status'])

/** The service says what is wrong with a value; here it only has to be a text. */
function texts<Filters extends object>(search: Search, names: readonly (keyof Filters & string)[]): Filters {
  const given = names.filter((name) => typeof search[name] === 'string' && search[name] !== '')
  return Object.fromEntries(given.map((name) => [name, search[name]])) as Filters
}
