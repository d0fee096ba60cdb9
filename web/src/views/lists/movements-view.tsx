/** Every movement, found by what is known of it. */
import { Select, Stack } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { ListedMovement, MovementStatus } from '../../../../src/client/client.ts'
import { useApi } from '../../api/api.tsx'
import { movementsOf } from '../../api/queries.ts'
import type { Column } from '../../parts/data-table.tsx'
import { Pieces, Status, When } from '../../parts/figures.tsx'
import { MovementName, ProductName, WarehouseName } from '../../parts/names.tsx'
import { PagedTable } from '../../parts/paged-table.tsx'
import { ViewHead } from '../../parts/view-head.tsx'
import { en } from '../../words/en.ts'
import { withBeginning, withCardOrWarehouse, type MovementFilters } from '../filters.ts'
import { FilterBar, ProductFilter, WarehouseFilter, TimeFilter } from './filter-bar.tsx'

const statuses = Object.keys(en.status) as MovementStatus[]

export function MovementsView(): ReactNode {
  const t = useTranslations()
  const { client } = useApi()
  const filters = useSearch({ from: '/movements' })
  const navigate = useNavigate({ from: '/movements' })
  const filter = (change: MovementFilters): void =>
    void navigate({
      search: (before) => withBeginning(withCardOrWarehouse({ ...before, ...change }), Date.now()),
      replace: true,
    })
  const options = movementsOf(client, filters)
  const isFiltered = Object.values(filters).some((value) => value !== undefined)
  return (
    <Stack gap="lg">
      <ViewHead title={t('views.movements')} lead={t('movements.lead')} />
      <FilterBar isFiltered={isFiltered} clear={() => void navigate({ search: {}, replace: true })}>
        <Select
          label={t('movements.status')}
          w={{ base: '100%', xs: 190 }}
          data={[
            { value: '', label: t('movements.anyStatus') },
            ...statuses.map((status) => ({ value: status, label: t(`status.${status}`) })),
          ]}
          value={filters.status ?? ''}
          allowDeselect={false}
          onChange={(value) => filter({ status: value === '' ? undefined : (value as MovementStatus) })}
        />
        <WarehouseFilter id={filters.warehouse_id} change={(warehouse_id) => filter({ warehouse_id })} />
        <ProductFilter
          isPossible={filters.warehouse_id !== undefined}
          id={filters.product_id}
          change={(product_id) => filter({ product_id })}
        />
        <TimeFilter label={t('movements.from')} moment={filters.from} change={(from) => filter({ from })} />
        <TimeFilter label={t('movements.to')} moment={filters.to} change={(to) => filter({ to })} />
      </FilterBar>
      <PagedTable
        label={t('views.movements')}
        query={useInfiniteQuery(options)}
        queryKey={options.queryKey}
        columns={columns}
        rowKey={({ movement_id, product_id }) => `${movement_id} ${product_id}`}
        empty={isFiltered ? t('movements.noMatch') : t('movements.empty')}
        fileName="movements"
      />
    </Stack>
  )
}

const columns: readonly Column<ListedMovement>[] = [
  { name: 'movement', cell: ({ movement_id }) => <MovementName id={movement_id} /> },
  { name: 'status', cell: ({ status }) => <Status status={status} /> },
  { name: 'from', cell: ({ sender_warehouse_id }) => <WarehouseName id={sender_warehouse_id} /> },
  { name: 'to', cell: ({ receiver_warehouse_id }) => <WarehouseName id={receiver_warehouse_id} /> },
  { name: 'product', cell: ({ product_id }) => <ProductName id={product_id} /> },
  { name: 'departed', isNumber: true, cell: ({ departed }) => <Pieces count={departed} /> },
  { name: 'arrived', isNumber: true, cell: ({ arrived }) => <Pieces count={arrived} /> },
  { name: 'recorded', cell: ({ recorded_at }) => <When at={recorded_at} /> },
]
