/** The chart of what is booked, second by second. */
import { Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { ThroughputChart } from '../../charts/throughput-chart.tsx'
import { useThroughput } from '../../live/live.tsx'
import { Waiting } from '../../parts/answer.tsx'
import { Panel } from './panel.tsx'

/** Of the chart with its legend, in pixels. */
const height = 246

export function ThroughputPanel(): ReactNode {
  const t = useTranslations('overview')
  const throughput = useThroughput()
  return (
    <Panel
      title={t('throughput')}
      aside={
        <Text size="xs" c="dimmed">
          {t('throughputHint')}
        </Text>
      }
    >
      {throughput === null ? <Waiting height={height} /> : <ThroughputChart throughput={throughput} />}
    </Panel>
  )
}
