import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { chartsOf } from './charts.ts'
import { htmlReport, markdownFigures } from './report.ts'
import type { LoadResults } from './results.ts'

const rawFigures = 'results.json'

/** What a run leaves behind, by name; the names are always the same, so that documents may refer to them. */
export function filesOf(results: LoadResults): Map<string, string> {
  const charts = chartsOf(results)
  return new Map([
    ...charts,
    ['figures.md', markdownFigures(results)],
    ['report.html', htmlReport(results, charts)],
    [rawFigures, `${JSON.stringify(results, null, 1)}\n`],
  ])
}

/** The paths that were written. */
export function writeFiles(results: LoadResults, folder: string): string[] {
  mkdirSync(folder, { recursive: true })
  return [...filesOf(results)].map(([name, text]) => {
    const path = join(folder, name)
    writeFileSync(path, text)
    return path
  })
}

/** Of a run that wrote there. */
export function readResults(folder: string): LoadResults {
  return JSON.parse(readFileSync(join(folder, rawFigures), 'utf8')) as LoadResults
}
