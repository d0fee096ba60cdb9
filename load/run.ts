/**
 * node load/run.ts [--quick] [--seed TEXT] [--out FOLDER] [--json]
 *                  [--url http://HOST:PORT [--metrics-url URL] [--kafka HOST:PORT] [--topic NAME] [--key API_KEY]]
 *
 * How the service behaves under different load. Drives one that runs (`--url`), or starts one with all that it needs in a
 * folder that is removed afterwards; writes the raw figures, a report and charts; and compares every card with what was
 * sent. The exit code is 1 if the books do not balance, or if the generator itself was too slow to prove anything.
 */
import { randomBytes } from 'node:crypto'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { join, relative, resolve } from 'node:path'
import { createClient } from '../src/client/client.ts'
import { removeLeftovers } from '../stack/leftovers.ts'
import type { Part } from '../stack/part.ts'
import { createProgress } from '../stack/progress.ts'
import { exitCodes, StackError } from '../stack/stack-error.ts'
import { runFolder, stateFolder } from '../stack/state.ts'
import { stopSignal } from '../stack/stop-signal.ts'
import { keyOf } from './books.ts'
import { runCampaign } from './campaign.ts'
import { chartsOf } from './charts.ts'
import { realClock } from './clock.ts'
import { readOptions, type GivenService, type LoadOptions } from './options.ts'
import { startOwnService } from './own-service.ts'
import { fullPlan, quickPlan } from './plan.ts'
import { ReadLoad } from './read-load.ts'
import { htmlReport, markdownFigures } from './report.ts'
import { failuresOf, type LoadResults, type Machine } from './results.ts'
import { Sender } from './sender.ts'
import { createStream, type LoadStream } from './stream.ts'
import { createSums } from './sums.ts'
import { summaryOf } from './summary.ts'
import { createSupply } from './supply.ts'
import { Watch } from './watch.ts'

/** Whatever hangs: a full run takes some ten minutes. */
const runLimitMs = 30 * 60_000
/** Enough to begin to look for the reason. */
const mostShown = 10

const folder = runFolder(`load-${process.pid}`)

process.exitCode = await main(process.argv.slice(2))

async function main(args: readonly string[]): Promise<number> {
  const signal = AbortSignal.any([stopSignal(), AbortSignal.timeout(runLimitMs)])
  const running: Part[] = []
  let isDone = false
  try {
    const options = readOptions(args)
    // The JSON alone is the output then.
    const say = options.json ? console.error : console.log
    const progress = createProgress(say, Date.now)
    await removeLeftovers('load', signal)
    const starting = { folder, running, progress, signal }
    const service = options.service ?? (await startOwnService(starting))
    const { results, stream } = await measure({ options, service, signal, say })
    write(results, { options, say })
    for (const sentence of summaryOf(results)) say(sentence)
    for (const { card, expected, found } of results.books.wrong.slice(0, mostShown)) {
      const { warehouse_id, product_id } = keyOf(card, stream)
      say(`  ${warehouse_id} ${product_id}: sent ${JSON.stringify(expected)}, said ${JSON.stringify(found)}`)
    }
    isDone = true
    return failuresOf(results).length === 0 ? 0 : exitCodes.failed
  } catch (error) {
    const reason: unknown = signal.aborted ? signal.reason : error
    if (!(signal.aborted || error instanceof StackError)) throw error
    console.error(`\n${reason instanceof Error ? reason.message : String(reason)}`)
    return error instanceof StackError ? error.exitCode : exitCodes.failed
  } finally {
    for (const part of running.toReversed()) await part.stop()
    if (isDone || running.length === 0) rmSync(folder.path, { recursive: true, force: true })
    else console.error(`The logs are kept until the next run: ${folder.logs}`)
  }
}

interface Measuring {
  readonly options: LoadOptions
  readonly service: GivenService
  readonly signal: AbortSignal
  readonly say: (line: string) => void
}

async function measure({
  options,
  service,
  signal,
  say,
}: Measuring): Promise<{ results: LoadResults; stream: LoadStream }> {
  const { seed, isQuick } = options
  const { url, metricsUrl, kafka, topic, key } = service
  const plan = isQuick ? quickPlan : fullPlan
  const startedAt = new Date()
  // Fresh for each run, so that it may be made again against the same books; the same seed still gives the same goods.
  const runId = randomBytes(4).toString('hex')
  const stream = createStream(`${seed} ${runId}`, plan.shape)
  const sums = createSums(plan.shape)
  const sender = new Sender({ kafka, topic, sums })
  const client = createClient({ baseUrl: url, apiKey: key })
  const watch = new Watch({ client, metricsUrl, sender, clock: realClock(1) })
  const reads = new ReadLoad({ url, key })
  try {
    const partitions = await sender.countPartitions()
    const supply = createSupply({ stream, topic, partitions, runId, clock: () => new Date() })
    watch.start()
    const isAlone = options.service === null
    const progress = createProgress(say, Date.now)
    const parts = {
      plan,
      seed,
      client,
      stream,
      sums,
      supply,
      sender,
      reads,
      watch,
      isAlone,
      progress,
      signal,
    }
    const measured = await runCampaign(parts)
    const results: LoadResults = {
      seed,
      runId,
      kind: plan.kind,
      startedAt: startedAt.toISOString(),
      seconds: (Date.now() - startedAt.getTime()) / 1000,
      machine: machine(),
      ownStack: isAlone,
      partitions,
      backgroundPerSecond: plan.backgroundPerSecond,
      ...measured,
    }
    return { results, stream }
  } finally {
    watch.stop()
    await reads.close()
    await sender.close()
  }
}

function machine(): Machine {
  const [first] = cpus()
  return {
    processors: cpus().length,
    model: first?.model.trim() ?? 'unknown',
    memoryGigabytes: Math.round(totalmem() / 1e9),
    platform: `${process.platform} ${process.arch}`,
    node: process.version,
  }
}

/** Names that documents may refer to, whatever was measured. */
function write(results: LoadResults, { options, say }: Pick<Measuring, 'options' | 'say'>): void {
  const out = resolve(options.out ?? join(stateFolder, 'load', results.startedAt.replaceAll(/[:.]/g, '-')))
  const charts = chartsOf(results)
  const files = new Map([
    ...charts,
    ['results.json', `${JSON.stringify(results, null, 1)}\n`],
    ['figures.md', markdownFigures(results)],
    ['report.html', htmlReport(results, charts)],
  ])
  mkdirSync(out, { recursive: true })
  for (const [name, text] of files) writeFileSync(join(out, name), text)
  if (options.json) console.log(JSON.stringify(results))
  say(`Written: ${[...files.keys()].map((name) => relative(process.cwd(), join(out, name))).join(', ')}`)
}
