/** The lines of a card, drawn and listed. The newest are live; older ones come when they are asked for. */
import { Button, Group, Paper, SegmentedControl, Stack, Text, Title } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useMemo, useState, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { Card, CardLine } from '../../../../src/client/client.ts'
import { useApi } from '../../api/api.tsx'
import { linesBelowOf, olderLinesOf } from '../../api/queries.ts'
import { BalanceChart, type BalanceAlong } from '../../charts/balance-chart.tsx'
import { csvOf } from '../../parts/csv.ts'
import { download } from '../../parts/download.ts'
import { DataTable } from '../../parts/data-table.tsx'
import { Empty } from '../../parts/empty.tsx'
import { FaultNote } from '../../parts/fault-note.tsx'
import { lineColumns } from './line-columns.tsx'
import { mergeLines } from './merge-lines.ts'

/** What is asked for from one moment on: the newest lines at that moment, and where the older ones begin. */
interface Anchor {
  readonly newest: readonly CardLine[]
  readonly cursor: string
}

export function CardHistory({ card }: { card: Card }): ReactNode {
  const t = useTranslations('card')
  const state = useTranslations('state')
  const { client } = useApi()
  const [anchor, setAnchor] = useState<Anchor | null>(null)
  const [along, setAlong] = useState<BalanceAlong>('time')
  const older = useInfiniteQuery(olderLinesOf(client, card, anchor?.cursor ?? null))
  const below = useQuery(linesBelowOf(client, card, belowNewest(card, anchor)))
  const { lines, gap, belowGap } = useMemo(() => {
    if (anchor === null) return mergeLines(card.history, [])
    const pages = older.data?.pages.flatMap(({ history }) => history) ?? []
    return mergeLines(card.history, [...anchor.newest, ...pages, ...(below.data?.history ?? [])])
  }, [card.history, older.data, below.data, anchor])
  const all = [...lines, ...belowGap]
  if (all.length === 0) return <Empty text={t('empty')} />
  const { next_cursor: next } = card
  const hasMore = anchor === null ? next !== null : older.hasNextPage || older.data === undefined
  const loadOlder = (): void => {
    if (anchor !== null) void (older.data === undefined ? older.refetch() : older.fetchNextPage())
    else if (next !== null) setAnchor({ newest: card.history, cursor: next })
  }
  return (
    <Stack gap="lg">
      <Paper component="section" withBorder p="md" aria-label={t('chart')}>
        <Group justify="space-between" mb="xs">
          <Title order={2} size="h3">
            {t('chart')}
          </Title>
          <SegmentedControl
            aria-label={t('chartBy')}
            size="xs"
            value={along}
            data={[
              { value: 'time', label: t('byTime') },
              { value: 'line', label: t('byLine') },
            ]}
            onChange={setAlong}
          />
        </Group>
        <BalanceChart lines={all} along={along} />
      </Paper>
      <Stack component="section" gap="sm" aria-label={t('history')}>
        <Title order={2} size="h3">
          {t('history')}
        </Title>
        <LineTable lines={lines} />
        {gap === null ? null : (
          <>
            <Group justify="center" gap="sm">
              <Text size="sm" c="dimmed">
                {t('gap', gap)}
              </Text>
              <Button variant="light" size="compact-sm" onClick={() => setAnchor(null)}>
                {t('fillGap')}
              </Button>
            </Group>
            <LineTable lines={belowGap} />
          </>
        )}
        {older.error === null ? null : <FaultNote error={older.error} retry={() => void older.refetch()} />}
        <Group justify="space-between" mih={36}>
          <Group gap="sm">
            {hasMore ? (
              <Button
                variant="default"
                size="sm"
                loading={older.isFetchingNextPage || (anchor !== null && older.isPending && older.isFetching)}
                onClick={loadOlder}
              >
                {t('older')}
              </Button>
            ) : null}
            <Text size="sm" c="dimmed" role="status">
              {state(hasMore ? 'shown' : 'allShown', { count: all.length })}
            </Text>
          </Group>
          <Button
            variant="subtle"
            color="gray"
            size="sm"
            leftSection={<IconDownload size={16} />}
            onClick={() => download(`card-${card.warehouse_id}-${card.product_id}.csv`, csvOf(all))}
          >
            {state('exportCsv')}
          </Button>
        </Group>
      </Stack>
    </Stack>
  )
}

function LineTable({ lines }: { lines: readonly CardLine[] }): ReactNode {
  const t = useTranslations('card')
  return (
    <DataTable label={t('history')} columns={lineColumns} rows={lines} rowKey={({ line }) => String(line)} />
  )
}

/**
 * Lines leave the newest ones while older ones are shown, and a hole would open in their place. Beyond a page of them it
 * is told as a gap.
 */
function belowNewest(card: Card, anchor: Anchor | null): { cursor: string; count: number } | null {
  const [lowest, lowestThen] = [card.history.at(-1)?.line, anchor?.newest.at(-1)?.line]
  if (lowest === undefined || lowestThen === undefined || card.next_cursor === null) return null
  return lowest > lowestThen ? { cursor: card.next_cursor, count: lowest - lowestThen } : null
}
