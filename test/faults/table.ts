/** The table of a run of the fault suite, as it is printed and kept in docs/reliability.md. */
import type { FaultReport } from './fault.ts'

const begin = '<!-- faults: begin -->'
const end = '<!-- faults: end -->'

export function readReports(text: string): FaultReport[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as FaultReport)
    .toSorted((a, b) => numberOf(a) - numberOf(b) || (a.id < b.id ? -1 : 1))
}

/** `lost` and `doubled` are what a run that passed has proven; one that failed has proven nothing. */
export function tableOf(reports: readonly FaultReport[], seed: number): string {
  const rows = reports.map(({ id, promise, passed, seconds, inflicted, messages, measured }) => {
    const books = messages === 0 ? '–' : passed ? '0' : '?'
    const cells = [
      id,
      promise,
      passed ? 'kept' : '**broken**',
      inflicted.toLocaleString('en'),
      messages === 0 ? '–' : messages.toLocaleString('en'),
      books,
      books,
      measured.join('; ') || '–',
      seconds.toFixed(0),
    ]
    return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  })
  const total = (pick: (report: FaultReport) => number): string =>
    reports.reduce((sum, report) => sum + pick(report), 0).toLocaleString('en')
  const kept = reports.filter(({ passed }) => passed).length
  return [
    '| # | promise | | inflicted | messages | lost | doubled | measured | seconds |',
    '| --- | --- | --- | --: | --: | --: | --: | --- | --: |',
    ...rows,
    '',
    `Seed ${seed}: ${kept} of ${reports.length} promises kept, ${total(({ inflicted }) => inflicted)} faults inflicted, ` +
      `${total(({ messages }) => messages)} messages, ${total(({ seconds }) => Math.round(seconds))} s.`,
  ].join('\n')
}

/** The page with the table between its marks. */
export function withTable(page: string, table: string): string {
  const [from, to] = [page.indexOf(begin), page.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`The page has no ${begin} … ${end}.`)
  return `${page.slice(0, from + begin.length)}\n\n${table}\n\n${page.slice(to)}`
}

function numberOf({ id }: FaultReport): number {
  return Number.parseFloat(id.slice(1))
}
