/** What somebody should look at: each line says what it is, how old, and leads there. */
import { Group, Stack, Text, Title } from '@mantine/core'
import { IconCircleCheck } from '@tabler/icons-react'
import { useQuery, type UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { OpenMovement, Overview } from '../../../../src/client/client.ts'
import { useApi } from '../../api/api.tsx'
import { firstDifferencesOf, firstOverdueOf, type FirstRows } from '../../api/queries.ts'
import { FaultNote } from '../../parts/fault-note.tsx'
import { useFault } from '../../parts/use-fault.ts'
import { Age, Pieces, SignedPieces } from '../../parts/figures.tsx'
import { CardLink, MovementName, WarehouseName } from '../../parts/names.tsx'
import { RouteLink } from '../../parts/route-link.tsx'
import type { QuarantineFilters } from '../filters.ts'
import { CodeName } from '../quarantine/code-name.tsx'
import classes from './attention-panel.module.css'
import { Panel } from './panel.tsx'

export function AttentionPanel({ overview }: { overview: Overview }): ReactNode {
  const t = useTranslations('overview')
  const { client } = useApi()
  const { overdue, attention } = overview
  const late = useQuery(firstOverdueOf(client, overdue.transit_seconds))
  const different = useQuery(firstDifferencesOf(client))
  const isAllWell =
    attention.oldest_held === null &&
    attention.quarantine_open.length === 0 &&
    isWholeAndEmpty(late.data) &&
    isWholeAndEmpty(different.data)
  return (
    <Panel title={t('attention')}>
      {isAllWell ? (
        <Group gap="xs" mih={120} justify="center">
          <IconCircleCheck size={20} color="var(--bincard-released)" aria-hidden />
          <Text c="dimmed" size="sm">
            {t('attentionNone')}
          </Text>
        </Group>
      ) : (
        <Stack gap="lg">
          <QuarantineItems overview={overview} />
          <HeldItem overview={overview} />
          <MovementItems title={t('overdue')} query={late} overview={overview}>
            <RouteLink to="/transit" search={{ older_than: overdue.transit_seconds }} size="sm">
              {t('all')}
            </RouteLink>
          </MovementItems>
          <MovementItems title={t('differences')} query={different} overview={overview}>
            <RouteLink to="/differences" size="sm">
              {t('all')}
            </RouteLink>
          </MovementItems>
        </Stack>
      )}
    </Panel>
  )
}

function Items({ title, all, children }: { title: string; all: ReactNode; children: ReactNode }): ReactNode {
  return (
    <section aria-label={title}>
      <Group justify="space-between" mb={4}>
        <Title order={3} size="sm" fw={600}>
          {title}
        </Title>
        {all}
      </Group>
      <ul className={classes['items']}>{children}</ul>
    </section>
  )
}

function QuarantineItems({ overview }: { overview: Overview }): ReactNode {
  const t = useTranslations()
  const open = overview.attention.quarantine_open
  if (open.length === 0) return null
  const all = (
    <RouteLink to="/quarantine" size="sm">
      {t('overview.all')}
    </RouteLink>
  )
  return (
    <Items title={t('overview.quarantined')} all={all}>
      {open.map(({ code, count, more, oldest_received_at }) => (
        <li key={code} className={classes['item']}>
          <RouteLink to="/quarantine" search={{ code: code as QuarantineFilters['code'] }} size="sm">
            <CodeName code={code} />
          </RouteLink>
          <Text size="sm" c="dimmed" className="figure">
            {t('overview.quarantineCount', { count, more: String(more) })}
          </Text>
          <Age since={oldest_received_at} overdueSeconds={overview.overdue.held_seconds} />
        </li>
      ))}
    </Items>
  )
}

function HeldItem({ overview }: { overview: Overview }): ReactNode {
  const t = useTranslations('overview')
  const held = overview.attention.oldest_held
  if (held === null) return null
  const all = (
    <RouteLink to="/held" size="sm">
      {t('all')}
    </RouteLink>
  )
  return (
    <Items title={t('oldestHeld')} all={all}>
      <li className={classes['item']}>
        <CardLink card={held} />
        <span>
          <Pieces count={held.quantity} /> · <WarehouseName id={held.warehouse_id} />
        </span>
        <Age since={held.timestamp} overdueSeconds={overview.overdue.held_seconds} />
      </li>
    </Items>
  )
}

interface MovementItemsProps {
  readonly title: string
  readonly query: UseQueryResult<FirstRows<OpenMovement>>
  readonly overview: Overview
  /** The way to all of them. */
  readonly children: ReactNode
}

function MovementItems({ title, query, overview, children }: MovementItemsProps): ReactNode {
  const t = useTranslations('overview')
  const { data, refetch } = query
  const fault = useFault(query)
  if (fault === null && (data === undefined || isWholeAndEmpty(data))) return null
  const rows = data?.items ?? []
  return (
    <Items title={title} all={children}>
      {fault === null ? null : (
        <li>
          <FaultNote error={fault} retry={() => void refetch()} />
        </li>
      )}
      {fault === null && rows.length === 0 ? <li className={classes['item']}>{t('furtherOn')}</li> : null}
      {rows.map((row) => (
        <li key={`${row.movement_id} ${row.product_id}`} className={classes['item']}>
          <MovementName id={row.movement_id} />
          <SignedPieces count={(row.arrived ?? 0) - (row.departed ?? 0)} />
          <Age since={row.since} overdueSeconds={overview.overdue.transit_seconds} />
        </li>
      ))}
    </Items>
  )
}

function isWholeAndEmpty(rows: FirstRows<unknown> | undefined): boolean {
  return rows?.isWhole === true && rows.items.length === 0
}
