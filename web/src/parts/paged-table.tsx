/**
 * A list of the API as a table: its first page is live, more come when they are asked for, and what is shown can be
 * taken along as a file.
 */
import { Button, Group, Stack, Text } from '@mantine/core'
import { IconDownload, IconRefresh } from '@tabler/icons-react'
import {
  useQueryClient,
  type InfiniteData,
  type QueryKey,
  type UseInfiniteQueryResult,
} from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { useLive } from '../live/live.tsx'
import { csvOf } from './csv.ts'
import { download } from './download.ts'
import { DataTable, type Column } from './data-table.tsx'
import { Empty } from './empty.tsx'
import { FaultNote } from './fault-note.tsx'
import { Waiting } from './answer.tsx'
import { useFault } from './use-fault.ts'

interface ListPage<Row> {
  readonly items: readonly Row[]
  readonly next_cursor: string | null
}

interface PagedTableProps<Row extends object> {
  readonly label: string
  readonly query: UseInfiniteQueryResult<InfiniteData<ListPage<Row>>>
  readonly queryKey: QueryKey
  readonly columns: readonly Column<Row>[]
  readonly rowKey: (row: Row) => string
  /** Instead of a table without rows. */
  readonly empty: string
  /** Of the file, without its ending. */
  readonly fileName: string
  /** Of the rows that are loaded, those that are shown. */
  readonly only?: (row: Row) => boolean
}

export function PagedTable<Row extends object>(props: PagedTableProps<Row>): ReactNode {
  const { query, empty, label, columns, rowKey, only = () => true } = props
  const { data, refetch } = query
  const error = useFault(query)
  if (data === undefined && error === null) return <Waiting height={waitingHeight} />
  const rows = (data?.pages ?? []).flatMap(({ items }) => items).filter(only)
  return (
    <Stack gap="sm">
      {error === null ? null : <FaultNote error={error} retry={() => void refetch()} />}
      {rows.length > 0 ? (
        <DataTable label={label} columns={columns} rows={rows} rowKey={rowKey} />
      ) : error === null && !query.hasNextPage ? (
        <Empty text={empty} />
      ) : null}
      {data === undefined ? null : <Foot {...props} rows={rows} />}
    </Stack>
  )
}

/** About ten rows, in pixels. */
const waitingHeight = 360

function Foot<Row extends object>(
  props: PagedTableProps<Row> & { readonly rows: readonly Row[] },
): ReactNode {
  const { query, queryKey, rows, fileName } = props
  const t = useTranslations('state')
  const queries = useQueryClient()
  const { hasNextPage, isFetchingNextPage, fetchNextPage, dataUpdatedAt, data } = query
  const { changedAtMs } = useLive()
  const isOld = (data?.pages.length ?? 0) > 1 && changedAtMs > dataUpdatedAt
  const count = rows.length
  return (
    <Group justify="space-between" mih={36}>
      <Group gap="sm">
        {hasNextPage ? (
          <Button
            variant="default"
            size="sm"
            loading={isFetchingNextPage}
            onClick={() => void fetchNextPage()}
          >
            {t('more')}
          </Button>
        ) : null}
        {count === 0 ? null : (
          <Text size="sm" c="dimmed" role="status">
            {hasNextPage ? t('shown', { count }) : t('allShown', { count })}
          </Text>
        )}
        {isOld ? (
          <Button
            variant="subtle"
            size="sm"
            leftSection={<IconRefresh size={16} />}
            onClick={() => void queries.resetQueries({ queryKey, exact: true })}
          >
            {t('renewed')}
          </Button>
        ) : null}
      </Group>
      {count === 0 ? null : (
        <Button
          variant="subtle"
          color="gray"
          size="sm"
          leftSection={<IconDownload size={16} />}
          onClick={() => download(`${fileName}.csv`, csvOf(rows))}
        >
          {t('exportCsv')}
        </Button>
      )}
    </Group>
  )
}
