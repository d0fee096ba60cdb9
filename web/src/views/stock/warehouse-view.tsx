/** What lies in one warehouse. */
import { Group, Stack } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { Quantity } from '../../../../src/client/client.ts'
import { useApi } from '../../api/api.tsx'
import { warehouseProductsOf } from '../../api/queries.ts'
import type { Column } from '../../parts/data-table.tsx'
import { Pieces, When } from '../../parts/figures.tsx'
import { CopyId } from '../../parts/id.tsx'
import { CardLink } from '../../parts/names.tsx'
import { PagedTable } from '../../parts/paged-table.tsx'
import { RouteButton } from '../../parts/route-link.tsx'
import { ViewHead } from '../../parts/view-head.tsx'
import { useWarehouseName } from '../../parts/warehouse-names.tsx'

export function WarehouseView(): ReactNode {
  const t = useTranslations('warehouse')
  const { warehouse } = useParams({ from: '/warehouses/$warehouse' })
  const { client } = useApi()
  const name = useWarehouseName(warehouse)
  const options = warehouseProductsOf(client, warehouse)
  const title = t('title', { name })
  const here = { warehouse_id: warehouse }
  return (
    <Stack gap="lg">
      <ViewHead
        title={title}
        lead={t('lead')}
        actions={
          <Group gap="xs">
            <RouteButton variant="default" size="xs" to="/movements" search={here}>
              {t('movements')}
            </RouteButton>
            <RouteButton variant="default" size="xs" to="/transit" search={here}>
              {t('transit')}
            </RouteButton>
            <RouteButton variant="default" size="xs" to="/held" search={here}>
              {t('held')}
            </RouteButton>
          </Group>
        }
      >
        {title} <CopyId id={warehouse} />
      </ViewHead>
      <PagedTable
        label={title}
        query={useInfiniteQuery(options)}
        queryKey={options.queryKey}
        columns={columns}
        rowKey={({ product_id }) => product_id}
        empty={t('empty')}
        fileName={`warehouse-${warehouse}`}
      />
    </Stack>
  )
}

const columns: readonly Column<Quantity>[] = [
  { name: 'product', cell: (row) => <CardLink card={row} /> },
  { name: 'quantity', isNumber: true, cell: ({ quantity }) => <Pieces count={quantity} /> },
  { name: 'lines', isNumber: true, cell: ({ last_line }) => <Pieces count={last_line} /> },
  { name: 'updated', cell: ({ updated_at }) => <When at={updated_at} /> },
]
