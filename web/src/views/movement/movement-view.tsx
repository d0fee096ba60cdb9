/** One movement: from where to where, how long, how much, and every report of it. */
import { Alert, List, Stack, Title } from '@mantine/core'
import { IconFlag } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { Movement, MovementEntry, MovementFlag } from '../../../../src/client/client.ts'
import { useApi } from '../../api/api.tsx'
import { movementOf } from '../../api/queries.ts'
import { Answer } from '../../parts/answer.tsx'
import { DataTable } from '../../parts/data-table.tsx'
import { CopyId, shortId } from '../../parts/id.tsx'
import { ProductName } from '../../parts/names.tsx'
import { ViewHead } from '../../parts/view-head.tsx'
import { EventTimeline } from './event-timeline.tsx'
import { reportColumns } from './report-columns.tsx'
import { Route } from './route.tsx'

export function MovementView(): ReactNode {
  const t = useTranslations('movement')
  const { movement: id } = useParams({ from: '/movements/$movement' })
  const { client } = useApi()
  const movement = useQuery(movementOf(client, id))
  return (
    <Stack gap="lg">
      <ViewHead title={`${t('title')} ${shortId(id)}`}>
        {t('title')} {shortId(id)} <CopyId id={id} />
      </ViewHead>
      <Answer query={movement} height={480}>
        {(data) => <MovementPage movement={data} />}
      </Answer>
    </Stack>
  )
}

function MovementPage({ movement }: { movement: Movement }): ReactNode {
  const t = useTranslations('movement')
  const entries: readonly MovementEntry[] = movement.products ?? [movement]
  return (
    <>
      {entries.map((entry) => (
        <Stack key={entry.product_id} gap="sm" component="section" aria-label={t('products')}>
          <Title order={2} size="h3" fw={500}>
            {t('product')} <ProductName id={entry.product_id} />
          </Title>
          <Route entry={entry} />
          <Flags flags={entry.flags} />
        </Stack>
      ))}
      <Stack component="section" gap="sm" aria-label={t('timeline')}>
        <Title order={2} size="h3">
          {t('timeline')}
        </Title>
        <EventTimeline events={movement.events} />
      </Stack>
      <Stack component="section" gap="sm" aria-label={t('raw')}>
        <Title order={2} size="h3">
          {t('raw')}
        </Title>
        <DataTable
          label={t('raw')}
          columns={reportColumns}
          rows={movement.events}
          rowKey={({ partition, offset }) => `${partition}:${offset}`}
        />
      </Stack>
    </>
  )
}

function Flags({ flags }: { flags: readonly MovementFlag[] }): ReactNode {
  const t = useTranslations('movement')
  const words = useTranslations('flag')
  if (flags.length === 0) return null
  return (
    <Alert color="yellow" variant="light" icon={<IconFlag size={18} />} title={t('flags')}>
      <List size="sm">
        {flags.map((flag) => (
          <List.Item key={flag}>{words(flag)}</List.Item>
        ))}
      </List>
    </Alert>
  )
}
