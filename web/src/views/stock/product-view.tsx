/** Where one product lies. */
import { Stack } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { Quantity } from '../../../../src/client/client.ts'
import { useApi } from '../../api/api.tsx'
import { productWarehousesOf } from '../../api/queries.ts'
import type { Column } from '../../parts/data-table.tsx'
import { Pieces, When } from '../../parts/figures.tsx'
import { CopyId, shortId } from '../../parts/id.tsx'
import { CardLink } from '../../parts/names.tsx'
import { PagedTable } from '../../parts/paged-table.tsx'
import { ViewHead } from '../../parts/view-head.tsx'
import { useWarehouseName } from '../../parts/warehouse-names.tsx'

export function ProductView(): ReactNode {
  const t = useTranslations('product')
  const { product } = useParams({ from: '/products/$product' })
  const { client } = useApi()
  const options = productWarehousesOf(client, product)
  const title = t('title', { name: shortId(product) })
  return (
    <Stack gap="lg">
      <ViewHead title={title} lead={t('lead')}>
        {title} <CopyId id={product} />
      </ViewHead>
      <PagedTable
        label={title}
        query={useInfiniteQuery(options)}
        queryKey={options.queryKey}
        columns={columns}
        rowKey={({ warehouse_id }) => warehouse_id}
        empty={t('empty')}
        fileName={`product-${product}`}
      />
    </Stack>
  )
}

function CardOfWarehouse({ card }: { card: Quantity }): ReactNode {
  return <CardLink card={card}>{useWarehouseName(card.warehouse_id)}</CardLink>
}

const columns: readonly Column<Quantity>[] = [
  { name: 'warehouse', cell: (row) => <CardOfWarehouse card={row} /> },
  { name: 'quantity', isNumber: true, cell: ({ quantity }) => <Pieces count={quantity} /> },
  { name: 'lines', isNumber: true, cell: ({ last_line }) => <Pieces count={last_line} /> },
  { name: 'updated', cell: ({ updated_at }) => <When at={updated_at} /> },
]
