/** Departures that wait for stock, card by card. */
import { Stack } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { HeldDeparture } from '../../../../src/client/client.ts'
import { useApi } from '../../api/api.tsx'
import { heldOf } from '../../api/queries.ts'
import type { Column } from '../../parts/data-table.tsx'
import { Age, Pieces } from '../../parts/figures.tsx'
import { CardLink, MovementName, WarehouseName } from '../../parts/names.tsx'
import { PagedTable } from '../../parts/paged-table.tsx'
import { ViewHead } from '../../parts/view-head.tsx'
import { withCardOrWarehouse, type HeldFilters } from '../filters.ts'
import { FilterBar, ProductFilter, WarehouseFilter } from './filter-bar.tsx'
import { useOverdue } from './use-overdue.ts'

export function HeldView(): ReactNode {
  const t = useTranslations()
  const { client } = useApi()
  const filters = useSearch({ from: '/held' })
  const navigate = useNavigate({ from: '/held' })
  const filter = (change: HeldFilters): void =>
    void navigate({ search: (before) => withCardOrWarehouse({ ...before, ...change }), replace: true })
  const options = heldOf(client, filters)
  const { held_seconds: overdueSeconds } = useOverdue()
  const isFiltered = Object.values(filters).some((value) => value !== undefined)
  return (
    <Stack gap="lg">
      <ViewHead title={t('views.held')} lead={t('held.lead')} />
      <FilterBar isFiltered={isFiltered} clear={() => void navigate({ search: {}, replace: true })}>
        <WarehouseFilter id={filters.warehouse_id} change={(warehouse_id) => filter({ warehouse_id })} />
        <ProductFilter
          isPossible={filters.warehouse_id !== undefined}
          id={filters.product_id}
          change={(product_id) => filter({ product_id })}
        />
      </FilterBar>
      <PagedTable
        label={t('views.held')}
        query={useInfiniteQuery(options)}
        queryKey={options.queryKey}
        columns={columns(overdueSeconds)}
        rowKey={({ movement_id, product_id }) => `${movement_id} ${product_id}`}
        empty={isFiltered ? t('held.noMatch') : t('held.empty')}
        fileName="held"
      />
    </Stack>
  )
}

const columns = (overdueSeconds: number): readonly Column<HeldDeparture>[] => [
  { name: 'warehouse', cell: ({ warehouse_id }) => <WarehouseName id={warehouse_id} /> },
  { name: 'product', cell: (row) => <CardLink card={row} /> },
  { name: 'movement', cell: ({ movement_id }) => <MovementName id={movement_id} /> },
  { name: 'quantity', isNumber: true, cell: ({ quantity }) => <Pieces count={quantity} /> },
  { name: 'balance', isNumber: true, cell: ({ balance }) => <Pieces count={balance} /> },
  { name: 'missing', isNumber: true, cell: ({ missing }) => <Pieces count={missing} /> },
  {
    name: 'age',
    isNumber: true,
    cell: ({ timestamp }) => <Age since={timestamp} overdueSeconds={overdueSeconds} />,
  },
]
