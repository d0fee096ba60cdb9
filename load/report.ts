import { circumstances, summaryOf } from './summary.ts'
import type { LoadResults } from './results.ts'
import { markdownTable, tablesOf, type Table } from './tables.ts'

/** One file with everything in it, to be opened, sent or printed. */
export function htmlReport(results: LoadResults, charts: ReadonlyMap<string, string>): string {
  const figures = [...charts.values()].map((svg) => `<figure>${svg}</figure>`)
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Bincard under load</title>
<style>${style}</style>
</head>
<body>
<h1>Bincard under load</h1>
<p>${escape(circumstances(results))}</p>
<ul>${summaryOf(results)
    .map((sentence) => `<li>${escape(sentence)}</li>`)
    .join('')}</ul>
${figures.join('\n')}
${tablesOf(results).map(htmlTable).join('\n')}
${wrongCards(results)}
</body>
</html>
`
}

/** The tables, for the documents. */
export function markdownFigures(results: LoadResults): string {
  const tables = tablesOf(results).map((table) => `## ${table.title}\n\n${markdownTable(table)}\n`)
  const sentences = summaryOf(results).map((sentence) => `- ${sentence}`)
  return `# Figures\n\n<!-- Made by \`npm run load\`. -->\n\n${circumstances(results)}\n\n${sentences.join('\n')}\n\n${tables.join('\n')}`
}

const style = `body { font: 15px/1.5 system-ui, sans-serif; max-width: 900px; margin: 2em auto; padding: 0 1em; color: #222 }
figure { margin: 1.5em 0 } svg { max-width: 100%; height: auto }
table { border-collapse: collapse; font-size: 13px; margin: 1em 0 } th, td { border: 1px solid #ddd; padding: 3px 8px; text-align: right }
th { background: #f5f5f5 }`

function htmlTable({ title, head, rows }: Table): string {
  const cells = (name: 'th' | 'td', texts: readonly string[]): string =>
    `<tr>${texts.map((text) => `<${name}>${escape(text)}</${name}>`).join('')}</tr>`
  return `<h2>${escape(title)}</h2><table>${cells('th', head)}${rows.map((row) => cells('td', row)).join('')}</table>`
}

/** Enough to begin to look for the reason. */
const mostShown = 20

function wrongCards({ books }: LoadResults): string {
  if (books.wrong.length === 0) return ''
  const rows = books.wrong
    .slice(0, mostShown)
    .map(({ warehouseId, productId, expected, found }) => [
      warehouseId,
      productId,
      `${expected.quantity} in ${expected.lines} lines`,
      `${found.quantity} in ${found.lines} lines`,
    ])
  return htmlTable({ title: 'Cards that are wrong', head: ['Warehouse', 'Product', 'Sent', 'Said'], rows })
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}
