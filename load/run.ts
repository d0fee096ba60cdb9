/**
 * node load/run.ts [--quick] [--seed TEXT] [--out FOLDER] [--json]
 *                  [--url http://HOST:PORT [--metrics-url URL] [--kafka HOST:PORT] [--topic NAME] [--key API_KEY]]
 * node load/run.ts --redraw FOLDER
 *
 * How the service behaves under different load. Drives one that runs (`--url`), or starts one with all that it needs in a
 * folder that is removed afterwards; writes the raw figures, a report and charts; and compares every card with what was
 * sent. The exit code is 1 if the books do not balance, or if the generator itself was too slow to prove anything.
 */
import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { removeLeftovers } from '../stack/leftovers.ts'
import type { Part } from '../stack/part.ts'
import { createProgress } from '../stack/progress.ts'
import { exitCodes, StackError } from '../stack/stack-error.ts'
import { runFolder, stateFolder } from '../stack/state.ts'
import { stopSignal } from '../stack/stop-signal.ts'
import { readResults, writeFiles } from './files.ts'
import { measure } from './measure.ts'
import { readOptions, type LoadOptions } from './options.ts'
import { startOwnService } from './own-service.ts'
import { fullPlan, quickPlan } from './plan.ts'
import { failuresOf, type LoadResults } from './results.ts'
import { summaryOf } from './summary.ts'

/** Whatever hangs: a full run takes some ten minutes. */
const runLimitMs = 30 * 60_000
/** Enough to begin to look for the reason. */
const mostShown = 10

const folder = runFolder(`load-${process.pid}`)

process.exitCode = await main(process.argv.slice(2))

async function main(args: readonly string[]): Promise<number> {
  const signal = AbortSignal.any([stopSignal(), AbortSignal.timeout(runLimitMs)])
  const running: Part[] = []
  let isMeasured = false
  try {
    const options = readOptions(args)
    // The JSON alone is the output then.
    const say = options.json ? console.error : console.log
    if (options.redraw !== undefined)
      return tell(readResults(options.redraw), { folder: options.redraw, say })
    const results = await run(options, { say, running, signal })
    isMeasured = true
    if (options.json) console.log(JSON.stringify(results))
    const name = results.startedAt.replaceAll(/[:.]/g, '-')
    return tell(results, { folder: resolve(options.out ?? join(stateFolder, 'load', name)), say })
  } catch (error) {
    const reason: unknown = signal.aborted ? signal.reason : error
    if (!(signal.aborted || error instanceof StackError)) throw error
    console.error(`\n${reason instanceof Error ? reason.message : String(reason)}`)
    return error instanceof StackError ? error.exitCode : exitCodes.failed
  } finally {
    for (const part of running.toReversed()) await part.stop()
    if (isMeasured || running.length === 0) rmSync(folder.path, { recursive: true, force: true })
    else console.error(`The logs are kept until the next run: ${folder.logs}`)
  }
}

type Say = (line: string) => void

interface Running {
  readonly say: Say
  readonly running: Part[]
  readonly signal: AbortSignal
}

async function run(options: LoadOptions, { say, running, signal }: Running): Promise<LoadResults> {
  const progress = createProgress(say, Date.now)
  await removeLeftovers('load', signal)
  return await measure({
    service: options.service ?? (await startOwnService({ folder, running, progress, signal })),
    ownStack: options.service === null,
    plan: options.isQuick ? quickPlan : fullPlan,
    seed: options.seed,
    runId: randomBytes(4).toString('hex'),
    progress,
    signal,
  })
}

/** Writes the files and says the outcome; answers the exit code. */
function tell(
  results: LoadResults,
  { folder: out, say }: { readonly folder: string; readonly say: Say },
): number {
  const paths = writeFiles(results, out)
  for (const sentence of summaryOf(results)) say(sentence)
  for (const { warehouseId, productId, expected, found } of results.books.wrong.slice(0, mostShown)) {
    say(`  ${warehouseId} ${productId}: sent ${JSON.stringify(expected)}, said ${JSON.stringify(found)}`)
  }
  say(`Written: ${paths.map((path) => relative(process.cwd(), path)).join(', ')}`)
  return failuresOf(results).length === 0 ? 0 : exitCodes.failed
}
