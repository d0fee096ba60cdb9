/** The stock of one product in one warehouse: how much, how it came about, what waits. */
import { Group, Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { useApi } from '../../api/api.tsx'
import { cardOf } from '../../api/queries.ts'
import { Answer } from '../../parts/answer.tsx'
import { WarehouseName, ProductName } from '../../parts/names.tsx'
import { RouteButton } from '../../parts/route-link.tsx'
import { ViewHead } from '../../parts/view-head.tsx'
import { CardFigures } from './card-figures.tsx'
import { CardHistory } from './card-history.tsx'
import { HeldOnCard } from './held-on-card.tsx'

export function CardView(): ReactNode {
  const t = useTranslations('card')
  const { warehouse, product } = useParams({ from: '/warehouses/$warehouse/products/$product' })
  const { client } = useApi()
  const name = { warehouse_id: warehouse, product_id: product }
  const card = useQuery(cardOf(client, name))
  return (
    <Stack gap="lg">
      <ViewHead
        title={t('title')}
        lead={
          <Group component="span" gap="md">
            <span>
              {t('product')} <ProductName id={product} />
            </span>
            <span>
              {t('warehouse')} <WarehouseName id={warehouse} />
            </span>
          </Group>
        }
        actions={
          <RouteButton variant="default" size="xs" to="/movements" search={name}>
            {t('movements')}
          </RouteButton>
        }
      />
      <Answer query={card} height={480}>
        {(data) => (
          <>
            <CardFigures card={data} />
            {data.held_quantity > 0 ? <HeldOnCard card={data} /> : null}
            <CardHistory key={`${warehouse} ${product}`} card={data} />
          </>
        )}
      </Answer>
    </Stack>
  )
}
