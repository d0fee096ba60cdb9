/**
 * npm run test:faults [-- --only F5,F25] [--seed N] [--keep]
 *
 * Inflicts every fault whole, one after the other, on parts of their own, and prints a table of what was done and what
 * came of it. `--keep` writes the table into docs/reliability.md, and its figures beside it: those of faults that were
 * not inflicted this time stay. The seed of each test is printed; `--seed` sets it.
 */
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { format, resolveConfig } from 'prettier'
import { exitCodes } from '../../stack/stack-error.ts'
import { root } from '../../stack/state.ts'
import { runTests } from '../run-tests.ts'
import { readReports, tableOf, withNewer, withTable, writeReports } from './table.ts'

/** All of them take some 70 minutes, half of it the soak. */
const limitMs = 180 * 60_000
const reliabilityPage = join(root, 'docs/reliability.md')
const figures = join(root, 'docs/reliability.jsonl')

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    seed: { type: 'string', default: '' },
    keep: { type: 'boolean', default: false },
  },
})
process.exitCode = await main()

async function main(): Promise<number> {
  const ids = values.only.split(',').filter((id) => id !== '')
  const seed = values.seed === '' ? Date.now() % 1_000_000 : Number(values.seed)
  if (!Number.isSafeInteger(seed)) {
    console.error(`--seed is a whole number, not ${values.seed}.`)
    return exitCodes.wrongUse
  }
  const files = filesWith(ids)
  if (files.length === 0) {
    console.error(`No test is about ${values.only}.`)
    return exitCodes.wrongUse
  }
  const folder = mkdtempSync(join(tmpdir(), 'bincard-faults-'))
  const report = join(folder, 'report')
  writeFileSync(report, '')
  console.log(`Seed ${seed}. ${files.length} files of faults, one after the other.`)
  try {
    const exitCode = await runTests({
      files,
      limitMs,
      filesAtOnce: 1,
      runnerOptions:
        ids.length === 0 ? [] : [`--test-name-pattern=/^(${ids.map(escaped).join('|')})(\\.\\d+)? /`],
      environment: {
        BINCARD_FAULTS: 'whole',
        BINCARD_FAULT_REPORT: report,
        BINCARD_TEST_SEED: String(seed),
      },
    })
    const reports = readReports(readFileSync(report, 'utf8'))
    console.log(`\n${tableOf(reports)}`)
    if (values.keep) {
      const kept = withNewer(readReports(readFileSync(figures, 'utf8')), reports)
      writeFileSync(figures, writeReports(kept))
      const page = withTable(readFileSync(reliabilityPage, 'utf8'), tableOf(kept))
      const style = await resolveConfig(reliabilityPage)
      writeFileSync(reliabilityPage, await format(page, { ...style, filepath: reliabilityPage }))
      console.log(`\nKept in docs/reliability.md.`)
    }
    return exitCode
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function filesWith(ids: readonly string[]): string[] {
  const all = globSync('test/faults/**/*.test.ts', { cwd: root }).toSorted()
  // One of several rounds, F25.2, is made from the id of all.
  const names = (file: string, id: string): boolean =>
    new RegExp(`['\`]${id.split('.', 1)[0]}['.]`).test(readFileSync(join(root, file), 'utf8'))
  return ids.length === 0 ? all : all.filter((file) => ids.some((id) => names(file, id)))
}

function escaped(text: string): string {
  return text.replaceAll('.', '\\.')
}
