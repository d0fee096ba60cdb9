/** The newest lines of all cards, as they are written. */
import { Group, Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { useFormatter, useTranslations } from 'use-intl'
import type { BookedLine } from '../../../../src/client/client.ts'
import { useLive } from '../../live/live.tsx'
import { Pieces, SignedPieces } from '../../parts/figures.tsx'
import { shortId } from '../../parts/id.tsx'
import { CardLink } from '../../parts/names.tsx'
import { RouteLink } from '../../parts/route-link.tsx'
import { useWarehouseName } from '../../parts/warehouse-names.tsx'
import classes from './latest-bookings.module.css'
import { Panel } from './panel.tsx'

/** More could not be read while they move. */
const rows = 12

export function LatestBookings(): ReactNode {
  const t = useTranslations('overview')
  const { latest } = useLive()
  return (
    <Panel title={t('latest')}>
      <div className={classes['list']}>
        {latest.length === 0 ? (
          <Stack align="center" justify="center" h="100%" gap="xs">
            <Text c="dimmed" size="sm">
              {t('latestEmpty')}
            </Text>
            <RouteLink to="/try" size="sm">
              {t('latestEmptyLink')}
            </RouteLink>
          </Stack>
        ) : (
          <ol className={classes['rows']}>
            {latest.slice(0, rows).map((line) => (
              <Booking key={`${line.warehouse_id} ${line.product_id} ${line.line}`} line={line} />
            ))}
          </ol>
        )}
      </div>
    </Panel>
  )
}

function Booking({ line }: { line: BookedLine }): ReactNode {
  const t = useTranslations()
  const format = useFormatter()
  const warehouse = useWarehouseName(line.warehouse_id)
  return (
    <li className={classes['row']}>
      <time dateTime={line.recorded_at} className={`figure ${classes['time']}`}>
        {format.dateTime(new Date(line.recorded_at), { timeStyle: 'medium' })}
      </time>
      <span className={classes['change']}>
        <SignedPieces count={line.change} />
      </span>
      <span className={classes['what']}>
        <RouteLink to="/movements/$movement" params={{ movement: line.movement_id }} size="sm">
          {line.released ? t('outcome.released') : t(`event.${line.event}`)}
        </RouteLink>
        <Text component="span" size="sm" c="dimmed" className={classes['card']}>
          <RouteLink to="/warehouses/$warehouse" params={{ warehouse: line.warehouse_id }} size="sm">
            {warehouse}
          </RouteLink>
          <CardLink card={line}>{shortId(line.product_id)}</CardLink>
        </Text>
      </span>
      <Group gap={4} wrap="nowrap" className={classes['balance']}>
        <Text component="span" size="xs" c="dimmed">
          {t('column.balance')}
        </Text>
        <Pieces count={line.balance} />
      </Group>
    </li>
  )
}
