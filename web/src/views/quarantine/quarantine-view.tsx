/** What waits for a person, the longest wait first. */
import { Select, Stack } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { QuarantineItem } from '../../../../src/client/client.ts'
import { useApi } from '../../api/api.tsx'
import { quarantineOf } from '../../api/queries.ts'
import type { Column } from '../../parts/data-table.tsx'
import { Age, When } from '../../parts/figures.tsx'
import { PagedTable } from '../../parts/paged-table.tsx'
import { RouteLink } from '../../parts/route-link.tsx'
import { ViewHead } from '../../parts/view-head.tsx'
import type { QuarantineFilters } from '../filters.ts'
import { FilterBar } from '../lists/filter-bar.tsx'
import { useOverdue } from '../lists/use-overdue.ts'
import { CodeName, codes } from './code-name.tsx'

const statuses = ['open', 'redriven', 'discarded'] as const

export function QuarantineView(): ReactNode {
  const t = useTranslations()
  const { client } = useApi()
  const filters = useSearch({ from: '/quarantine' })
  const navigate = useNavigate({ from: '/quarantine' })
  const filter = (change: QuarantineFilters): void =>
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true })
  const options = quarantineOf(client, filters)
  const { held_seconds: overdueSeconds } = useOverdue()
  const isFiltered = Object.values(filters).some((value) => value !== undefined)
  return (
    <Stack gap="lg">
      <ViewHead title={t('views.quarantine')} lead={t('quarantine.lead')} />
      <FilterBar isFiltered={isFiltered} clear={() => void navigate({ search: {}, replace: true })}>
        <Select
          label={t('quarantine.code')}
          w={{ base: '100%', xs: 320 }}
          searchable
          data={[
            { value: '', label: t('quarantine.anyCode') },
            ...codes.map((code) => ({ value: code, label: t(`code.${code}`) })),
          ]}
          value={filters.code ?? ''}
          allowDeselect={false}
          onChange={(value) =>
            filter({ code: value === '' ? undefined : (value as QuarantineFilters['code']) })
          }
        />
        <Select
          label={t('quarantine.status')}
          data={statuses.map((status) => ({ value: status, label: t(`quarantine.${status}`) }))}
          value={filters.status ?? 'open'}
          allowDeselect={false}
          onChange={(value) =>
            filter({ status: value === 'open' ? undefined : (value as QuarantineFilters['status']) })
          }
        />
      </FilterBar>
      <PagedTable
        label={t('views.quarantine')}
        query={useInfiniteQuery(options)}
        queryKey={options.queryKey}
        columns={filters.status === undefined ? openColumns(overdueSeconds) : settledColumns}
        rowKey={({ quarantine_id }) => String(quarantine_id)}
        empty={isFiltered ? t('quarantine.noMatch') : t('quarantine.empty')}
        fileName="quarantine"
      />
    </Stack>
  )
}

const columns: readonly Column<QuarantineItem>[] = [
  {
    name: 'reason',
    cell: ({ quarantine_id, code }) => (
      <RouteLink to="/quarantine/$message" params={{ message: String(quarantine_id) }} size="sm">
        <CodeName code={code} />
      </RouteLink>
    ),
  },
  { name: 'field', cell: ({ field }) => field ?? '–' },
  { name: 'place', isNumber: true, cell: ({ partition, offset }) => `${partition}:${offset}` },
  { name: 'received', cell: ({ received_at }) => <When at={received_at} /> },
]

const openColumns = (overdueSeconds: number): readonly Column<QuarantineItem>[] => [
  ...columns,
  {
    name: 'age',
    isNumber: true,
    cell: ({ received_at }) => <Age since={received_at} overdueSeconds={overdueSeconds} />,
  },
]

const settledColumns: readonly Column<QuarantineItem>[] = [
  ...columns,
  { name: 'settled', cell: ({ settled_at }) => <When at={settled_at} /> },
  { name: 'detail', cell: ({ reason, settled_by }) => reason ?? settled_by ?? '–' },
]
