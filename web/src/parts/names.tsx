/** Links to what the rows of a table name. */
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { Id, shortId } from './id.tsx'
import { RouteLink } from './route-link.tsx'
import { useWarehouseName } from './warehouse-names.tsx'

export function MovementName({ id }: { id: string }): ReactNode {
  return (
    <Id id={id}>
      <RouteLink to="/movements/$movement" params={{ movement: id }}>
        {shortId(id)}
      </RouteLink>
    </Id>
  )
}

export function ProductName({ id }: { id: string }): ReactNode {
  return (
    <Id id={id}>
      <RouteLink to="/products/$product" params={{ product: id }}>
        {shortId(id)}
      </RouteLink>
    </Id>
  )
}

/** By its code, as people call it, where one is known. */
export function WarehouseName({ id }: { id: string | null }): ReactNode {
  const t = useTranslations('parts')
  const name = useWarehouseName(id ?? '')
  if (id === null) return <span>{t('unknown')}</span>
  return (
    <Id id={id}>
      <RouteLink to="/warehouses/$warehouse" params={{ warehouse: id }}>
        {name}
      </RouteLink>
    </Id>
  )
}

interface CardName {
  readonly warehouse_id: string
  readonly product_id: string
}

/** The card of a product in a warehouse; the words are the product's id. */
export function CardLink({ card, children }: { card: CardName; children?: ReactNode }): ReactNode {
  return (
    <Id id={card.product_id}>
      <RouteLink
        to="/warehouses/$warehouse/products/$product"
        params={{ warehouse: card.warehouse_id, product: card.product_id }}
      >
        {children ?? shortId(card.product_id)}
      </RouteLink>
    </Id>
  )
}
