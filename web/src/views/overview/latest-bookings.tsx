/** The newest lines of all cards, as they are written; below them, until there are enough, the movements before. */
import { Group, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useFormatter, useNow, useTranslations } from 'use-intl'
import type { BookedLine, ListedMovement } from '../../../../src/client/client.ts'
import { useApi } from '../../api/api.tsx'
import { pastMovementsOf } from '../../api/queries.ts'
import { useLive } from '../../live/live.tsx'
import { Pieces, SignedPieces, Status } from '../../parts/figures.tsx'
import { shortId } from '../../parts/id.tsx'
import { CardLink, MovementName } from '../../parts/names.tsx'
import { RouteLink } from '../../parts/route-link.tsx'
import { useWarehouseName } from '../../parts/warehouse-names.tsx'
import classes from './latest-bookings.module.css'
import { Panel } from './panel.tsx'

/** More could not be read while they move. */
const rows = 12

export function LatestBookings(): ReactNode {
  const t = useTranslations('overview')
  const { client } = useApi()
  const { latest } = useLive()
  const { data } = useQuery(pastMovementsOf(client, rows))
  const lines = latest.slice(0, rows)
  const told = new Set(latest.map(({ movement_id }) => movement_id))
  const past = (data?.items ?? []).filter(({ movement_id }) => !told.has(movement_id))
  const isEmpty = lines.length === 0 && data?.items.length === 0
  return (
    <Panel title={t('latest')}>
      <div className={classes['list']}>
        {isEmpty ? (
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
            {lines.map((line) => (
              <Booking key={`${line.warehouse_id} ${line.product_id} ${line.line}`} line={line} />
            ))}
            {past.slice(0, rows - lines.length).map((movement) => (
              <PastMovement key={`${movement.movement_id} ${movement.product_id}`} movement={movement} />
            ))}
          </ol>
        )}
      </div>
    </Panel>
  )
}

function PastMovement({ movement }: { movement: ListedMovement }): ReactNode {
  const { movement_id, status, recorded_at, departed, arrived } = movement
  return (
    <li className={classes['row']}>
      <Time at={recorded_at} />
      <span className={classes['change']}>
        <Pieces count={arrived ?? departed} />
      </span>
      <span className={classes['what']}>
        <MovementName id={movement_id} />
      </span>
      <Status status={status} />
    </li>
  )
}

/** The day is said of another day only. */
function Time({ at }: { at: string }): ReactNode {
  const format = useFormatter()
  const now = useNow({ updateInterval: 60_000 })
  const moment = new Date(at)
  const isToday = moment.toDateString() === now.toDateString()
  return (
    <time dateTime={at} className={`figure ${classes['time']}`}>
      {format.dateTime(moment, isToday ? { timeStyle: 'medium' } : { day: 'numeric', month: 'short' })}
    </time>
  )
}

function Booking({ line }: { line: BookedLine }): ReactNode {
  const t = useTranslations()
  const warehouse = useWarehouseName(line.warehouse_id)
  return (
    <li className={classes['row']}>
      <Time at={line.recorded_at} />
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
