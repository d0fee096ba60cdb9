/** What moves, and what waits for somebody. */
import { Grid, Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { useApi } from '../../api/api.tsx'
import { overviewOf } from '../../api/queries.ts'
import { Answer } from '../../parts/answer.tsx'
import { ViewHead } from '../../parts/view-head.tsx'
import { AttentionPanel } from './attention-panel.tsx'
import { Beginning } from './beginning.tsx'
import { FigureTiles } from './figure-tiles.tsx'
import { LatestBookings } from './latest-bookings.tsx'
import { ThroughputPanel } from './throughput-panel.tsx'

/** Of the row of figures, in pixels. */
const tilesHeight = 108

export function OverviewView(): ReactNode {
  const t = useTranslations('overview')
  const view = useTranslations('views')
  const { client } = useApi()
  const overview = useQuery(overviewOf(client))
  const isNew = overview.data?.totals.lines === 0 && overview.data.totals.movements_departed === 0
  return (
    <Stack gap="lg">
      <ViewHead title={view('overview')} lead={t('lead')} />
      <Answer query={overview} height={tilesHeight}>
        {(data) => <FigureTiles overview={data} />}
      </Answer>
      {isNew ? <Beginning /> : null}
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, lg: 7 }}>
          <Stack gap="lg">
            <ThroughputPanel />
            <LatestBookings />
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 5 }}>
          <Answer query={overview} height={320}>
            {(data) => <AttentionPanel overview={data} />}
          </Answer>
        </Grid.Col>
      </Grid>
    </Stack>
  )
}
