import { randomUUID } from 'node:crypto'
import type { Command } from 'commander'
import type { Micros } from '../../message/event.ts'
import { connectService } from '../connect.ts'
import type { CommandContext } from '../context.ts'
import { CommandFailure, wrongUse } from '../exit-codes.ts'
import { serviceOptions, type ServiceFlags } from '../list-options.ts'
import { wholeNumber } from '../options.ts'
import { countOf } from '../output.ts'

interface LoadFlags extends ServiceFlags {
  readonly events: number
  readonly rate: number
  readonly warehouses: number
  readonly products: number
  readonly yes?: true
}

export function addLoad(program: Command, context: CommandContext): void {
  serviceOptions(
    program
      .command('load')
      .description(
        'try a running service: send movements of made-up warehouses, read meanwhile, compare every card',
      ),
  )
    .option('--events <number>', 'departures and arrivals', wholeNumber(2, 10_000_000), 10_000)
    .option('--rate <number>', 'events a second', wholeNumber(1, 100_000), 1000)
    .option('--warehouses <number>', 'made up for this', wholeNumber(1, 1000), 5)
    .option('--products <number>', 'made up for this', wholeNumber(1, 1000), 20)
    .option('--yes', 'the ledger may keep what is booked: nothing is ever removed from it')
    .addHelpText(
      'after',
      '\nExample, on an installation for trials:\n  bincard load --events 100000 --rate 5000 --yes',
    )
    .action(async (flags: LoadFlags) => await load(context, flags))
}

async function load(context: CommandContext, flags: LoadFlags): Promise<void> {
  if (flags.yes !== true)
    throw wrongUse('What is booked stays in the ledger for ever. If that may be, here: --yes.')
  const { output, settings, signal } = context
  const { Producer } = await import('../../kafka/producer.ts')
  const { LoadStream } = await import('../../load/load-stream.ts')
  const { runLoad } = await import('../../load/run-load.ts')
  const client = connectService(context, flags)
  const { topic } = settings.kafka
  const producer = new Producer({ cluster: settings.kafka, topic, isOurTopic: () => Promise.resolve(true) })
  const stream = new LoadStream({
    ...flags,
    newId: () => randomUUID(),
    random: () => Math.random(),
    startedAt: (Math.floor(Date.now() / 1000) * 1_000_000 - flags.events * 1_000_000) as Micros,
  })
  try {
    const onProgress = (label: string, done: number): void =>
      output.progress({ label, done, total: flags.events })
    const result = await runLoad({ stream, producer, client, rate: flags.rate, onProgress, signal })
    output.end()
    const { events, sendSeconds, bookedSeconds, readMedianMs, readP99Ms, reads, cards, wrong } = result
    if (flags.json === true) {
      await output.json({
        events,
        send_seconds: sendSeconds,
        booked_seconds: bookedSeconds,
        reads,
        read_median_ms: readMedianMs,
        read_p99_ms: readP99Ms,
        cards,
        cards_wrong: wrong,
      })
    } else {
      await output.data(
        `${countOf(events)} events sent in ${sendSeconds.toFixed(1)} s, ${perSecond(events, sendSeconds)} a second`,
      )
      await output.data(
        `all booked after ${bookedSeconds.toFixed(1)} s, ${perSecond(events, bookedSeconds)} a second`,
      )
      if (readMedianMs !== null && readP99Ms !== null)
        await output.data(
          `${countOf(reads)} cards read meanwhile: median ${readMedianMs.toFixed(1)} ms, 99 of 100 within ${readP99Ms.toFixed(1)} ms`,
        )
      await output.data(`${countOf(cards - wrong)} of ${countOf(cards)} cards are as they must be`)
    }
    if (wrong > 0) throw new CommandFailure('wrong', `${countOf(wrong)} cards are wrong.`)
  } finally {
    output.end()
    await producer.close()
  }
}

function perSecond(events: number, seconds: number): string {
  return countOf(Math.round(events / Math.max(seconds, 0.001)))
}
