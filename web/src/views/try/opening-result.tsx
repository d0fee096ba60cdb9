/** What is wrong with a file of opening stock, or what became of it. */
import { Alert, Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { OpeningConflict, OpeningStockResult, Problem } from '../../../../src/client/client.ts'
import { DataTable, type Column } from '../../parts/data-table.tsx'
import { CardLink, WarehouseName } from '../../parts/names.tsx'
import { CodeName } from '../quarantine/code-name.tsx'

type WrongRow = NonNullable<Problem['rejections']>[number]

export function WrongRows({ rows }: { rows: readonly WrongRow[] }): ReactNode {
  const t = useTranslations('try')
  return (
    <Stack gap="sm">
      <Alert role="alert" color="red" variant="light" title={t('rowsWrong', { count: rows.length })} />
      <DataTable
        label={t('rowsWrong', { count: rows.length })}
        columns={wrongColumns}
        rows={rows}
        rowKey={({ index }) => String(index)}
      />
    </Stack>
  )
}

const wrongColumns: readonly Column<WrongRow>[] = [
  { name: 'row', isNumber: true, cell: ({ line }) => line ?? '–' },
  { name: 'reason', cell: ({ code }) => <CodeName code={code} /> },
  { name: 'field', cell: ({ field }) => field ?? '–' },
  { name: 'detail', cell: ({ detail }) => detail },
]

export function OpeningResult({ result }: { result: OpeningStockResult }): ReactNode {
  const t = useTranslations('try')
  const { dry_run, rows: count, outcomes, conflicts } = result
  const { booked, duplicate, quarantined, accepted } = outcomes
  return (
    <Stack gap="sm">
      <Alert role="status" color={quarantined > 0 ? 'orange' : 'teal'} variant="light">
        <Text size="sm">
          {dry_run ? t('rowsChecked', { count }) : t('rowsBooked', { count, booked, duplicate, quarantined })}
        </Text>
        {accepted > 0 ? <Text size="sm">{t('rowsWaiting', { count: accepted })}</Text> : null}
      </Alert>
      {conflicts.length === 0 ? null : (
        <DataTable
          label={t('conflicts')}
          columns={conflictColumns}
          rows={conflicts}
          rowKey={({ line }) => String(line)}
        />
      )}
    </Stack>
  )
}

const conflictColumns: readonly Column<OpeningConflict>[] = [
  { name: 'row', isNumber: true, cell: ({ line }) => line },
  { name: 'warehouse', cell: ({ warehouse_id }) => <WarehouseName id={warehouse_id} /> },
  { name: 'product', cell: (row) => <CardLink card={row} /> },
  { name: 'reason', cell: ({ code }) => <CodeName code={code} /> },
  { name: 'detail', cell: ({ detail }) => detail },
]
