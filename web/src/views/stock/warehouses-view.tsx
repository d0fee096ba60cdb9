/** Every warehouse, to find the way to its cards. */
import { Stack, Text, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { Warehouse } from '../../../../src/client/client.ts'
import { useApi } from '../../api/api.tsx'
import { warehousesOf } from '../../api/queries.ts'
import { Answer } from '../../parts/answer.tsx'
import { DataTable, type Column } from '../../parts/data-table.tsx'
import { Empty } from '../../parts/empty.tsx'
import { When } from '../../parts/figures.tsx'
import { Id } from '../../parts/id.tsx'
import { RouteLink } from '../../parts/route-link.tsx'
import { ViewHead } from '../../parts/view-head.tsx'

export function WarehousesView(): ReactNode {
  const t = useTranslations('warehouses')
  const view = useTranslations('views')
  const { client } = useApi()
  const warehouses = useQuery(warehousesOf(client))
  const [begin, setBegin] = useState('')
  return (
    <Stack gap="lg">
      <ViewHead title={view('warehouses')} lead={t('lead')} />
      <Answer query={warehouses} height={360}>
        {({ items, isWhole }) =>
          items.length === 0 ? (
            <Empty text={t('empty')} />
          ) : (
            <Stack gap="sm">
              <TextInput
                label={t('filter')}
                value={begin}
                maw={320}
                onChange={({ currentTarget }) => setBegin(currentTarget.value)}
              />
              {isWhole ? null : <Text size="sm">{t('notAll', { count: items.length })}</Text>}
              <WarehouseTable rows={items.filter((warehouse) => beginsWith(warehouse, begin))} />
            </Stack>
          )
        }
      </Answer>
    </Stack>
  )
}

function beginsWith({ warehouse_id, source }: Warehouse, begin: string): boolean {
  const text = begin.trim().toLowerCase()
  return warehouse_id.startsWith(text) || source?.toLowerCase().startsWith(text) === true
}

function WarehouseTable({ rows }: { rows: readonly Warehouse[] }): ReactNode {
  const t = useTranslations('warehouses')
  const view = useTranslations('views')
  if (rows.length === 0) return <Empty text={t('noMatch')} />
  return (
    <DataTable
      label={view('warehouses')}
      columns={columns}
      rows={rows}
      rowKey={({ warehouse_id }) => warehouse_id}
    />
  )
}

const columns: readonly Column<Warehouse>[] = [
  {
    name: 'source',
    cell: ({ warehouse_id, source }) => (
      <RouteLink to="/warehouses/$warehouse" params={{ warehouse: warehouse_id }} size="sm">
        {source ?? warehouse_id}
      </RouteLink>
    ),
  },
  { name: 'warehouse', cell: ({ warehouse_id }) => <Id id={warehouse_id} /> },
  { name: 'updated', cell: ({ last_recorded_at }) => <When at={last_recorded_at} /> },
]
