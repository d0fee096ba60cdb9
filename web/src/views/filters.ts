/** The filters of the lists as they stand in the address. What cannot be read there is left out. */
import type { Client } from '../../../src/client/client.ts'

type Filters<List extends keyof Client> = NonNullable<Parameters<Client[List]>[0]>
type Search = Readonly<Record<string, unknown>>

export type MovementFilters = Pick<
  Filters<'listMovements'>,
  'status' | 'warehouse_id' | 'product_id' | 'from' | 'to'
>
export type TransitFilters = Pick<Filters<'listTransit'>, 'older_than' | 'warehouse_id'>
export type HeldFilters = Pick<Filters<'listHeld'>, 'warehouse_id' | 'product_id'>
export type DifferenceFilters = Pick<Filters<'listDifferences'>, 'warehouse_id'>
export type QuarantineFilters = Pick<Filters<'listQuarantine'>, 'code' | 'status'>

export const movementFilters = (search: Search): MovementFilters => ({
  ...text<MovementFilters>(search, 'status'),
  ...text<MovementFilters>(search, 'warehouse_id'),
  ...text<MovementFilters>(search, 'product_id'),
  ...text<MovementFilters>(search, 'from'),
  ...text<MovementFilters>(search, 'to'),
})

export const transitFilters = (search: Search): TransitFilters => {
  const seconds = Number(search['older_than'])
  return {
    ...(Number.isSafeInteger(seconds) && seconds > 0 ? { older_than: seconds } : {}),
    ...text<TransitFilters>(search, 'warehouse_id'),
  }
}

export const heldFilters = (search: Search): HeldFilters => ({
  ...text<HeldFilters>(search, 'warehouse_id'),
  ...text<HeldFilters>(search, 'product_id'),
})

export const differenceFilters = (search: Search): DifferenceFilters =>
  text<DifferenceFilters>(search, 'warehouse_id')

export const quarantineFilters = (search: Search): QuarantineFilters => ({
  ...text<QuarantineFilters>(search, 'code'),
  ...text<QuarantineFilters>(search, 'status'),
})

/** The service says what is wrong with a value; here it only has to be a text. */
function text<All>(search: Search, name: keyof All & string): Pick<All, never> {
  const value = search[name]
  return typeof value === 'string' && value !== '' ? { [name]: value } : {}
}
