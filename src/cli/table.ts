/** Rows in columns, for a terminal. */
export interface Column<Row> {
  readonly title: string
  readonly text: (row: Row) => string | number | null
  readonly align?: 'right'
}

const gap = '  '

/** The lines of a table, the heading first; null is shown as a dash. */
export function tableLines<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string[] {
  const cells = rows.map((row) => columns.map(({ text }) => String(text(row) ?? '–')))
  const widths = columns.map(({ title }, index) =>
    Math.max(title.length, ...cells.map((row) => row[index]?.length ?? 0)),
  )
  const line = (texts: readonly string[]): string =>
    texts
      .map((text, index) => {
        const width = widths[index] ?? 0
        return columns[index]?.align === 'right' ? text.padStart(width) : text.padEnd(width)
      })
      .join(gap)
      .trimEnd()
  return [line(columns.map(({ title }) => title)), ...cells.map(line)]
}
