/** A report of a warehouse as a row, down to its place in Kafka. */
import { Code } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { MovementEvent } from '../../../../src/client/client.ts'
import type { Column } from '../../parts/data-table.tsx'
import { Pieces, When } from '../../parts/figures.tsx'
import { CopyId } from '../../parts/id.tsx'
import { CardLink, WarehouseName } from '../../parts/names.tsx'
import { EventName } from '../card/line-columns.tsx'

export const reportColumns: readonly Column<MovementEvent>[] = [
  { name: 'event', cell: ({ event }) => <EventName event={event} /> },
  { name: 'warehouse', cell: ({ warehouse_id }) => <WarehouseName id={warehouse_id} /> },
  { name: 'product', cell: (event) => <CardLink card={event} /> },
  { name: 'quantity', isNumber: true, cell: ({ quantity }) => <Pieces count={quantity} /> },
  { name: 'state', cell: (event) => <EventState event={event} /> },
  { name: 'happened', cell: ({ timestamp }) => <When at={timestamp} /> },
  { name: 'recorded', cell: ({ recorded_at }) => <When at={recorded_at} /> },
  { name: 'message', cell: ({ message_id }) => <MessageId id={message_id} /> },
  { name: 'place', isNumber: true, cell: ({ partition, offset }) => <Code>{`${partition}:${offset}`}</Code> },
]

function EventState({ event }: { event: MovementEvent }): ReactNode {
  const t = useTranslations()
  return event.card_line === null ? t('movement.notBooked') : t('movement.lineOf', { line: event.card_line })
}

/** Of CloudEvents any text may be the id of a message, of up to 255 characters. */
function MessageId({ id }: { id: string }): ReactNode {
  const short = id.length > longestShown ? `${id.slice(0, longestShown)}…` : id
  return (
    <span title={id}>
      <Code>{short}</Code> <CopyId id={id} />
    </span>
  )
}

const longestShown = 12
