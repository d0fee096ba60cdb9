/** Rows as a file for a spreadsheet (RFC 4180), with the names of the API. */

/** The columns are the fields of the first row. */
export function csvOf(rows: readonly object[]): string {
  const names = Object.keys(rows[0] ?? {})
  const lines = rows.map((row) => {
    const cells: Readonly<Record<string, unknown>> = { ...row }
    return names.map((name) => cellOf(cells[name]))
  })
  return [names, ...lines].map((line) => `${line.join(',')}\r\n`).join('')
}

/** A text that a spreadsheet would take for a formula is kept from being one. */
function cellOf(value: unknown): string {
  if (value === null || value === undefined) return ''
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  const safe = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
