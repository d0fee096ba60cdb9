/** Reports that are booked and speak against a message. */
import { Stack, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { MovementEvent } from '../../../../src/client/client.ts'
import { DataTable } from '../../parts/data-table.tsx'
import { reportColumns } from '../movement/report-columns.tsx'

export function Conflicts({ events }: { events: readonly MovementEvent[] }): ReactNode {
  const t = useTranslations('quarantined')
  return (
    <Stack component="section" gap="sm" aria-label={t('conflicts')}>
      <Title order={2} size="h3">
        {t('conflicts')}
      </Title>
      <DataTable
        label={t('conflicts')}
        columns={reportColumns}
        rows={events}
        rowKey={({ partition, offset }) => `${partition}:${offset}`}
      />
    </Stack>
  )
}
