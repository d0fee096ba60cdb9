/** What happened, in the order in which it happened. */
import { Text, Timeline } from '@mantine/core'
import { IconHourglass, IconPackageExport, IconPackageImport } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { MovementEvent } from '../../../../src/client/client.ts'
import { SignedPieces, When } from '../../parts/figures.tsx'
import { WarehouseName } from '../../parts/names.tsx'

export function EventTimeline({ events }: { events: readonly MovementEvent[] }): ReactNode {
  const t = useTranslations()
  return (
    <Timeline active={events.length - 1} bulletSize={28} lineWidth={2}>
      {events.map((event) => (
        <Timeline.Item
          key={`${event.partition}:${event.offset}`}
          bullet={<EventIcon event={event} />}
          title={t(`event.${event.event}`)}
        >
          <Text component="div" size="sm">
            <SignedPieces count={event.event === 'departure' ? -event.quantity : event.quantity} /> ·{' '}
            <WarehouseName id={event.warehouse_id} />
          </Text>
          <Text component="div" size="xs" c="dimmed">
            <When at={event.timestamp} /> ·{' '}
            {event.card_line === null
              ? t('movement.notBooked')
              : t('movement.lineOf', { line: event.card_line })}
          </Text>
        </Timeline.Item>
      ))}
    </Timeline>
  )
}

function EventIcon({ event }: { event: MovementEvent }): ReactNode {
  if (event.state === 'held') return <IconHourglass size={15} aria-hidden />
  if (event.event === 'departure') return <IconPackageExport size={15} aria-hidden />
  return <IconPackageImport size={15} aria-hidden />
}
