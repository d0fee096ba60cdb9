/** Sender, the way, receiver: side by side, or below each other where there is no room. */
import { Paper, Text } from '@mantine/core'
import { IconTruck } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { MovementEntry } from '../../../../src/client/client.ts'
import { Duration, Pieces, Status, When } from '../../parts/figures.tsx'
import { WarehouseName } from '../../parts/names.tsx'
import { RouteLink } from '../../parts/route-link.tsx'
import classes from './route.module.css'

export function Route({ entry }: { entry: MovementEntry }): ReactNode {
  const t = useTranslations('movement')
  const status = useTranslations('statusText')
  const { sender, receiver } = entry
  return (
    <Paper withBorder p="md">
      <div className={classes['route']}>
        <Side name={t('sender')} side={sender} entry={entry} unknown={t('senderUnknown')} />
        <div className={classes['way']}>
          <Status status={entry.status} />
          <div className={classes['track']} aria-hidden>
            <span className={classes['end']} data-reached={sender !== null} />
            <span className={classes['stretch']} data-reached={sender !== null} />
            <IconTruck size={24} stroke={1.5} />
            <span className={classes['stretch']} data-reached={receiver !== null} />
            <span className={classes['end']} data-reached={receiver !== null} />
          </div>
          <Way entry={entry} />
        </div>
        <Side name={t('receiver')} side={receiver} entry={entry} unknown={t('receiverUnknown')}>
          {receiver === null || receiver.deliveries === 1 ? null : (
            <Text size="sm" c="dimmed">
              {t('deliveries', { count: receiver.deliveries })}
            </Text>
          )}
        </Side>
      </div>
      <Text size="sm" c="dimmed" mt="md">
        {status(entry.status)} <Difference difference={entry.quantity_difference} />
      </Text>
    </Paper>
  )
}

interface SideProps {
  readonly name: string
  readonly side: MovementEntry['sender']
  readonly entry: MovementEntry
  readonly unknown: string
  readonly children?: ReactNode
}

function Side({ name, side, entry, unknown, children }: SideProps): ReactNode {
  const t = useTranslations('movement')
  return (
    <div className={classes['side']}>
      <Text size="sm" c="dimmed">
        {name}
      </Text>
      {side === null ? (
        <Text>{unknown}</Text>
      ) : (
        <>
          <Text component="div" fw={600} fz="lg">
            <WarehouseName id={side.warehouse_id} />
          </Text>
          <Text component="div" fz="xl" fw={600}>
            <Pieces count={side.quantity} />
          </Text>
          <Text component="div" size="sm" c="dimmed">
            <When at={side.timestamp} />
          </Text>
          {children}
          <RouteLink
            to="/warehouses/$warehouse/products/$product"
            params={{ warehouse: side.warehouse_id, product: entry.product_id }}
            size="sm"
          >
            {t('card')}
          </RouteLink>
        </>
      )}
    </div>
  )
}

/** How long it took, or since when it is under way. */
function Way({ entry }: { entry: MovementEntry }): ReactNode {
  const t = useTranslations('movement')
  if (entry.elapsed_seconds !== null) {
    return (
      <Text component="div" size="sm" ta="center">
        <Text component="span" size="sm" c="dimmed">
          {t('elapsed')}
        </Text>{' '}
        <Duration seconds={entry.elapsed_seconds} />
      </Text>
    )
  }
  if (entry.sender === null) return null
  return (
    <Text component="div" size="sm" c="dimmed" ta="center">
      {t.rich('elapsedSoFar', { since: () => <When at={entry.sender?.timestamp ?? null} /> })}
    </Text>
  )
}

function Difference({ difference }: { difference: number | null }): ReactNode {
  const t = useTranslations('movement')
  if (difference === null) return null
  if (difference === 0) return `${t('noDifference')}.`
  const isShort = difference < 0
  return (
    <Text component="span" inherit fw={600} c="var(--bincard-late)">
      {isShort ? t('missing', { count: -difference }) : t('surplus', { count: difference })}.
    </Text>
  )
}
