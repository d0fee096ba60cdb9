/**
 * Rows under headings. On a phone each row becomes a small sheet of its own, with the heading before each value;
 * what it is to a screen reader stays a table.
 */
import { Paper } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { en } from '../words/en.ts'
import classes from './data-table.module.css'

export interface Column<Row> {
  readonly name: keyof (typeof en)['column']
  /** Numbers stand at the right. */
  readonly isNumber?: boolean
  readonly cell: (row: Row) => ReactNode
}

interface DataTableProps<Row> {
  /** What the table is about, for those who do not see where it stands. */
  readonly label: string
  readonly columns: readonly Column<Row>[]
  readonly rows: readonly Row[]
  readonly rowKey: (row: Row) => string
}

export function DataTable<Row>({ label, columns, rows, rowKey }: DataTableProps<Row>): ReactNode {
  const t = useTranslations('column')
  return (
    <Paper withBorder className={classes['frame']}>
      <table role="table" className={classes['table']} aria-label={label}>
        <thead role="rowgroup">
          <tr role="row">
            {columns.map(({ name, isNumber }) => (
              <th key={name} role="columnheader" scope="col" data-number={isNumber}>
                {t(name)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows.map((row) => (
            <tr key={rowKey(row)} role="row">
              {columns.map(({ name, isNumber, cell }) => (
                <td key={name} role="cell" data-number={isNumber} data-heading={t(name)}>
                  {cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Paper>
  )
}
