/** What arrived with more or less than departed. */
import { Stack } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { useApi } from '../../api/api.tsx'
import { differencesOf } from '../../api/queries.ts'
import { PagedTable } from '../../parts/paged-table.tsx'
import { ViewHead } from '../../parts/view-head.tsx'
import { FilterBar, WarehouseFilter } from './filter-bar.tsx'
import { openMovementColumns } from './open-movement-columns.tsx'
import { useOverdue } from './use-overdue.ts'

export function DifferencesView(): ReactNode {
  const t = useTranslations()
  const { client } = useApi()
  const filters = useSearch({ from: '/differences' })
  const navigate = useNavigate({ from: '/differences' })
  const options = differencesOf(client, filters)
  const { transit_seconds: overdueSeconds } = useOverdue()
  const isFiltered = filters.warehouse_id !== undefined
  return (
    <Stack gap="lg">
      <ViewHead title={t('views.differences')} lead={t('differences.lead')} />
      <FilterBar isFiltered={isFiltered} clear={() => void navigate({ search: {}, replace: true })}>
        <WarehouseFilter
          id={filters.warehouse_id}
          change={(warehouse_id) => void navigate({ search: { warehouse_id }, replace: true })}
        />
      </FilterBar>
      <PagedTable
        label={t('views.differences')}
        query={useInfiniteQuery(options)}
        queryKey={options.queryKey}
        columns={openMovementColumns(overdueSeconds)}
        rowKey={({ movement_id, product_id }) => `${movement_id} ${product_id}`}
        empty={isFiltered ? t('differences.noMatch') : t('differences.empty')}
        fileName="differences"
      />
    </Stack>
  )
}
