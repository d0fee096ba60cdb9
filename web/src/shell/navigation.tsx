/** The views, with how much waits in each. */
import { Badge } from '@mantine/core'
import {
  IconAlertTriangle,
  IconArrowsExchange,
  IconBuildingWarehouse,
  IconHourglass,
  IconLayoutDashboard,
  IconPlayerPlay,
  IconScale,
  IconTruck,
  type Icon,
} from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useLocation } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useFormatter, useTranslations } from 'use-intl'
import type { Totals } from '../../../src/client/client.ts'
import { useApi } from '../api/api.tsx'
import { overviewOf } from '../api/queries.ts'
import { RouteNavLink } from '../parts/route-link.tsx'
import type { en } from '../words/en.ts'

interface Place {
  readonly to: string
  readonly name: keyof (typeof en)['views']
  readonly icon: Icon
  readonly waits?: keyof Totals
}

const places: readonly Place[] = [
  { to: '/', name: 'overview', icon: IconLayoutDashboard },
  { to: '/warehouses', name: 'warehouses', icon: IconBuildingWarehouse },
  { to: '/movements', name: 'movements', icon: IconArrowsExchange },
  { to: '/transit', name: 'transit', icon: IconTruck, waits: 'movements_in_transit' },
  { to: '/held', name: 'held', icon: IconHourglass, waits: 'departures_held' },
  { to: '/differences', name: 'differences', icon: IconScale },
  { to: '/quarantine', name: 'quarantine', icon: IconAlertTriangle, waits: 'quarantine_open' },
  { to: '/try', name: 'try', icon: IconPlayerPlay },
]

export function Navigation(): ReactNode {
  const t = useTranslations('views')
  const format = useFormatter()
  const { client } = useApi()
  const { data } = useQuery(overviewOf(client))
  const { pathname } = useLocation()
  return places.map(({ to, name, icon: PlaceIcon, waits }) => {
    const count = waits === undefined ? 0 : (data?.totals[waits] ?? 0)
    const isHere = to === '/' ? pathname === '/' : pathname.startsWith(to)
    return (
      <RouteNavLink
        key={to}
        to={to}
        label={t(name)}
        active={isHere}
        aria-current={isHere ? 'page' : undefined}
        leftSection={<PlaceIcon size={18} stroke={1.6} />}
        rightSection={
          count === 0 ? null : (
            <Badge
              size="sm"
              variant="light"
              color={name === 'quarantine' ? 'red' : 'gray'}
              className="figure"
            >
              {format.number(count, { notation: 'compact' })}
            </Badge>
          )
        }
      />
    )
  })
}
