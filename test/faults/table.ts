/** The table of a run of the fault suite, as it is printed and kept in docs/reliability.md, and the figures behind it. */
import type { FaultReport } from './fault.ts'

const begin = '<!-- faults: begin -->'
const end = '<!-- faults: end -->'

export function readReports(text: string): FaultReport[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as FaultReport)
    .toSorted(byNumber)
}

export function writeReports(reports: readonly FaultReport[]): string {
  return reports.map((report) => `${JSON.stringify(report)}\n`).join('')
}

/** Of each fault the newer report; one that was not inflicted again keeps what it has. */
export function withNewer(
  before: readonly FaultReport[],
  newer: readonly FaultReport[],
): readonly FaultReport[] {
  const names = new Set(newer.map(nameOf))
  return [...before.filter((report) => !names.has(nameOf(report))), ...newer].toSorted(byNumber)
}

/** `lost` and `doubled` are what a run that passed has proven; one that failed has proven nothing. */
export function tableOf(reports: readonly FaultReport[]): string {
  const rows = reports.map(({ id, promise, passed, seconds, seed, inflicted, messages, measured }) => {
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
      String(seed),
    ]
    return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  })
  const total = (pick: (report: FaultReport) => number): string =>
    reports.reduce((sum, report) => sum + pick(report), 0).toLocaleString('en')
  const kept = reports.filter(({ passed }) => passed).length
  return [
    '| # | promise | | inflicted | messages | lost | doubled | measured | seconds | seed |',
    '| --- | --- | --- | --: | --: | --: | --: | --- | --: | --: |',
    ...rows,
    '',
    `${kept} of ${reports.length} promises kept, ${total(({ inflicted }) => inflicted)} faults inflicted, ` +
      `${total(({ messages }) => messages)} messages, ${total(({ seconds }) => Math.round(seconds))} s.`,
  ].join('\n')
}

/** The page with the table between its marks. */
export function withTable(page: string, table: string): string {
  const [from, to] = [page.indexOf(begin), page.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`The page has no ${begin} … ${end}.`)
  return `${page.slice(0, from + begin.length)}\n\n${table}\n\n${page.slice(to)}`
}

function byNumber(a: FaultReport, b: FaultReport): number {
  return numberOf(a) - numberOf(b) || (nameOf(a) < nameOf(b) ? -1 : 1)
}

function numberOf({ id }: FaultReport): number {
  return Number.parseFloat(id.slice(1))
}

/** Some faults keep several promises. */
function nameOf({ id, promise }: FaultReport): string {
  return `${id} ${promise}`
}
