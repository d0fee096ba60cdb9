/** What is under way, the oldest first. */
import { Select, Stack } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { useApi } from '../../api/api.tsx'
import { transitOf } from '../../api/queries.ts'
import { PagedTable } from '../../parts/paged-table.tsx'
import { ViewHead } from '../../parts/view-head.tsx'
import type { TransitFilters } from '../filters.ts'
import { FilterBar, WarehouseFilter } from './filter-bar.tsx'
import { openMovementColumns } from './open-movement-columns.tsx'
import { useOverdue } from './use-overdue.ts'

const ages = { hour: 3600, day: 86_400, threeDays: 259_200, week: 604_800 } as const

export function TransitView(): ReactNode {
  const t = useTranslations()
  const { client } = useApi()
  const filters = useSearch({ from: '/transit' })
  const navigate = useNavigate({ from: '/transit' })
  const filter = (change: TransitFilters): void =>
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true })
  const options = transitOf(client, filters)
  const { transit_seconds: overdueSeconds } = useOverdue()
  const isFiltered = Object.values(filters).some((value) => value !== undefined)
  return (
    <Stack gap="lg">
      <ViewHead title={t('views.transit')} lead={t('transit.lead')} />
      <FilterBar isFiltered={isFiltered} clear={() => void navigate({ search: {}, replace: true })}>
        <Select
          label={t('transit.olderThan')}
          data={[
            { value: '', label: t('transit.anyAge') },
            ...agesWith(filters.older_than).map(({ name, seconds }) => ({
              value: String(seconds),
              label:
                name === null
                  ? t('duration.hours', { hours: seconds / 3600, minutes: 0 })
                  : t(`transit.${name}`),
            })),
          ]}
          value={String(filters.older_than ?? '')}
          allowDeselect={false}
          onChange={(value) =>
            filter({ older_than: value === null || value === '' ? undefined : Number(value) })
          }
        />
        <WarehouseFilter id={filters.warehouse_id} change={(warehouse_id) => filter({ warehouse_id })} />
      </FilterBar>
      <PagedTable
        label={t('views.transit')}
        query={useInfiniteQuery(options)}
        queryKey={options.queryKey}
        columns={openMovementColumns(overdueSeconds)}
        rowKey={({ movement_id, product_id }) => `${movement_id} ${product_id}`}
        empty={isFiltered ? t('transit.noMatch') : t('transit.empty')}
        fileName="transit"
      />
    </Stack>
  )
}

interface AgeChoice {
  readonly name: keyof typeof ages | null
  readonly seconds: number
}

/** Those that are offered, and the one of the address if it is another. */
function agesWith(seconds: number | undefined): readonly AgeChoice[] {
  const offered = (Object.keys(ages) as (keyof typeof ages)[]).map((name) => ({ name, seconds: ages[name] }))
  const isOffered = seconds === undefined || offered.some((age) => age.seconds === seconds)
  return isOffered ? offered : [...offered, { name: null, seconds }].toSorted((a, b) => a.seconds - b.seconds)
}
