/** A line of a card as a row. */
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { CardLine } from '../../../../src/client/client.ts'
import type { Column } from '../../parts/data-table.tsx'
import { Pieces, SignedPieces, Status, When } from '../../parts/figures.tsx'
import { MovementName, WarehouseName } from '../../parts/names.tsx'

export const lineColumns: readonly Column<CardLine>[] = [
  { name: 'line', isNumber: true, cell: ({ line }) => <Pieces count={line} /> },
  { name: 'event', cell: ({ event }) => <EventName event={event} /> },
  { name: 'change', isNumber: true, cell: ({ change }) => <SignedPieces count={change} /> },
  { name: 'balance', isNumber: true, cell: ({ balance }) => <Pieces count={balance} /> },
  {
    name: 'counterparty',
    cell: ({ counterparty_warehouse_id }) => <OtherSide id={counterparty_warehouse_id} />,
  },
  { name: 'movement', cell: ({ movement_id }) => <MovementName id={movement_id} /> },
  { name: 'status', cell: ({ status }) => <Status status={status} /> },
  { name: 'happened', cell: ({ timestamp }) => <When at={timestamp} /> },
]

export function EventName({ event }: { event: 'departure' | 'arrival' }): ReactNode {
  return useTranslations('event')(event)
}

function OtherSide({ id }: { id: string | null }): ReactNode {
  return id === null ? <span>–</span> : <WarehouseName id={id} />
}
